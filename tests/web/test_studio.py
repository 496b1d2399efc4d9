"""The studio's routes: a change is a draft, checked among the files in force, deployed with its reason, refused when wrong."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine import deployments, identity, instances, settings
from engine.grounds import Grounds
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
        deployments.deploy(sqlite_runtime, session, resources, "administrator", Grounds("首次部署"))
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


def begun(client: FlaskClient, file: str = "well_repair.bpmn") -> str:
    """The address of a new draft."""
    answer = client.post("/studio/drafts", data={"title": "改修井", "file": file})
    return answer.headers["Location"].partition("/files/")[0]


def saved(client: FlaskClient, draft: str, content: str, revision: int = 0, file: str = "well_repair.bpmn"):
    """The answer to a save."""
    return client.post(f"{draft}/files/{file}/content", json={"content": content, "revision": revision})


def found(client: FlaskClient, draft: str) -> list[dict[str, Any]]:
    """What the check of a draft tells the editor."""
    return client.get(f"{draft}/checks", headers={"Accept": "application/json"}).get_json()["findings"]


def test_the_editor_names_the_version_that_it_changes(administrator: FlaskClient) -> None:
    draft = begun(administrator)
    page = administrator.get(f"{draft}/files/well_repair.bpmn").get_data(as_text=True)
    assert 'data-file="well_repair.bpmn"' in page
    assert "在第 1 版上修改" in page
    source = administrator.get(f"{draft}/files/well_repair.bpmn/content")
    assert source.get_data(as_text=True) == well_repair()
    assert source.headers["Revision"] == "0"
    assert source.headers["Content-Disposition"].startswith("attachment")


def test_every_kind_of_file_has_its_editor(administrator: FlaskClient) -> None:
    draft = begun(administrator)
    for file in ("urgency.dmn", "inspection.form", "inspection.html", "settings.yaml"):
        assert f'data-file="{file}"' in administrator.get(f"{draft}/files/{file}").get_data(as_text=True)
    assert administrator.get(f"{draft}/files/nowhere.bpmn").status_code == 404


def test_another_administrator_sees_the_draft_and_is_told_of_a_newer_save(
    drawn: Runtime, administrator: FlaskClient
) -> None:
    draft = begun(administrator)
    assert saved(administrator, draft, well_repair()).get_json()["revision"] == 1
    with drawn.database.begin() as session:
        identity.add_user(session, "zhou", "周管理员", PASSWORD, [("administrator", "")])
    with signed_in(drawn, "zhou") as other:
        assert "改修井" in other.get("/studio/").get_data(as_text=True)
        refused = saved(other, draft, "<x/>", 0)
        assert (refused.status_code, refused.get_json()["by"]) == (409, "administrator")
        assert saved(other, draft, "<x/>", refused.get_json()["revision"]).status_code == 200


def test_a_draft_is_checked_among_the_files_in_force(administrator: FlaskClient) -> None:
    draft = begun(administrator)
    saved(administrator, draft, well_repair())
    assert [(f["element_id"], f["severity"]) for f in found(administrator, draft)] == [("pump", "warning")]
    saved(administrator, draft, well_repair(**{'formId="inspection"': 'formId="nowhere"'}), 1)
    errors = [f for f in found(administrator, draft) if f["severity"] == "error"]
    assert [f["element_id"] for f in errors] == ["inspect"]
    assert "nowhere" in errors[0]["message"]
    assert isinstance(errors[0]["x"], float)
    page = administrator.get(f"{draft}/checks").get_data(as_text=True)
    assert "nowhere" in page and "well_repair.bpmn#inspect" in page


def test_a_new_form_takes_force_with_the_step_that_asks_by_it(administrator: FlaskClient) -> None:
    draft = begun(administrator)
    assert administrator.post(f"{draft}/files", data={"name": "depth", "ending": ".form"}).status_code == 302
    assert administrator.post(f"{draft}/files", data={"name": "depth", "ending": ".form"}).status_code == 400
    assert administrator.post(f"{draft}/files", data={"name": "../x", "ending": ".form"}).status_code == 400
    saved(administrator, draft, well_repair(**{'formId="inspection"': 'formId="depth"'}))
    assert [f for f in found(administrator, draft) if f["severity"] == "error"] == []
    assert administrator.post(f"{draft}/deploy", data={"note": "量井深"}).status_code == 302
    assert "depth.form" in administrator.get("/studio/").get_data(as_text=True)
    assert administrator.get(f"{draft}/").status_code == 404


@pytest.mark.parametrize("ending", [".bpmn", ".dmn", ".form", ".html"])
def test_a_new_file_is_accepted_by_its_check(administrator: FlaskClient, ending: str) -> None:
    draft = begun(administrator)
    administrator.post(f"{draft}/files", data={"name": "fresh", "ending": ending})
    assert [f for f in found(administrator, draft) if f["file"].startswith("fresh")] == []


def test_a_sheet_is_seen_as_it_prints(administrator: FlaskClient) -> None:
    sheet = (DRAWINGS / "inspection.html").read_text()
    shown = administrator.post("/studio/preview", json={"content": sheet}).get_json()["pages"]
    assert [page[:22] for page in shown] == ["data:image/png;base64,"]
    hostile = "<script>alert(1)</script><img src='http://127.0.0.1:9/x.png'><h1>{{mark}}</h1>"
    assert len(administrator.post("/studio/preview", json={"content": hostile}).get_json()["pages"]) == 1
    faulty = administrator.post("/studio/preview", json={"content": "{{1 +}}"})
    assert faulty.status_code == 422


def test_settings_are_rows_with_their_days(drawn: Runtime, administrator: FlaskClient) -> None:
    with drawn.database.begin() as session:
        settings.put(session, "line", date(2020, 1, 1), 4000, "administrator", drawn.clock.now())
    draft = begun(administrator, "settings.yaml")
    content = administrator.get(f"{draft}/files/settings.yaml/content").get_data(as_text=True)
    [row] = administrator.post("/studio/settings", json={"content": content}).get_json()["rows"]
    assert row == {
        "name": "line", "value": 4000, "note": "", "local": False, "valid_from": "2020-01-01", "kept": True, "used": True,
    }  # fmt: skip
    added = content + '- {"name": "line", "valid_from": "2021-01-01", "value": 4600}\n'
    saved(administrator, draft, added, file="settings.yaml")
    administrator.post(f"{draft}/deploy", data={"note": "新的标准"})
    with drawn.database.read() as session:
        assert settings.in_force(session, datetime(2021, 2, 1, tzinfo=UTC)) == {"line": 4600}


def test_a_draft_is_dropped_and_a_file_taken_back(administrator: FlaskClient) -> None:
    draft = begun(administrator)
    saved(administrator, draft, "<x/>")
    administrator.post(f"{draft}/files/well_repair.bpmn/revert")
    assert (
        administrator.get(f"{draft}/files/well_repair.bpmn/content").get_data(as_text=True) == well_repair()
    )
    administrator.post(f"{draft}/drop")
    assert administrator.get(f"{draft}/", headers={"Accept": "text/html"}).status_code == 404


def test_a_redraw_takes_force_for_new_cases_and_spares_running_ones(
    drawn: Runtime, administrator: FlaskClient
) -> None:
    given = {"area": VILLAGE, "title": "井", "well": "w"}
    with drawn.database.begin() as session:
        old = instances.start(drawn, session, "well_repair", given, "test").key
    draft = begun(administrator)
    saved(administrator, draft, well_repair(**{'name="查看水井"': 'name="下井查看"'}))
    answer = administrator.post(f"{draft}/deploy", data={"note": "改为下井查看"})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    with drawn.database.begin() as session:
        new = instances.start(drawn, session, "well_repair", given, "test")
        assert (new.version, instances.get(session, old).version) == (2, 1)
    page = administrator.get("/studio/").get_data(as_text=True)
    assert "改为下井查看" in page
    assert "第 2 版" in page


def test_a_faulty_redraw_is_refused_with_its_findings(administrator: FlaskClient) -> None:
    draft = begun(administrator)
    saved(administrator, draft, well_repair(**{'decisionId="urgency"': 'decisionId="nowhere"'}))
    answer = administrator.post(
        f"{draft}/deploy", data={"note": "试"}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.get_json()["findings"][0]["element_id"] == "grade"


def test_a_file_that_goes_up_is_a_draft_and_takes_force_as_any_other(
    drawn: Runtime, administrator: FlaskClient
) -> None:
    form = (DRAWINGS / "inspection.form").read_text().replace("水深（米）", "井深（米）")
    sent = {"files": (io.BytesIO(form.encode()), "inspection.form"), "title": "改称井深"}
    answer = administrator.post("/studio/files", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 302
    with drawn.database.read() as session:
        assert deployments.definition(session, "form", "inspection").version == 1
    draft = answer.headers["Location"].removesuffix("/difference")
    assert administrator.post(f"{draft}/deploy", data={"note": "改称井深"}).status_code == 302
    with drawn.database.read() as session:
        assert deployments.definition(session, "form", "inspection").version == 2
        assert deployments.definition(session, "process", "well_repair").version == 2


def test_only_an_administrator_enters(drawn: Runtime) -> None:
    with signed_in(drawn, "clerk") as clerk:
        assert clerk.get("/studio/").status_code == 403
        assert clerk.post("/studio/preview", json={"content": "x"}).status_code == 403
        assert clerk.post("/studio/drafts", data={"title": "x"}).status_code == 403
