"""The studio's routes: a drawing is checked among the files in force, deployed with its reason, and what is wrong refused."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine import deployments, identity, instances
from engine.runtime import Runtime
from web.app import create_app

DRAWINGS = Path(__file__).parent / "api" / "drawings"
PASSWORD = "draw-a-well-1"
VILLAGE = "2202/220281/220281101/220281101201/"


@pytest.fixture
def drawn(sqlite_runtime: Runtime) -> Runtime:
    """The wells' procedure in force, with an administrator and a clerk."""
    with sqlite_runtime.database.begin() as session:
        identity.add_user(session, "administrator", "管理员", PASSWORD, [("administrator", "")])
        identity.add_user(session, "clerk", "村文书", PASSWORD, [("village_committee", VILLAGE)])
        resources = {path.name: path.read_bytes() for path in DRAWINGS.iterdir()}
        deployments.deploy(sqlite_runtime, session, resources, "administrator", note="首次部署")
    return sqlite_runtime


def signed_in(runtime: Runtime, name: str) -> FlaskClient:
    """A browser of that person, without the page's CSRF token, which tests of their own cover."""
    app = create_app(runtime)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"name": name, "password": PASSWORD})
    return client


@pytest.fixture
def administrator(drawn: Runtime) -> Iterator[FlaskClient]:
    """The administrator's browser."""
    with signed_in(drawn, "administrator") as client:
        yield client


def well_repair(**changes: str) -> str:
    """The drawing with some text replaced."""
    xml = (DRAWINGS / "well_repair.bpmn").read_text()
    for before, after in changes.items():
        xml = xml.replace(before, after)
    return xml


def test_every_file_is_listed_with_its_version(administrator: FlaskClient) -> None:
    page = administrator.get("/studio/").get_data(as_text=True)
    for text in (
        "修井",
        "第 1 版",
        "well_repair.bpmn",
        "urgency.dmn",
        "inspection.form",
        "inspection.html",
        "首次部署",
    ):
        assert text in page


def test_the_editor_names_the_version_that_it_changes(administrator: FlaskClient) -> None:
    page = administrator.get("/studio/well_repair.bpmn").get_data(as_text=True)
    assert 'data-file="well_repair.bpmn"' in page
    assert "在第 1 版上修改" in page
    source = administrator.get("/studio/well_repair.bpmn/source")
    assert source.get_data(as_text=True) == well_repair()
    assert source.headers["Content-Disposition"].startswith("attachment")


def test_lint_measures_a_drawing_by_the_files_in_force(administrator: FlaskClient) -> None:
    whole = administrator.post("/studio/lint", json={"file": "well_repair.bpmn", "xml": well_repair()})
    assert [(f["element_id"], f["severity"]) for f in whole.get_json()["findings"]] == [("pump", "warning")]
    broken = well_repair(**{'formId="inspection"': 'formId="nowhere"'})
    answer = administrator.post("/studio/lint", json={"file": "well_repair.bpmn", "xml": broken}).get_json()
    found = [f for f in answer["findings"] if f["severity"] == "error"]
    assert [f["element_id"] for f in found] == ["inspect"]
    assert "nowhere" in found[0]["message"]
    assert isinstance(found[0]["x"], float)


def test_a_redraw_takes_force_for_new_cases_and_spares_running_ones(
    drawn: Runtime, administrator: FlaskClient
) -> None:
    given = {"area": VILLAGE, "title": "井", "well": "w"}
    with drawn.database.begin() as session:
        old = instances.start(drawn, session, "well_repair", given, "test").key
    redrawn = well_repair(**{'name="查看水井"': 'name="下井查看"'})
    answer = administrator.post(
        "/studio/deploy", json={"file": "well_repair.bpmn", "xml": redrawn, "note": "改为下井查看"}
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    with drawn.database.begin() as session:
        new = instances.start(drawn, session, "well_repair", given, "test")
        assert (new.version, instances.get(session, old).version) == (2, 1)
    page = administrator.get("/studio/").get_data(as_text=True)
    assert "改为下井查看" in page
    assert "第 2 版" in page


def test_a_faulty_redraw_is_refused_with_its_findings(administrator: FlaskClient) -> None:
    broken = well_repair(**{'decisionId="urgency"': 'decisionId="nowhere"'})
    answer = administrator.post(
        "/studio/deploy",
        json={"file": "well_repair.bpmn", "xml": broken, "note": "试"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.get_json()["findings"][0]["element_id"] == "grade"


def test_a_redraw_needs_a_reason(administrator: FlaskClient) -> None:
    answer = administrator.post(
        "/studio/deploy", json={"file": "well_repair.bpmn", "xml": well_repair(), "note": ""}
    )
    assert (answer.status_code, answer.get_json()["where"]) == (400, "note")


def test_a_form_goes_up_as_a_file(drawn: Runtime, administrator: FlaskClient) -> None:
    form = (DRAWINGS / "inspection.form").read_text().replace("水深（米）", "井深（米）")
    sent = {"files": (io.BytesIO(form.encode()), "inspection.form"), "note": "改称井深"}
    answer = administrator.post("/studio/files", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 302
    with drawn.database.read() as session:
        assert deployments.definition(session, "form", "inspection").version == 2
        assert deployments.definition(session, "process", "well_repair").version == 2


def test_only_an_administrator_enters(drawn: Runtime) -> None:
    with signed_in(drawn, "clerk") as clerk:
        assert clerk.get("/studio/").status_code == 403
        assert clerk.post("/studio/lint", json={"file": "x.bpmn", "xml": "<x/>"}).status_code == 403
