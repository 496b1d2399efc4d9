"""What must be refused: broken and hostile bodies, answers that do not fit the form, the wrong area and role."""

import json
from datetime import date

import pytest

from engine import deployments, enactments, settings
from tests.web.api.conftest import VILLAGE, House


@pytest.fixture
def task(wells: House) -> str:
    """An open task of the village."""
    variables = {"area": VILLAGE, "title": "井", "well": "w"}
    with wells.http("clerk") as http:
        http.post("/process-instances", json={"processDefinitionId": "well_repair", "variables": variables})
        return http.post("/user-tasks/search", json={}).json()["items"][0]["userTaskKey"]


def complete(house: House, task: str, content: str | bytes, who: str = "clerk") -> tuple[int, dict]:
    """Sends a completion as it stands."""
    with house.http(who) as http:
        found = http.post(
            f"/user-tasks/{task}/completion", content=content, headers={"Content-Type": "application/json"}
        )
    return found.status_code, found.json() if found.content else {}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"variables": {"depth": NaN}}',
        b'{"variables": {"depth": 1, "depth": 2}}',
        b'{"variables": []}',
        b'{"answers": {}}',
        b"[" * 100_000,
        b'{"variables": {"x": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}}",
    ],
    ids=[
        "cut off",
        "list",
        "text",
        "no UTF-8",
        "NaN",
        "twice",
        "list of variables",
        "unknown",
        "brackets",
        "deep",
    ],
)
def test_a_body_that_cannot_be_read_is_refused(wells: House, task: str, content: bytes) -> None:
    status, problem = complete(wells, task, content)
    assert (status, problem["status"]) == (400, 400)
    assert problem["where"]


def test_an_answer_of_a_megabyte_is_refused(wells: House, task: str) -> None:
    status, problem = complete(wells, task, json.dumps({"variables": {"opinion": "水" * 1_000_000}}))
    assert (status, problem["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"depth": 3, "outcome": "拆掉"}, "outcome"),
        ({"depth": 3}, "outcome"),
        ({"depth": "deep", "outcome": "修"}, "depth"),
        ({"depth": 1000, "outcome": "修"}, "depth"),
        ({"depth": 3, "outcome": "修", "opinion": "长" * 3000}, "opinion"),
        ({"depth": 3, "outcome": {"$eq": "修"}}, "outcome"),
    ],
)
def test_an_answer_that_does_not_fit_names_its_field(
    wells: House, task: str, answer: dict, field: str
) -> None:
    status, problem = complete(wells, task, json.dumps({"variables": answer}))
    assert (status, problem["code"]) == (422, "invalid_answer")
    assert list(problem["errors"]) == [field]


def test_names_that_other_programs_stumble_over_are_only_names(wells: House) -> None:
    odd = {"typename": "x", "__class__": "y", "constructor": "z", "__proto__": {"polluted": True}}
    with wells.http("clerk") as http:
        variables = {"area": VILLAGE, "title": "井", "well": "w", "odd": odd, **odd}
        made = http.post(
            "/process-instances", json={"processDefinitionId": "well_repair", "variables": variables}
        )
        assert made.status_code == 200, made.text
        case = made.json()["processInstanceKey"]
        known = http.post(
            "/variables/search", json={"filter": {"processInstanceKey": case}, "page": {"limit": 100}}
        )
        told = {v["name"]: json.loads(v["value"]) for v in known.json()["items"]}
    assert told["odd"] == odd
    assert {name: told[name] for name in odd} == odd


def test_another_area_sees_nothing_and_may_do_nothing(wells: House, task: str) -> None:
    status, problem = complete(
        wells, task, b'{"variables": {"depth": 3, "outcome": "\xe4\xbf\xae"}}', "stranger"
    )
    assert (status, problem["code"]) == (403, "not_allowed")
    with wells.http("stranger") as http:
        assert http.post("/user-tasks/search", json={}).json()["items"] == []
        assert http.post("/process-instances/search", json={}).json()["items"] == []
        assert http.get(f"/user-tasks/{task}").status_code == 403
        assert http.get(f"/user-tasks/{task}/form").status_code == 403


def test_another_role_may_not_do_it(wells: House, task: str) -> None:
    answer = json.dumps({"variables": {"depth": 3, "outcome": "修"}})
    assert complete(wells, task, answer, "office")[0] == 403
    assert complete(wells, task, answer, "administrator")[0] == 403


def test_a_case_of_another_area_is_not_begun(wells: House) -> None:
    with wells.http("stranger") as http:
        made = http.post(
            "/process-instances",
            json={
                "processDefinitionId": "well_repair",
                "variables": {"area": VILLAGE, "title": "井", "well": "w"},
            },
        )
        assert made.status_code == 403
    with wells.http("administrator") as http:
        assert http.post("/process-instances/search", json={}).json()["page"]["totalItems"] == 0


def test_only_an_administrator_deploys(wells: House) -> None:
    with wells.http("office") as http:
        refused = http.post("/deployments", files={"resources": ("x.bpmn", b"<x/>")})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.bpmn", b"<not-closed"),
        ("x.bpmn", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
        ("x.py", b"import os"),
        ("../../x.bpmn", b"<x/>"),
        ("x.form", b"{"),
        ("x.dmn", b""),
    ],
)
def test_what_is_no_drawing_is_refused_whole(wells: House, name: str, content: bytes) -> None:
    with wells.http("administrator") as http:
        refused = http.post("/deployments", files={"resources": (name, content)})
    assert refused.status_code == 422, refused.text
    assert refused.json()["findings"]


@pytest.mark.parametrize(
    "path", ["/user-tasks/0", "/user-tasks/99999999999999999999", "/user-tasks/x", "/nothing"]
)
def test_what_is_not_there_is_not_found(wells: House, path: str) -> None:
    with wells.http("clerk") as http:
        found = http.get(path)
    assert found.status_code == 404
    assert found.json()["status"] == 404


def test_what_a_second_administrator_has_to_approve_is_not_deployed_from_here(house: House) -> None:
    form = b'{"type": "default", "id": "depth", "schemaVersion": 18, "components": []}'
    with house.runtime.database.begin() as session:
        now = house.runtime.clock.now()
        settings.put(session, enactments.SETTING, date(2020, 1, 1), True, "administrator", now)
    with house.http("administrator") as http:
        refused = http.post("/deployments", files={"resources": ("depth.form", form)})
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_approval")
    with house.runtime.database.read() as session:
        assert deployments.latest(session) == 0
