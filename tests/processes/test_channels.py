"""The channels end to end: from a sheet, a visit or a report to a household's one monitoring case at its stage."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from engine import instances, worklist
from engine.clock import MovableClock
from engine.identity import User, Viewer
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.scenarios import Stage
from engine.worker import Worker
from registry import comparison, history
from web import rehearsal

COUNTY, VILLAGE = "2202/220281/", "2202/220281/220281101/220281101201/"
FATHER = "220281196803120514"
FILE = rehearsal.SCENARIOS / "channels.yaml"


@pytest.fixture
def runtime(stage: Stage, clock: MovableClock) -> Iterator[Runtime]:
    """The procedure as shipped on 1 July 2020, with one household."""
    with stage.runtime(clock) as runtime:
        yield runtime


@pytest.fixture
def begin(runtime: Runtime) -> Callable:
    @contextmanager
    def transaction() -> Iterator[Session]:
        with runtime.database.begin() as session:
            history.act(session, "王敏", runtime.clock.now())
            yield session

    return transaction


@pytest.fixture
def household(runtime: Runtime, begin: Callable) -> str:
    head = {"name": "王守田", "sex": "男", "id_number": FATHER, "birth": "1968-03-12", "relation": "户主"}
    wife = {
        "name": "李桂芝",
        "sex": "女",
        "id_number": "220281197011080520",
        "birth": "1970-11-08",
        "relation": "配偶",
    }
    told = {
        "area": VILLAGE,
        "household": {"kind": "脱贫户", "attribute": "一般脱贫户"},
        "members": [head, wife],
    }
    with begin() as session:
        return runtime.operations["household.save"](session, told)["household_key"]


def answers() -> dict:
    """The answers by name of the scenarios' file."""

    return yaml.safe_load(FILE.read_text("utf-8"))["answers"]


def of(runtime: Runtime, process_id: str) -> list[Instance]:
    with runtime.database.read() as session:
        return list(session.scalars(sa.select(Instance).where(Instance.process_id == process_id)))


def tasks(runtime: Runtime, element: str) -> list[UserTask]:
    found = sa.select(UserTask).where(UserTask.element == element, UserTask.state == "open")
    with runtime.database.read() as session:
        return list(session.scalars(found.order_by(UserTask.key)))


def do(runtime: Runtime, element: str, answer: dict) -> None:
    for task in tasks(runtime, element):
        with runtime.database.begin() as session:
            instances.complete(runtime, session, task.key, answer, "王敏")


def check(runtime: Runtime, household: str, channel: str) -> Instance:
    given = {"household_key": household, "channel": channel, "lead": ""}
    with runtime.database.begin() as session:
        case = instances.start(runtime, session, "risk_check", given, "王敏")
    Worker(runtime).run_once()  # each household is taken up in a step of its own
    return case


def test_a_visited_household_is_graded_by_rule_on_what_the_visit_found(runtime, household):
    check(runtime, household, "走访排查")
    do(runtime, "visit", answers()["risky"])
    [case] = of(runtime, "monitoring")
    assert (case.subject, case.parent_key, case.area) == (household, None, VILLAGE)
    [task] = tasks(runtime, "confirm_warning")
    with runtime.database.read() as session:
        known = instances.variables(session, case)
    assert (known["channel"], known["stage"], known["labour"]) == ("走访排查", "核实", "部分丧失")
    assert known["warning"]["level"] in ("红", "黄", "蓝")
    assert task.case_key == case.key


def test_a_household_that_nobody_visited_is_graded_by_hand(runtime, household):
    check(runtime, household, "部门筛查")
    do(runtime, "review_lead", answers()["agreed"])
    assert len(of(runtime, "monitoring")) == 1
    assert len(tasks(runtime, "grade_by_hand")) == 1


def test_two_channels_at_once_make_one_case(runtime, household):
    check(runtime, household, "部门筛查")
    check(runtime, household, "数据比对")
    do(runtime, "review_lead", answers()["agreed"])
    assert len(of(runtime, "monitoring")) == 1
    assert sorted(one.end_event for one in of(runtime, "risk_check")) == ["included", "included_before"]


def test_a_department_sheet_becomes_a_case_in_the_quarter(runtime, household, begin, tmp_path: Path):
    assert of(runtime, "data_comparison") == []
    Worker(runtime).run_once()  # 09:00 on 1 July: the third quarter has begun
    [county] = [one for one in of(runtime, "data_comparison") if one.area == COUNTY]
    path = tmp_path / "参保.csv"
    path.write_text(
        f"姓名,身份证号码,参保状态\n王守田,{FATHER},终止参保\n李桂芝,220281197011080520,参保\n", "utf-8"
    )
    list(comparison.compare(begin, comparison.open_sheet(path)))
    do(runtime, "hand_in", {"outcome": "已提供"})
    with runtime.database.read() as session:
        known = instances.variables(session, instances.get(session, county.key))
    assert (known["quarter"], known["due"], known["problem_count"]) == ("2020年第3季度", "2020-07-10", 1)
    assert "医保" not in known["missing"]
    [task] = tasks(runtime, "confirm_comparison")
    assert task.due.isoformat() == "2020-07-10T15:59:59+00:00"
    do(runtime, "confirm_comparison", {"outcome": "比对完成"})
    Worker(runtime).run_once()
    [check_task] = tasks(runtime, "review_lead")
    assert (check_task.subject, check_task.title) == (household, "王守田")
    do(runtime, "review_lead", answers()["agreed"])
    [case] = of(runtime, "monitoring")
    with runtime.database.read() as session:
        assert instances.variables(session, case)["channel"] == "数据比对"
        assert instances.get(session, county.key).end_event == "comparison_done"


def test_each_role_finds_its_tasks(runtime, household):
    """A visit waits in the village and the township, a review at the county, a department's report at its county."""
    check(runtime, household, "入户走访")
    with runtime.database.begin() as session:
        given = {"area": COUNTY, "department": "医保", "title": "部门筛查"}
        instances.start(runtime, session, "department_screening", given, "王敏")

    def waiting(*grants: tuple[str, str]) -> list[str]:
        viewer = Viewer(User(1, "x", "x"), grants)
        with runtime.database.read() as session:
            page = worklist.search(session, viewer, worklist.Filter(), runtime.clock.now())
            return sorted(task.element for task in page.tasks)

    assert waiting(("village_committee", VILLAGE)) == ["visit"]
    assert waiting(("township_cadre", "2202/220281/220281101/")) == ["visit"]
    assert waiting(("village_committee", "2202/220281/220281101/220281101202/")) == []
    assert waiting(("department:医保", COUNTY)) == ["hand_in", "report"]
    do(runtime, "visit", answers()["risky"])
    assert waiting(("county_office", COUNTY)) == ["review_visit"]
    assert waiting(("county_group", COUNTY)) == []
