"""Shapes that clients rest on: paging, filters, sort, errors, idempotency, Basic, the description of it all."""

import httpx
import pytest

from tests.web.api.conftest import PASSWORD, VILLAGE, House

WELL = {"area": VILLAGE, "title": "井", "well": "w"}


@pytest.fixture
def cases(wells: House) -> list[str]:
    """Five cases, the oldest first."""
    with wells.http("clerk") as http:
        return [
            http.post(
                "/process-instances",
                json={"processDefinitionId": "well_repair", "variables": {**WELL, "title": f"井{n}"}},
            ).json()["processInstanceKey"]
            for n in range(5)
        ]


def search(house: House, what: str, **body: object) -> dict:
    """A search as the village clerk."""
    with house.http("clerk") as http:
        found = http.post(f"/{what}/search", json=body)
    assert found.status_code == 200, found.text
    return found.json()


def keys(found: dict) -> list[str]:
    """The instances of an answer."""
    return [item["processInstanceKey"] for item in found["items"]]


def test_pages_go_forward_and_back_by_cursor(wells: House, cases: list[str]) -> None:
    sort = [{"field": "creationDate", "order": "DESC"}]
    first = search(wells, "user-tasks", sort=sort, page={"limit": 2})
    second = search(wells, "user-tasks", sort=sort, page={"limit": 2, "after": first["page"]["endCursor"]})
    third = search(wells, "user-tasks", sort=sort, page={"limit": 2, "after": second["page"]["endCursor"]})
    assert sorted(keys(first) + keys(second) + keys(third)) == sorted(cases)
    assert first["page"]["totalItems"] == 5
    back = search(wells, "user-tasks", sort=sort, page={"limit": 2, "before": third["page"]["startCursor"]})
    assert keys(back) == keys(second)


def test_pages_go_on_behind_what_is_absent(wells: House, cases: list[str]) -> None:
    sort = [{"field": "dueDate", "order": "ASC"}]  # none has one
    first = search(wells, "user-tasks", sort=sort, page={"limit": 3})
    second = search(wells, "user-tasks", sort=sort, page={"limit": 3, "after": first["page"]["endCursor"]})
    assert keys(first) + keys(second) == cases


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"state": "CREATED"}, 5),
        ({"state": {"$in": ["COMPLETED", "CANCELED"]}}, 0),
        ({"name": {"$like": "查看*"}}, 5),
        ({"name": {"$like": "查看?"}}, 0),
        ({"name": {"$like": "%"}}, 0),
        ({"assignee": {"$exists": True}}, 0),
        ({"candidateGroup": "village_committee"}, 5),
        ({"candidateGroup": "county_office"}, 0),
        ({"elementId": {"$neq": "inspect"}}, 0),
        ({"creationDate": {"$gt": "2020-01-01T00:00:00Z"}}, 5),
        ({"$or": [{"elementId": "inspect"}, {"elementId": "pump"}]}, 5),
        ({"tenantId": "other"}, 0),
    ],
)
def test_filters(wells: House, cases: list[str], wanted: dict, count: int) -> None:
    assert search(wells, "user-tasks", filter=wanted)["page"]["totalItems"] == count


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"password": "x"}},
        {"filter": {"state": "ASLEEP"}},
        {"filter": {"creationDate": {"$gt": "yesterday"}}},
        {"filter": {"name": {"$regex": ".*"}}},
        {"filter": {"userTaskKey": "1 OR 1=1"}},
        {"filter": {"userTaskKey": str(2**80)}},
        {"sort": [{"field": "token"}]},
        {"sort": [{"field": "name", "order": "UP"}]},
        {"page": {"limit": -1}},
        {"page": {"limit": 10**9}},
        {"page": {"after": "bm90IGEgY3Vyc29y"}},
        {"page": {"after": "W1tdXQ=="}},
        {"nonsense": 1},
    ],
)
def test_a_search_that_makes_no_sense_is_refused(wells: House, body: dict) -> None:
    with wells.http("clerk") as http:
        found = http.post("/user-tasks/search", json=body)
    assert found.status_code == 400
    assert found.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "instance", "code", "where"} <= set(found.json())


def test_a_request_that_comes_again_has_one_effect(wells: House, cases: list[str]) -> None:
    task = search(wells, "user-tasks", filter={"processInstanceKey": cases[0]})["items"][0]["userTaskKey"]
    with wells.http("clerk") as http:
        body = {"variables": {"depth": 5, "outcome": "再看"}}
        again = {"Idempotency-Key": "visit-1"}
        assert [
            http.post(f"/user-tasks/{task}/completion", json=body, headers=again).status_code
            for _ in range(3)
        ] == [204] * 3
        other = http.post(f"/user-tasks/{task}/completion", json=body, headers={"Idempotency-Key": "visit-2"})
    assert other.status_code == 409
    assert "clerk" in other.json()["detail"]
    assert search(wells, "user-tasks", filter={"processInstanceKey": cases[0]})["page"]["totalItems"] == 2


def test_basic_is_taken_and_a_wrong_password_is_not(house: House) -> None:
    def me(password: str) -> httpx.Response:
        return httpx.get(f"{house.address}/v2/authentication/me", auth=("clerk", password), trust_env=False)

    assert me(PASSWORD).json()["username"] == "clerk"
    refused = me("wrong")
    assert refused.status_code == 401
    assert refused.json()["detail"]


@pytest.mark.parametrize("header", [None, "Bearer x", "Bearer ff_nonsense", "Digest x", "Basic !!!"])
def test_nobody_enters_without_credentials(house: House, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    found = httpx.post(f"{house.address}/v2/user-tasks/search", json={}, headers=headers, trust_env=False)
    assert found.status_code == 401
    assert found.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_description_names_every_route_and_body(house: House) -> None:
    told = httpx.get(f"{house.address}/openapi.json", trust_env=False).json()
    completion = told["paths"]["/v2/user-tasks/{task_key}/completion"]["post"]
    reference = completion["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert "variables" in told["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
    found = told["paths"]["/v2/user-tasks/search"]["post"]["responses"]["200"]["content"]["application/json"]
    page = told["components"]["schemas"][found["schema"]["$ref"].rpartition("/")[2]]
    assert page["properties"]["items"]["items"]["$ref"].endswith("/UserTask")
    assert all(operation["summary"] for path in told["paths"].values() for operation in path.values())


def test_refusals_speak_the_callers_language(house: House) -> None:
    with house.http("clerk") as http:
        wrong = {"filter": {"password": "x"}}
        english = http.post("/user-tasks/search", json=wrong, headers={"Accept-Language": "en"}).json()[
            "detail"
        ]
        chinese = http.post("/user-tasks/search", json=wrong, headers={"Accept-Language": "zh-CN"}).json()[
            "detail"
        ]
    assert "this cannot be filtered by" in english
    assert "不能按此项筛选" in chinese
