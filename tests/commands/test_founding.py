"""An empty database, `fangfan deploy`, `fangfan user add`: a county that can work, without any demo."""

from pathlib import Path

import pytest

from engine import settings
from tests.commands.test_commands import VILLAGE, done, run
from web.app import create_app
from web.commands.opening import opened

ROOT = Path(__file__).parents[2]
PASSWORD = "first-day-2020"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a county that was founded by commands alone."""
    url = f"sqlite:///{tmp_path / 'county.sqlite'}"
    done("deploy", ROOT / "processes", ROOT / "forms", "--database", url)
    for name, role in (("first", "administrator@"), ("clerk", f"village_committee@{VILLAGE}")):
        done("user", "add", name, "--password", PASSWORD, "--role", role, "--database", url)
    return url


def test_the_first_administrator_redraws_and_the_village_begins_a_case(url: str) -> None:
    with opened(url) as runtime:
        app = create_app(runtime)
        app.config["WTF_CSRF_ENABLED"] = False
        office, clerk = app.test_client(), app.test_client()
        for client, name in ((office, "first"), (clerk, "clerk")):
            assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 302
        assert office.get("/studio/", follow_redirects=True).status_code == 200
        begun = clerk.post("/start/monitoring", data={"area": VILLAGE})
        assert begun.status_code == 302, begun.text
        task = clerk.get(begun.location)
        assert task.status_code == 200
        assert "申请" in task.text
    assert "agrees" in done("check", "--database", url)


def test_deploying_again_leaves_the_countys_own_figures(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "settings.yaml").write_text(
        "- {name: line, valid_from: 2020-01-01, value: 1}\n- {name: line, valid_from: 2021-01-01, value: 4500}\n"
    )
    (folder / "overdue.html").write_bytes((ROOT / "forms" / "overdue.html").read_bytes())
    done("deploy", folder, "--database", url)
    with opened(url) as runtime, runtime.database.read() as session:
        line = {s.valid_from.year: s.value for s in settings.all_settings(session) if s.name == "line"}
    assert line == {2020: 4000, 2021: 4500}


def test_settings_that_cannot_be_read_are_refused_and_nothing_is_founded(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("- {name: line}\n")
    (tmp_path / "overdue.html").write_bytes((ROOT / "forms" / "overdue.html").read_bytes())
    refused = run("deploy", tmp_path, "--database", f"sqlite:///{tmp_path / 'x.sqlite'}")
    assert refused.exit_code == 1
    assert "settings.yaml" in refused.output or "valid_from" in refused.output
    assert isinstance(refused.exception, SystemExit)
