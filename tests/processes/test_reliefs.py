"""A household's other procedures end to end: what they do to its monitoring case and to the registry."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import yaml

from engine import instances
from engine.clock import MovableClock
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.scenarios import Stage
from engine.worker import Worker
from registry import history, households, monitoring, sudden
from web import rehearsal

VILLAGE = "2202/220281/220281101/220281101201/"
HEAD = {
    "name": "王守田",
    "sex": "男",
    "id_number": "220281196803120514",
    "birth": "1968-03-12",
    "relation": "户主",
}


@pytest.fixture
def runtime(stage: Stage, clock: MovableClock) -> Iterator[Runtime]:
    with stage.runtime(clock) as runtime:
        yield runtime


@pytest.fixture
def household(runtime: Runtime) -> int:
    """A household of the village that is not monitored."""
    with runtime.database.begin() as session:
        history.act(session, "王敏", runtime.clock.now())
        return households.save(session, None, VILLAGE, {"kind": "脱贫户"}, [HEAD]).key


@pytest.fixture
def monitored(runtime: Runtime, household: int) -> int:
    """The same, monitored at level 蓝, its case waiting for the next visit."""
    with runtime.database.begin() as session:
        history.act(session, "王敏", runtime.clock.now())
        monitoring.include(session, household, "脱贫不稳定户", [1], "接管")
        monitoring.warn(session, household, "蓝", ["F4.4.3"], "县扶贫办")
        given = {"household_key": str(household), "channel": "接管", "stage": "跟踪"}
        instances.start(runtime, session, "monitoring", given, "王敏")
    return household


def answers(file: str) -> dict:
    return yaml.safe_load((rehearsal.SCENARIOS / f"{file}.yaml").read_text("utf-8"))["answers"]


@pytest.fixture
def begin(runtime: Runtime) -> Callable[[str, int], int]:
    def start(process: str, household: int) -> int:
        with runtime.database.begin() as session:
            given = {"household_key": str(household), "area": VILLAGE, "reporting": "village_committee"}
            return instances.start(runtime, session, process, given, "王敏").key

    return start


@pytest.fixture
def do(runtime: Runtime) -> Callable[[str, dict], None]:
    """Answer the only open task at an element."""

    def answer(element: str, told: dict) -> None:
        with runtime.database.begin() as session:
            wanted = sa.select(UserTask).where(UserTask.element == element, UserTask.state == "open")
            task = session.scalars(wanted).one()
            instances.complete(runtime, session, task.key, told, "王敏")

    return answer


def level(runtime: Runtime, household: int) -> tuple[str, str | None]:
    """The level that the registry has, and the one that the monitoring case shows."""
    with runtime.database.read() as session:
        wanted = sa.select(Instance).where(
            Instance.process_id == "monitoring", Instance.subject == str(household)
        )
        return monitoring.level(session, household), session.scalars(wanted).one().level


def test_a_monitored_household_is_red_while_its_sudden_hardship_is_handled(runtime, monitored, begin, do):
    begin("sudden_risk", monitored)
    assert level(runtime, monitored) == ("蓝", "蓝")
    do("report", answers("sudden_risk")["struck"])
    assert level(runtime, monitored) == ("红", "红")
    with runtime.database.read() as session:
        assert sudden.open_entry(session, monitored).state == "处置中"
        assert [w.reasons[0][:3] for w in monitoring.warnings(session, monitored)] == ["F4.", "S18"]
    do("check_report", {"outcome": "属实"})
    do("arrange", answers("sudden_risk")["relief"])
    do("plan", answers("sudden_risk")["sudden_planned"])
    do("deliver", answers("sudden_risk")["sudden_delivered"])
    do("confirm_result", {"outcome": "销号", "result": "生活有保障。"})
    do("close_risk", {"outcome": "销号", "result": "已安置。", "level": "黄"})
    assert level(runtime, monitored) == ("黄", "黄")
    with runtime.database.read() as session:
        [entry] = sudden.of(session, monitored)
        assert (entry.state, entry.result) == ("已销号", "已安置。")


def test_a_visit_meanwhile_does_not_lower_the_level(runtime, clock, monitored, begin, do):
    """A rule may find the household better off; S18 wants it red until the list says 销号."""
    begin("sudden_risk", monitored)
    do("report", answers("sudden_risk")["struck"])
    clock.advance(timedelta(days=90))
    Worker(runtime).run_once()
    do("visit", {**answers("answers")["visit"], "shortfalls": []})
    assert level(runtime, monitored) == ("红", "红")
    with runtime.database.read() as session:
        assert monitoring.warnings(session, monitored)[-1].reasons[-1].startswith("S18：骤贫风险尚未销号")
    do("check_report", {"outcome": "不属实", "opinion": "房屋完好。"})
    assert level(runtime, monitored) == ("蓝", "蓝")


def test_what_proves_untrue_gives_the_level_back(runtime, monitored, begin, do):
    begin("sudden_risk", monitored)
    do("report", answers("sudden_risk")["struck"])
    do("check_report", {"outcome": "不属实", "opinion": "房屋完好。"})
    assert level(runtime, monitored) == ("蓝", "蓝")


def test_a_household_not_monitored_is_included_by_the_county_survey(runtime, household, begin, do):
    begin("sudden_risk", household)
    do("report", answers("sudden_risk")["struck"])
    Worker(runtime).run_once()
    do("visit", answers("channels")["risky"])
    do("review_visit", answers("channels")["agreed"])
    with runtime.database.read() as session:
        assert monitoring.open_period(session, household).channel == "入户走访"
        assert sudden.open_entry(session, household) is not None
