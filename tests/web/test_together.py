"""Tasks of one step done from one page: each its own outcome, what was not shown is not signed, the refused stay."""

import json
import os
import re
from time import perf_counter

from flask.testing import FlaskClient

from engine.models.worklist import UserTask
from tests.web.world import PASSWORD, World


def reviews(world: World, count: int) -> list[UserTask]:
    """Cases of as many households, each before the county's review."""
    found = []
    for number in range(count):
        family = world.family(number)
        found.append(world.play(world.begin(family), family, "county_review"))
    return found


def given(client: FlaskClient, tasks: list[UserTask]) -> dict:
    """What the page's script is given."""
    page = client.get("/together/?" + "&".join(f"task={task.key}" for task in tasks)).text
    return json.loads(re.search(r'<script type="application/json" id="together">(.*?)</script>', page)[1])


def state(world: World, task: UserTask) -> str:
    """Whether the task is open still."""
    with world.runtime.database.read() as session:
        return session.get_one(UserTask, task.key).state


def test_each_is_signed_as_it_was_shown_with_its_own_outcome(world: World) -> None:
    first, second = reviews(world, 2)
    office = world.client("county_office")
    assert f'name="task" value="{first.key}"' in office.get("/").text
    told = given(office, [first, second])
    assert told["signature"] == "password"
    for task, outcome in ((first, "同意纳入"), (second, "不予纳入")):
        row = told["tasks"][str(task.key)]
        answer = {**row["known"], "outcome": outcome, "opinion": "情况属实。"}
        shown = office.post(row["preview"], json={"answer": answer}).get_json()
        assert shown["pages"]
        sent = {"answer": answer, "shown": shown["shown"], "password": PASSWORD, "stays": True}
        done = office.post(row["complete"], json=sent)
        assert done.status_code == 200, done.text
        with world.runtime.database.read() as session:
            assert session.get_one(UserTask, task.key).completed_by == "county_office"
    assert "已提交" not in office.get("/").text  # the page told of each itself


def test_many_are_done_one_by_one(world: World) -> None:
    """`FANGFAN_TOGETHER=300 pytest -s` prints what a county's afternoon takes."""
    tasks = reviews(world, int(os.environ.get("FANGFAN_TOGETHER", "4")))
    office = world.client("county_office")
    began = perf_counter()
    told = given(office, tasks)
    listed = perf_counter()
    showing = handing = 0.0
    for row in told["tasks"].values():
        answer = {**row["known"], "outcome": "不予纳入", "opinion": "情况属实。"}
        at = perf_counter()
        shown = office.post(row["preview"], json={"answer": answer}).get_json()["shown"]
        showing += perf_counter() - at
        at = perf_counter()
        office.post(
            row["complete"], json={"answer": answer, "shown": shown, "password": PASSWORD, "stays": True}
        )
        handing += perf_counter() - at
    each = 1000 / len(tasks)
    print(
        f"{len(tasks)}: page {listed - began:.2f} s; {showing * each:.0f} ms shown, {handing * each:.0f} ms handed in"
    )
    assert {state(world, task) for task in tasks} == {"completed"}


def test_what_was_not_shown_or_shown_for_another_outcome_is_not_signed(world: World) -> None:
    [task] = reviews(world, 1)
    office = world.client("county_office")
    row = given(office, [task])["tasks"][str(task.key)]
    agreed = {**row["known"], "outcome": "同意纳入", "opinion": "情况属实。"}
    shown = office.post(row["preview"], json={"answer": agreed}).get_json()["shown"]
    for sent in (
        {"answer": agreed, "password": PASSWORD},
        {"answer": {**agreed, "outcome": "不予纳入"}, "shown": shown, "password": PASSWORD},
    ):
        assert office.post(row["complete"], json=sent).get_json()["code"] == "not_shown"
    wrong = office.post(row["complete"], json={"answer": agreed, "shown": shown, "password": "not it"})
    assert wrong.status_code == 401
    assert state(world, task) == "open"


def test_the_refused_name_their_fields_by_label(world: World) -> None:
    [task] = reviews(world, 1)
    office = world.client("county_office")
    told = given(office, [task])
    row = told["tasks"][str(task.key)]
    refused = office.post(row["preview"], json={"answer": {**row["known"], "outcome": "退回补正"}})
    assert refused.status_code == 422
    assert {path for path in refused.get_json()["errors"] if not told["labels"].get(path)} == set()


def test_what_is_signed_by_hand_or_is_of_several_steps_is_not_done_together(world: World) -> None:
    [review] = reviews(world, 1)
    family = world.family(1)
    accept = world.play(world.begin(family), family, "accept")
    mixed = world.client("county_office").get(f"/together/?task={review.key}&task={accept.key}")
    assert mixed.status_code in (403, 422)
    family = world.family(2)
    verify = world.play(world.begin(family), family, "verify_township")
    cadre = world.client("township_cadre")
    told = cadre.get(f"/together/?task={verify.key}")
    assert told.status_code == 422
    assert "手写签名" in told.text
    cadre.post("/language/en", data={"next": "/"})
    assert "cannot be done together" in cadre.get(f"/together/?task={verify.key}").text
