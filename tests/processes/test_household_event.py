"""A case follows its household: where it moves, who heads it, and to its end."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine import instances, worklist
from engine.clock import MovableClock
from engine.errors import NotAllowed
from engine.identity import User, Viewer
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.scenarios import Stage
from processes.operations import OPERATIONS
from registry import households, members, monitoring
from tests.registry.conftest import VILLAGE, member, number

NOW = datetime(2020, 6, 1, 1, tzinfo=UTC)
NEXT_DOOR = "2202/220281/220281101/220281101202/"
OTHER_COUNTY = "2202/220282/220282101/220282101201/"
WIFE = number("22029919680101102")
CONFIRMED = {"outcome": "属实", "opinion": "看了证明。"}


@pytest.fixture
def runtime(stage: Stage) -> Iterator[Runtime]:
    with stage.runtime(MovableClock(NOW)) as runtime:
        yield runtime


class Family:
    """A household in monitoring, its running case, and what happens to it."""

    def __init__(
        self, runtime: Runtime, area: str = VILLAGE, *people: dict[str, Any], applies: bool = False
    ) -> None:
        self.runtime = runtime
        told = list(people) or [member(), member("王芳", "配偶", sex="女")]
        saved = self.does("household.save", area=area, household={"kind": "脱贫户"}, members=told)
        self.key, self.people = saved["household_key"], saved["household"]["members"]
        if applies:
            asked = {"filed_by": "王芳", "on_behalf": False}
            self.case = self.starts("monitoring", channel="农户申请", stage=None, **asked)
            return
        kind = {"kind": "脱贫不稳定户", "grounds": [1], "channel": "接管"}
        self.does("monitoring.include", household_key=self.key, **kind)
        self.case = self.starts("monitoring", channel="接管", stage="帮扶", measures=[])

    def does(self, operation: str, **inputs: Any) -> dict[str, Any]:
        with self.runtime.database.begin() as session:
            session.info["step"] = {"actor": "张三", "task": None, "at": NOW}
            return OPERATIONS[operation](session, inputs)

    def starts(self, process: str, **variables: Any) -> int:
        with self.runtime.database.begin() as session:
            given = {"household_key": self.key, **variables}
            return instances.start(self.runtime, session, process, given, "张三").key

    def happens(self, event: str, **facts: Any) -> int:
        """The whole way of an event: reported, confirmed, if need be by the county too."""
        case = self.starts("household_event", reporting="village_committee")
        self.answers(
            case, "report", {"event": event, "happened_on": "2020-05-30", "detail": "有证明。", **facts}
        )
        self.answers(case, "confirm", CONFIRMED)
        if "confirm_county" in self.tasks(case):
            self.answers(case, "confirm_county", CONFIRMED)
        return case

    def answers(self, case: int, element: str, answer: dict[str, Any], actor: Any = "李四") -> None:
        with self.runtime.database.begin() as session:
            instances.complete(self.runtime, session, self.tasks(case)[element].key, answer, actor)

    def tasks(self, case: int | None = None) -> dict[str, UserTask]:
        with self.runtime.database.read() as session:
            wanted = select(UserTask).where(
                UserTask.case_key == (case or self.case), UserTask.state == "open"
            )
            return {task.element: task for task in session.scalars(wanted)}

    def found(self, case: int | None = None) -> Instance:
        with self.runtime.database.read() as session:
            return session.get_one(Instance, case or self.case)

    def seen_by(self, group: str, area: str) -> list[str]:
        with self.runtime.database.read() as session:
            page = worklist.search(session, viewer(group, area), worklist.Filter(), now=NOW)
            return [task.element for task in page.tasks]


def viewer(group: str, area: str) -> Viewer:
    return Viewer(User(1, "cadre", "干部"), ((group, area),))


def test_a_case_moves_with_its_household_and_so_do_its_open_tasks(runtime):
    family = Family(runtime)
    here, there = VILLAGE.removesuffix("220281101201/"), OTHER_COUNTY.removesuffix("220282101201/")
    assert family.seen_by("township_cadre", here) == ["choose_measures"]
    assert family.seen_by("township_cadre", there) == []
    family.happens("迁移", new_area=OTHER_COUNTY)
    assert (family.found().state, family.found().area) == ("active", OTHER_COUNTY)
    assert family.tasks()["choose_measures"].area == OTHER_COUNTY
    assert family.seen_by("township_cadre", here) == []
    assert family.seen_by("township_cadre", there) == ["choose_measures"]
    answer = {"measures": [{"code": "JY01", "department": "人社", "due": "2020-06-30"}]}
    with pytest.raises(NotAllowed):
        family.answers(family.case, "choose_measures", answer, viewer("township_cadre", here))
    family.answers(family.case, "choose_measures", answer, viewer("township_cadre", there))
    assert family.seen_by("department:人社", "2202/220282/") == ["plan"]


def test_what_a_case_has_called_moves_too(runtime):
    family = Family(runtime)
    answer = {"measures": [{"code": "JY01", "department": "人社", "due": "2020-06-30"}]}
    family.answers(family.case, "choose_measures", answer)
    assert family.seen_by("department:人社", "2202/220281/") == ["plan"]
    family.happens("迁移", new_area=OTHER_COUNTY)
    assert family.seen_by("department:人社", "2202/220281/") == []
    assert family.seen_by("department:人社", "2202/220282/") == ["plan"]


def test_an_application_moves_with_the_household_that_applies(runtime):
    family = Family(runtime, applies=True)
    assert family.tasks()["apply"].area == VILLAGE
    family.happens("迁移", new_area=NEXT_DOOR)
    assert family.tasks()["apply"].area == NEXT_DOOR
    assert family.seen_by("village_committee", VILLAGE) == []


def test_a_case_bears_the_name_of_the_new_householder(runtime):
    family = Family(runtime)
    head, wife = (each["key"] for each in family.people)
    family.happens("死亡", person=head, relations=[{"member": wife, "relation": "户主"}])
    assert (family.found().title, family.tasks()["choose_measures"].title) == ("王芳", "王芳")
    assert "wangfang" in (family.found().search or "")


def test_a_case_ends_with_its_last_member(runtime):
    family = Family(runtime, VILLAGE, member())
    answer = {"measures": [{"code": "JY01", "department": "人社", "due": "2020-06-30"}]}
    family.answers(family.case, "choose_measures", answer)
    event = family.happens("死亡", person=family.people[0]["key"])
    assert (family.found().end_event, family.found(event).end_event) == ("household_gone", "closed")
    assert family.tasks() == {}
    with runtime.database.read() as session:
        assert monitoring.open_period(session, int(family.key)) is None
        called = session.scalars(select(Instance.state).where(Instance.parent_key == family.case)).all()
        assert set(called) == {"cancelled"}


def test_a_merge_ends_one_case_and_the_other_goes_on_with_all_the_people(runtime):
    host = Family(runtime, NEXT_DOOR, member("赵有福", id_number=number("22029919550303101")))
    family = Family(runtime)
    head, wife = (each["key"] for each in family.people)
    told = [{"member": head, "relation": "之女婿"}, {"member": wife, "relation": "之女"}]
    family.happens("并户", host_id_number=number("22029919550303101"), relations=told)
    assert (family.found().end_event, host.found().state) == ("household_gone", "active")
    with runtime.database.read() as session:
        known = instances.variables(session, session.get_one(Instance, host.case))["household"]
        assert (known["population"], known["head_name"]) == (3, "赵有福")
        assert members.by_id_number(session, WIFE).household_key == int(host.key)


def test_a_split_leaves_the_case_with_those_at_risk(runtime):
    family = Family(runtime)
    head, wife = (each["key"] for each in family.people)
    told = [{"member": head, "relation": "户主"}, {"member": wife, "relation": "户主"}]
    family.happens("分户", leaving=[wife], risk_part="分出的人", relations=told)
    assert (family.found().state, family.found().title, family.found().subject) == (
        "active",
        "王芳",
        family.key,
    )
    with runtime.database.read() as session:
        other = households.known_by_head(session, [member()])
        assert monitoring.open_period(session, other.key) is None
