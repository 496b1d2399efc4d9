"""What somebody uploads or types into the studio is a file to look at: it is never run, expanded, fetched or shown as a page."""

import time

import pytest

from engine import drafts

BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><a>&j;</a>"
)
DEEP = "<a>" * 5000 + "</a>" * 5000
HOSTILE = {
    "entities.bpmn": BOMB,
    "entities.dmn": BOMB,
    "outside.bpmn": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "deep.bpmn": DEEP,
    "deep.dmn": DEEP,
    "deep.form": "[" * 100_000,
    "script.form": '{"type": "default", "id": "script", "schemaVersion": 18, "components": [{"id": "h", "type": "html", "content": "<script>alert(1)</script>"}]}',
    "feel.form": '{"type": "default", "id": "feel", "schemaVersion": 18, "components": [{"id": "t", "type": "textfield", "key": "t", "label": "t", "conditional": {"hide": "='
    + "(" * 3000
    + '"}}]}',
    "aliases.html": "{{" + "(" * 3000 + "}}",
    "settings.yaml": "- &a [*a]",
}


@pytest.fixture
def client(world):
    return world.client("administrator")


def begun(client) -> str:
    """The address of a new draft."""
    answer = client.post("/studio/drafts", data={"title": "试", "file": "visit.form"})
    return answer.headers["Location"].partition("/files/")[0]


@pytest.mark.parametrize("file", HOSTILE)
def test_a_hostile_file_is_kept_checked_compared_and_refused_in_bounded_time(client, file):
    draft = begun(client)
    began = time.perf_counter()
    saved = client.post(f"{draft}/files/{file}/content", json={"content": HOSTILE[file], "revision": 0})
    assert saved.status_code == 200, saved.text
    checked = client.get(f"{draft}/checks", headers={"Accept": "application/json"}).get_json()
    errors = [each for each in checked["findings"] if each["severity"] == "error"]
    assert {each["file"] for each in errors} == {file}
    for page in ("checks", "difference", "trial", "deploy", f"files/{file}"):
        answer = client.get(f"{draft}/{page}")
        assert answer.status_code == 200, (page, answer.text[:300])
        assert "root:x:0" not in answer.text and "<script>alert" not in answer.text
    refused = client.post(f"{draft}/deploy", data={"note": "试"}, headers={"Accept": "application/json"})
    assert refused.status_code in (400, 422)
    assert time.perf_counter() - began < 30


def test_content_is_never_a_page_of_ours(client):
    draft = begun(client)
    page = "<script>alert(1)</script>"
    client.post(f"{draft}/files/x.html/content", json={"content": page, "revision": 0})
    answer = client.get(f"{draft}/files/x.html/content")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert page not in client.get(f"{draft}/difference").text


@pytest.mark.parametrize(
    "sheet",
    [
        "<script>alert(1)</script>",
        "<img src='file:///etc/passwd'><iframe src='http://127.0.0.1:9/'></iframe>",
        "<style>@import url('http://127.0.0.1:9/x.css')</style>",
        "<a rel=attachment href='file:///etc/passwd'>x</a>",
    ],
)
def test_a_sheet_with_scripts_or_addresses_previews_as_a_picture_that_fetched_nothing(client, sheet):
    shown = client.post("/studio/preview", json={"content": sheet})
    assert shown.status_code == 200
    assert all(each.startswith("data:image/png;base64,") for each in shown.get_json()["pages"])


@pytest.mark.parametrize("bomb", ["{{for i in 1..100000000 return i}}", "{{" + "[" * 2000 + "}}"])
def test_a_feel_bomb_in_a_sheet_is_stopped(client, bomb):
    began = time.perf_counter()
    assert client.post("/studio/preview", json={"content": bomb}).status_code == 422
    assert time.perf_counter() - began < 15


def test_a_draft_never_touches_a_running_case(world, client):
    case = world.begin(world.family())
    before = [(task.key, task.form_id, task.definition_key) for task in world.waiting(case)]
    draft = begun(client)
    client.post(f"{draft}/files/application.bpmn/content", json={"content": "<broken", "revision": 0})
    client.post(f"{draft}/files/application.form/content", json={"content": "{", "revision": 0})
    assert [(task.key, task.form_id, task.definition_key) for task in world.waiting(case)] == before
    world.do(world.task(case, "apply"), world.family(), "village_committee")
    with world.runtime.database.read() as session:
        assert drafts.in_force(session, "application.form") != b"{"


def test_only_an_administrator_sees_or_saves_drafts(world, client):
    draft = begun(client)
    clerk = world.client("county_office")
    for page in (
        "/",
        "/checks",
        "/difference",
        "/trial",
        "/deploy",
        "/files/visit.form",
        "/files/visit.form/content",
    ):
        assert clerk.get(f"{draft}{page}").status_code == 403
    assert (
        clerk.post(f"{draft}/files/visit.form/content", json={"content": "", "revision": 0}).status_code
        == 403
    )
