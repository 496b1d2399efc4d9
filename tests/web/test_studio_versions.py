"""Versions of a procedure, and running cases that go over from one to another, by the studio's pages."""

import io
import zipfile

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import background, deployments, instances
from engine.grounds import Grounds
from engine.runtime import Runtime
from tests.engine.cases import at, open_tasks
from tests.web.test_studio import DRAWINGS, VILLAGE, administrator, drawn, well_repair  # noqa: F401

GIVEN = {"area": VILLAGE, "title": "东头的井", "well": "w", "depth": 3}


def begin(runtime: Runtime) -> int:
    """A running case of the version in force."""
    with runtime.database.begin() as session:
        return instances.start(runtime, session, "well_repair", GIVEN, "clerk").key


def redraw(runtime: Runtime, **changes: str) -> tuple[int, int]:
    """Deploy the drawing with some texts replaced: the definitions before and after."""
    with runtime.database.begin() as session:
        before = deployments.definition(session, "process", "well_repair").key
        drawing = {"well_repair.bpmn": well_repair(**changes).encode()}
        deployments.deploy(runtime, session, drawing, "administrator", Grounds("改名"))
        return before, deployments.definition(session, "process", "well_repair").key


def run_job(runtime: Runtime, address: str) -> background.Progress:
    """Do what a worker would do with the job that the page leads to."""
    key = int(address.rpartition("/")[2])
    background.run(runtime, key)
    with runtime.database.read() as session:
        return background.get(session, key)


def test_running_cases_are_planned_moved_and_taken_back(administrator: FlaskClient, drawn: Runtime) -> None:  # noqa: F811
    case = begin(drawn)
    [element] = at(drawn, case)
    before, after = redraw(drawn, 修井="修水井")
    listed = administrator.get("/studio/versions").get_data(as_text=True)
    plan = f"/studio/migrations/{before}/{after}"
    assert plan in listed
    page = administrator.get(plan).get_data(as_text=True)
    assert "1 件接着按新版本办，0 件留在原版本" in page
    stays = administrator.get(plan, query_string={f"to.{element}": ""}).get_data(as_text=True)
    assert "0 件接着按新版本办，1 件留在原版本" in stays
    told = run_job(drawn, administrator.post(plan).location)
    assert (told.state, told.result["moved"]) == ("done", 1)
    with drawn.database.read() as session:
        assert instances.get(session, case).definition_key == after
    assert "没有在办的件" in administrator.get(plan).get_data(as_text=True)
    told = run_job(drawn, administrator.post(plan, data={"undo": "1"}).location)
    assert told.result["moved"] == 1
    with drawn.database.read() as session:
        assert instances.get(session, case).definition_key == before
    assert [task.element for task in open_tasks(drawn, case)] == [element]


def test_what_is_not_a_version_of_the_same_procedure_has_no_plan(
    administrator: FlaskClient,  # noqa: F811
    drawn: Runtime,  # noqa: F811
) -> None:
    begin(drawn)
    before, _after = redraw(drawn, 修井="修水井")
    for path in (f"{before}/{before}", f"{before}/1"):
        assert administrator.get(f"/studio/migrations/{path}").status_code == 404


def test_an_earlier_version_is_restored_as_a_draft_that_touches_nothing(
    administrator: FlaskClient,  # noqa: F811
    drawn: Runtime,  # noqa: F811
) -> None:
    with drawn.database.read() as session:
        first = deployments.latest(session)
    redraw(drawn, 修井="修水井")
    draft = administrator.post(f"/studio/deployments/{first}/restore").location
    content = administrator.get(draft.replace("difference", "files/well_repair.bpmn/content")).get_data()
    assert content == (DRAWINGS / "well_repair.bpmn").read_bytes()
    with drawn.database.read() as session:
        in_force = deployments.resource(session, None, "well_repair.bpmn")
    assert in_force == well_repair(修井="修水井").encode()
    again = deployments_now(drawn)
    assert administrator.post(f"/studio/deployments/{again}/restore").status_code == 400


def test_a_version_is_compared_with_the_one_before(
    administrator: FlaskClient,  # noqa: F811
    drawn: Runtime,  # noqa: F811
) -> None:
    with drawn.database.read() as session:
        first = deployments.latest(session)
    redraw(drawn, 修井="修水井")
    page = f"/studio/deployments/{first}/against/{deployments_now(drawn)}"
    assert page in administrator.get("/studio/versions").text
    told = administrator.get(page).text
    assert "<dd>修井</dd><dd>修水井</dd>" in told
    assert "完全一样" in administrator.get(f"/studio/deployments/{first}/against/{first}").text
    assert administrator.get(f"/studio/deployments/{first}/against/999").status_code == 404


def send(client: FlaskClient, data: bytes) -> TestResponse:
    """Send an archive up."""
    return client.post("/studio/files", data={"files": (io.BytesIO(data), "set.zip")})


def packed(**files: bytes) -> bytes:
    """An archive of drawings."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.bpmn", data)
    return buffer.getvalue()


def test_an_archive_becomes_a_draft_and_nothing_takes_force(
    administrator: FlaskClient,  # noqa: F811
    drawn: Runtime,  # noqa: F811
) -> None:
    before, changed = deployments_now(drawn), well_repair(修井="修水井").encode()
    draft = send(administrator, packed(well_repair=changed)).location
    content = administrator.get(draft.replace("difference", "files/well_repair.bpmn/content")).get_data()
    assert content == changed
    assert deployments_now(drawn) == before


def test_an_archive_that_cannot_be_read_or_holds_too_much_is_refused(
    administrator: FlaskClient,  # noqa: F811
    drawn: Runtime,  # noqa: F811
) -> None:
    same = (DRAWINGS / "well_repair.bpmn").read_bytes()
    broken = packed(well_repair=same[:-9])[:-30]
    bomb = packed(**{f"part{n}": bytes(4_900_000) for n in range(11)})
    outside = packed(**{"../well_repair": b"x"})
    for data in (b"no archive", broken, bomb, outside, packed(well_repair=same)):
        assert send(administrator, data).status_code == 400


def deployments_now(runtime: Runtime) -> int:
    """The deployment in force."""
    with runtime.database.read() as session:
        return deployments.latest(session)


def test_a_version_is_taken_home_whole(administrator: FlaskClient, drawn: Runtime) -> None:  # noqa: F811
    answer = administrator.get(f"/studio/deployments/{deployments_now(drawn)}.zip")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        assert sorted(archive.namelist()) == sorted(path.name for path in DRAWINGS.iterdir())
        assert archive.read("well_repair.bpmn") == (DRAWINGS / "well_repair.bpmn").read_bytes()
