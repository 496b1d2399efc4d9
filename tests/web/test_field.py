"""Taking visits along: which, by whom, told in the journal; the page that phones keep tells nothing of anybody."""

import json

import pytest
import sqlalchemy as sa

from engine import settings
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from tests.web.world import World
from web.config import LANGUAGES

ELEMENT = "verify_township"


@pytest.fixture
def visit(world: World) -> UserTask:
    """A household that the township's cadre is to verify."""
    family = world.family()
    return world.play(world.begin(family), family, ELEMENT)


def listed(client) -> list[str]:
    """The keys of the tasks that the page offers."""
    return [task["key"] for task in client.get("/field/tasks").json["tasks"]]


def test_what_the_drawing_lets_out_is_offered_to_whom_it_waits_for(world: World, visit: UserTask) -> None:
    other = world.family(1)
    world.play(world.begin(other), other, "accept")  # waits for the village, but stays in the office
    verified_by_the_village = world.task(visit.case_key, "verify_committee")
    assert listed(world.client("township_cadre")) == [str(visit.key)]
    assert listed(world.client("village_committee")) == [str(verified_by_the_village.key)]
    assert world.client("county_office").get("/field/tasks").status_code == 403


def test_who_takes_a_task_along_has_it_and_the_case_tells(world: World, visit: UserTask) -> None:
    cadre = world.client("township_cadre")
    told = cadre.post(f"/field/tasks/{visit.key}").json
    assert told["schema"]["id"] == "verification" and told["data"]["household"]
    assert told["days"] == 7 and told["signed"] is True
    with world.runtime.database.read() as session:
        assert session.get_one(UserTask, visit.key).assignee == "township_cadre"
        [entry] = session.scalars(sa.select(Entry).where(Entry.kind == "task_carried"))
        assert (entry.actor, entry.case_key) == ("township_cadre", visit.case_key)
        assert entry.body == {"task": str(visit.key), "element": ELEMENT, "days": 7}
    assert "带下乡办理" in cadre.get(f"/cases/{visit.case_key}").text


def test_the_days_are_a_dated_setting(world: World, visit: UserTask) -> None:
    now = world.clock.now()
    with world.runtime.database.begin() as session:
        settings.put(session, "offline_days", now.date(), 3, "administrator", now)
    assert world.client("township_cadre").post(f"/field/tasks/{visit.key}").json["days"] == 3


def test_what_is_anothers_or_belongs_in_the_office_is_not_taken(world: World, visit: UserTask) -> None:
    assert world.client("work_team").post(f"/field/tasks/{visit.key}").status_code == 403
    other = world.family(1)
    accept = world.play(world.begin(other), other, "accept")
    refused = world.client(world.doer(accept)).post(f"/field/tasks/{accept.key}", json={})
    assert (refused.status_code, refused.json["code"]) == (422, "not_carried")
    with world.runtime.database.read() as session:
        assert session.get_one(UserTask, accept.key).assignee is None
        assert not session.scalars(sa.select(Entry).where(Entry.kind == "task_carried")).all()


def test_an_answer_that_came_in_is_known_again_when_the_line_broke(world: World, visit: UserTask) -> None:
    cadre = world.client("township_cadre")
    answer = world.answer(visit, world.family())
    shown = cadre.post(f"/tasks/{visit.key}/preview", json={"answer": answer, "request": "a"}).json["shown"]
    sent = {"answer": answer, "shown": shown, "request": "a", "stays": True}
    assert cadre.post(f"/tasks/{visit.key}/complete", json=sent).status_code == 200
    again = cadre.post(f"/tasks/{visit.key}/preview", json={"answer": answer, "request": "a"})
    assert again.status_code == 200 and "next" in again.json
    other = cadre.post(f"/tasks/{visit.key}/preview", json={"answer": answer, "request": "b"})
    assert (other.status_code, other.json["code"]) == (409, "task_done")


def test_the_page_that_phones_keep_says_nothing_of_its_reader(world: World, visit: UserTask) -> None:
    pages = {world.client(name).get("/field/").text for name in ("township_cadre", "village_committee")}
    assert len(pages) == 1
    cadre = world.client("township_cadre")
    assert cadre.get("/field/").text in pages
    cadre.post("/language/en", data={"next": "/"})
    versions = {
        world.client("township_cadre").get("/field/worker.js").text,
        cadre.get("/field/worker.js").text,
    }
    assert len(versions) == len(LANGUAGES)  # a phone fetches the page anew in the other language
    manifest = json.loads(cadre.get("/field/manifest.webmanifest").data)
    assert manifest["start_url"] == manifest["scope"] == "/field/"
