"""Standing in, by the pages: seen and done in another's place, told in the story and on the paper."""

import pytest

from engine import identity, journal, substitutes, tokens
from engine.models.worklist import UserTask
from tests import papers
from tests.web.world import PASSWORD, World
from web import casefile

DAYS = {"first": "2020-07-01", "last": "2020-07-03"}


@pytest.fixture
def review(world: World) -> UserTask:
    """A case before the county's review."""
    family = world.family()
    return world.play(world.begin(family), family, "county_review")


def test_a_leader_does_the_offices_step_in_its_place(world: World, review: UserTask) -> None:
    office, leader = world.client("county_office"), world.client("county_group")
    assert leader.post(f"/tasks/{review.key}/claim").status_code == 403
    assert "县领导小组 郑主任" in office.get("/account").text
    led = office.post("/account/absences/", data={"stand_in": "county_group", **DAYS})
    assert led.status_code == 302
    listed = leader.get("/").text
    assert "代 县扶贫办 王敏 办理" in listed and f"/tasks/{review.key}" in listed
    assert "您代 县扶贫办 王敏 办这一步" in leader.get(f"/tasks/{review.key}").text
    answer = world.answer(review, world.family(), outcome="同意纳入", opinion="情况属实。")
    with world.runtime.database.read() as session:
        task = session.get_one(UserTask, review.key)
        person = substitutes.standing(session, identity.named(session, "county_group"), world.clock.now())
        paper = casefile.prints_of(world.runtime, session, person, task, answer)[0]
    assert "县领导小组 郑主任 代 县扶贫办 王敏" in papers.text(paper.pdf).replace("\n", "")
    shown = leader.post(f"/tasks/{review.key}/preview", json={"answer": answer}).get_json()["shown"]
    sent = {"answer": answer, "shown": shown, "password": PASSWORD}
    done = leader.post(f"/tasks/{review.key}/complete", json=sent)
    assert done.status_code == 200, done.text
    with world.runtime.database.read() as session:
        task = session.get_one(UserTask, review.key)
        assert (task.completed_by, task.completed_for) == ("county_group", "county_office")
        told = next(e for e in journal.entries(session, task.case_key) if e.body.get("task") == str(task.key))
        assert (told.actor, told.body["for"]) == ("county_group", "county_office")
    assert "县领导小组 郑主任（代县扶贫办 王敏）" in office.get(f"/cases/{review.case_key}").text


def test_ones_own_absence_is_ones_own_to_arrange(world: World, review: UserTask) -> None:
    office = world.client("county_office")
    far = office.post("/account/absences/", data={"stand_in": "far_county", **DAYS})
    assert far.status_code == 403
    bad = office.post("/account/absences/", data={"stand_in": "county_group", "first": "", "last": "x"})
    assert bad.status_code == 400
    office.post("/account/absences/", data={"stand_in": "county_group", **DAYS})
    with world.runtime.database.read() as session:
        [kept] = substitutes.absences(session, world.clock.now())
    assert world.client("county_group").post(f"/account/absences/{kept.key}/end").status_code == 403
    assert office.post(f"/account/absences/{kept.key}/end").status_code == 302
    assert world.client("county_group").get(f"/tasks/{review.key}").status_code == 200
    assert world.client("county_group").post(f"/tasks/{review.key}/claim").status_code == 403


def test_a_program_with_ones_token_stands_in_too(world: World, review: UserTask) -> None:
    office = world.client("county_office")
    with world.runtime.database.begin() as session:
        leader = identity.find(session, "county_group")
        token = tokens.issue(session, leader, "t", world.clock.now())
    asked = {"headers": {"Authorization": f"Bearer {token}"}, "json": {"assignee": "county_group"}}
    program = world.app.test_client()
    assert program.post(f"/v2/user-tasks/{review.key}/assignment", **asked).status_code == 403
    office.post("/account/absences/", data={"stand_in": "county_group", **DAYS})
    assert program.post(f"/v2/user-tasks/{review.key}/assignment", **asked).status_code == 204
