"""The command line as an operator meets it: help for all, clear refusals, real effects on a real database."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine import deployments, drafts, enactments, identity, instances, settings, tokens
from web.commands import MODULES, main
from web.commands.opening import opened

DRAWINGS = Path(__file__).parents[1] / "web" / "api" / "drawings"
VILLAGE = "2202/220281/220281101/220281101201/"


def run(*arguments: object, **more: object) -> Result:
    """Runs `fangfan` with these arguments."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


def done(*arguments: object) -> str:
    """What a command that must succeed printed."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the wells' procedure, one user and one running case."""
    path = tmp_path_factory.mktemp("house") / "fangfan.sqlite"
    done("deploy", DRAWINGS, "--note", "首次部署", "--database", f"sqlite:///{path}")
    done(
        "user",
        "add",
        "clerk",
        "--password",
        "well-water-1",
        "--role",
        f"village_committee@{VILLAGE}",
        "--database",
        f"sqlite:///{path}",
    )
    given = {"area": VILLAGE, "title": "东头的井", "well": "w", "depth": 3}
    with opened(f"sqlite:///{path}") as runtime, runtime.database.begin() as session:
        instances.start(runtime, session, "well_repair", given, "test")
    return path


@pytest.fixture
def house(deployed: Path, tmp_path: Path) -> Path:
    """A copy of it, with its key beside it."""
    for file in (deployed, deployed.with_suffix(".key")):
        shutil.copyfile(file, tmp_path / file.name)
    return tmp_path / deployed.name


def url(path: Path) -> str:
    """The database's address."""
    return f"sqlite:///{path}"


def case_of(house: Path) -> int:
    """The key of the running case."""
    with closing(sqlite3.connect(house)) as connection:
        return connection.execute("SELECT key FROM instance").fetchone()[0]


@pytest.mark.parametrize("name", MODULES)
def test_every_command_explains_itself(name: str) -> None:
    assert "--help" in done(name, "--help")
    assert name in done("--help")


def test_lint_tells_each_fault_with_its_file_and_element(tmp_path: Path) -> None:
    shutil.copytree(DRAWINGS, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "well_repair.bpmn"
    file.write_text(file.read_text().replace('decisionId="urgency"', 'decisionId="nowhere"'))
    result = run("lint", tmp_path)
    assert result.exit_code == 1
    assert f"{file}:grade: " in result.output
    told = {
        each["file"]: each for each in map(json.loads, run("lint", "--json", tmp_path).stdout.splitlines())
    }
    assert {Path(name).name for name, each in told.items() if not each["works"]} == {"well_repair.bpmn"}
    assert len(told) == 4
    assert "grade" in [finding["element"] for finding in told[str(file)]["findings"]]


def test_lint_passes_what_works() -> None:
    assert run("lint", DRAWINGS).exit_code == 0


def test_a_faulty_deployment_is_refused_whole_and_tells_why(house: Path, tmp_path: Path) -> None:
    file = tmp_path / "urgency.dmn"
    file.write_text("<not-closed")
    result = run("deploy", file, "--database", url(house))
    assert result.exit_code == 1
    assert "urgency.dmn:" in result.output
    assert "Traceback" not in result.output
    with opened(url(house)) as runtime, runtime.database.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM deployment").scalar() == 1


def test_people_sign_in_with_what_was_given(house: Path) -> None:
    assert f"village_committee@{VILLAGE[:9]}" in done("user", "list", "--database", url(house)).replace(
        "\n", ""
    )
    token = done("token", "clerk", "--days", "3", "--database", url(house)).strip()
    done("user", "password", "clerk", "--password", "another-well-2", "--database", url(house))
    with opened(url(house)) as runtime, runtime.database.read() as session:
        assert tokens.viewer(session, token, runtime.clock.now()).name == "clerk"
        assert identity.sign_in(session, "clerk", "another-well-2").name == "clerk"
        with pytest.raises(identity.WrongPassword):
            identity.sign_in(session, "clerk", "well-water-1")


@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "nobody"),
        ("user", "add", "x", "--password", "short"),
        ("user", "add", "x", "--password", "long-enough-1", "--role", "county_office"),
        ("user", "add", "x", "--password", "long-enough-1", "--role", f"county_office@{VILLAGE}"),
        ("user", "add", "x", "--password", "long-enough-1", "--role", "county_office@2202/220299/"),
        ("print", "1", "inspection", "-o", "x.pdf"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(house: Path, arguments: tuple[str, ...]) -> None:
    result = run(*arguments, "--database", url(house))
    assert result.exit_code in (1, 2)
    assert "Error: " in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_sheet_of_a_case_is_printed(house: Path, tmp_path: Path) -> None:
    paper = tmp_path / "查看.pdf"
    done("print", case_of(house), "inspection", "-o", paper, "--database", url(house))
    assert paper.read_bytes().startswith(b"%PDF-")


def test_a_backup_restores_to_the_same_house(house: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "copy.backup", tmp_path / "other" / "fangfan.sqlite"
    done("backup", file, "--database", url(house))
    done("restore", file, "--database", url(other))
    shutil.copyfile(house.with_suffix(".key"), other.with_suffix(".key"))
    assert case_of(other) == case_of(house)
    assert "agrees" in done("check", "--database", url(other))
    assert "whole" in done("journal", "verify", "--database", url(other))


def test_nothing_is_overwritten_by_backup_or_restore(house: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.backup"
    done("backup", file, "--database", url(house))
    assert "exists already" in run("backup", file, "--database", url(house)).output
    assert "exists already" in run("restore", file, "--database", url(house)).output
    file.write_bytes(b"no database at all" * 300)
    refused = run("restore", file, "--database", url(tmp_path / "new.sqlite"))
    assert (refused.exit_code, (tmp_path / "new.sqlite").exists()) == (1, False)
    assert "not a backup" in refused.output


def test_a_journal_that_was_changed_is_found_out(house: Path) -> None:
    with closing(sqlite3.connect(house)) as connection, connection:
        connection.execute("UPDATE entry SET actor = 'somebody else' WHERE case_key <> 0")
    result = run("journal", "verify", "--database", url(house))
    assert result.exit_code == 1
    assert str(case_of(house)) in result.output


def test_rows_that_disagree_are_found_out(house: Path) -> None:
    with closing(sqlite3.connect(house)) as connection, connection:
        connection.execute("UPDATE user_task SET state = 'cancelled'")
    result = run("check", "--database", url(house))
    assert result.exit_code == 1
    assert str(case_of(house)) in result.output


def redrawn(folder: Path) -> Path:
    """The wells' drawings with the first step under another id, after another one."""
    shutil.copytree(DRAWINGS, folder)
    file = folder / "well_repair.bpmn"
    file.write_text(file.read_text().replace('"inspect"', '"look"'))
    return folder


def test_running_cases_go_over_to_a_new_version_and_back(house: Path, tmp_path: Path) -> None:
    database = ("--database", f"sqlite:///{house}")
    done("deploy", redrawn(tmp_path / "new"), *database)
    told = done("migrate", "well_repair", "--dry-run", *database)
    assert "well_repair v1 → v2: 1 go over, 0 stay" in told and "inspect 查看水井: 1 cases → look" in told
    assert "1 done, 0 stayed" in done("migrate", "well_repair", *database)
    assert "go over" not in done("migrate", "well_repair", *database)
    assert "1 done, 0 stayed" in done("migrate", "well_repair", "--from", 1, "--undo", *database)
    kept = done("migrate", "well_repair", "--map", "inspect=", *database)
    assert "0 go over, 1 stay" in kept and "没有对应的环节" in kept
    assert run("migrate", "nowhere", *database).exit_code == 1


def test_a_deployment_takes_running_cases_along_when_it_is_told_to(house: Path, tmp_path: Path) -> None:
    told = done("deploy", redrawn(tmp_path / "new"), "--migrate", "--database", f"sqlite:///{house}")
    assert "well_repair v1 → v2: 1 go over" in told and "1 done, 0 stayed" in told


def test_diff_tells_what_differs_between_files_and_from_what_is_in_force(house, tmp_path):
    redrawn = tmp_path / "redrawn"
    shutil.copytree(DRAWINGS, redrawn)
    drawing = redrawn / "well_repair.bpmn"
    drawing.write_text(drawing.read_text().replace('name="查看水井"', 'name="下井查看"'))
    same = run("diff", DRAWINGS, "--database", f"sqlite:///{house}")
    assert (same.exit_code, same.output) == (0, "")
    for told in (run("diff", DRAWINGS, redrawn), run("diff", redrawn, "--database", f"sqlite:///{house}")):
        assert told.exit_code == 1
        assert "改动人工任务 下井查看" in told.output and "名称: 查看水井 → 下井查看" in told.output


def test_what_is_to_take_force_later_or_by_approval_waits_as_a_draft(house: Path, tmp_path: Path) -> None:
    redrawn = tmp_path / "inspection.form"
    redrawn.write_text((DRAWINGS / "inspection.form").read_text().replace("水深（米）", "井深（米）"))
    given = ("--note", "改称井深", "--document", "水发〔2020〕3号", "--document-date", "2020-06-28")
    assert "in force from 2099-08-01" in done(
        "deploy", redrawn, *given, "--from", "2099-08-01", "--database", url(house)
    )
    past = run("deploy", redrawn, "--from", "2020-08-01", "--database", url(house))
    assert past.exit_code == 1 and "Traceback" not in past.output
    with opened(url(house)) as runtime, runtime.database.begin() as session:
        settings.put(session, enactments.SETTING, date(2020, 1, 1), True, "zhou", runtime.clock.now())
    assert "has to approve" in done("deploy", redrawn, *given, "--database", url(house))
    assert run("deploy", redrawn, "--migrate", "--database", url(house)).exit_code == 2
    with opened(url(house)) as runtime, runtime.database.read() as session:
        assert deployments.definition(session, "form", "inspection").version == 1
        waiting = [enactments.of(session, draft) for draft in drafts.every(session)]
        assert [(each.document, each.asked_by) for each in waiting if each] == [
            ("水发〔2020〕3号", "command line")
        ] * 2
