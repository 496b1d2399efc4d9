"""Households that are monitored already come in as running cases at their stage, and a second import starts none."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine import instances, settings
from engine.clock import MovableClock
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.worker import Worker
from registry import history, measures
from registry.imports import import_households, read_sheet
from tests.registry.imports.sheets_made import HEAD, WIFE, changed, csv_of, rows
from web import takeover

START = datetime(2020, 5, 20, 1, tzinfo=UTC)


def take_over(runtime: Runtime, sheet: bytes) -> list[Instance]:
    """As the import command does: facts and cases in one transaction."""
    with runtime.database.begin() as session:
        history.act(session, "import", START)
        line = Decimal(str(settings.in_force(session, START)["line"]))
        _, cases = import_households(session, read_sheet(sheet), line=line)
        return [instances.start(runtime, session, "monitoring", case.variables(), "import") for case in cases]


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        ({"预警级别": "", "健康帮扶": "否"}, "grade_by_hand"),
        ({"预警级别": "黄", "健康帮扶": "否"}, "choose_measures"),
        ({"预警级别": "黄", "健康帮扶": "已实施"}, None),  # waits for the next round's day
    ],
    ids=["定级", "帮扶", "跟踪"],
)
def test_a_case_runs_from_its_stage_on(stage, cells, task):
    sheet = csv_of(rows(changed(HEAD, **cells), changed(WIFE, **cells)))
    with stage.runtime(MovableClock(START)) as runtime:
        (case,) = take_over(runtime, sheet)
        with runtime.database.read() as session:
            open_tasks = session.scalars(select(UserTask).where(UserTask.case_key == case.key)).all()
            found = session.get_one(Instance, case.key)
            assert [t.element for t in open_tasks] == ([task] if task else [])
            assert found.state == "active"
            key = int(case.attributes["subject"])
            assert measures.count_open(session, key) == 0
        assert take_over(runtime, sheet) == []


def opened(runtime: Runtime, case: Instance) -> list[str]:
    with runtime.database.read() as session:
        wanted = select(UserTask).where(UserTask.case_key == case.key, UserTask.state == "open")
        return sorted(task.element for task in session.scalars(wanted))


def last_visited(day: str) -> bytes:
    """A household in its follow-up (黄: every 60 days) with the day of its last visit, as a county's own list tells it."""
    told = {"预警级别": "黄", "健康帮扶": "已实施"}
    headings, *people = rows(changed(HEAD, **told), changed(WIFE, **told))
    return csv_of([[*headings, "上次走访时间"], *([*person, day] for person in people)])


def test_a_visit_counts_from_the_last_one_before_the_take_over(stage):
    clock = MovableClock(START)
    with stage.runtime(clock) as runtime:
        (case,) = take_over(runtime, last_visited("2020-04-20"))
        worker = Worker(runtime)
        clock.advance(timedelta(days=29))
        worker.run_once()
        assert opened(runtime, case) == []
        clock.advance(timedelta(days=1, hours=1))
        worker.run_once()
        assert opened(runtime, case) == ["visit"]


def test_a_visit_that_was_overdue_before_the_take_over_is_due_at_once_and_then_pressed(stage):
    clock = MovableClock(START)
    with stage.runtime(clock) as runtime:
        (case,) = take_over(runtime, last_visited("2020-01-20"))
        worker = Worker(runtime)
        worker.run_once()
        assert opened(runtime, case) == ["visit"]
        clock.advance(timedelta(days=30))
        worker.run_once()
        assert opened(runtime, case) == ["press_visit", "visit"]


def test_a_last_visit_that_is_to_come_is_refused(stage):
    with stage.runtime(MovableClock(START)) as runtime:
        assert take_over(runtime, last_visited("2020-05-21")) == []


def test_a_graded_household_gets_its_measures_after_the_take_over(stage):
    clock = MovableClock(START)
    with stage.runtime(clock) as runtime:
        told = {"预警级别": "黄", "健康帮扶": "否"}
        (case,) = take_over(runtime, csv_of(rows(changed(HEAD, **told), changed(WIFE, **told))))
        with runtime.database.begin() as session:
            task = session.scalars(select(UserTask).where(UserTask.case_key == case.key)).one()
            chosen = {"measures": [{"code": "JY01", "department": "人社", "due": "2020-06-30"}]}
            instances.complete(runtime, session, task.key, chosen, "包村干部")
        assert opened(runtime, case) == ["plan"]
        clock.advance(timedelta(days=60))
        Worker(runtime).run_once()
        assert "visit" in opened(runtime, case), "helped and followed up at the same time"


def test_a_second_sheet_moves_the_running_case_with_its_household(stage):
    with stage.runtime(MovableClock(START)) as runtime:
        (case,) = take_over(runtime, csv_of(rows(changed(HEAD, 预警级别=""), changed(WIFE, 预警级别=""))))
        moved = {"预警级别": "", "村": "鹿场村"}
        sheet = read_sheet(csv_of(rows(changed(HEAD, **moved), changed(WIFE, **moved))))
        with runtime.database.begin() as session:
            report, begun = takeover.take(runtime, session, sheet, "2202/220281/", "import")
            assert (len(report.rows), begun) == (1, 0)
        with runtime.database.read() as session:
            after = session.get_one(Instance, case.key)
            assert after.area != case.area
            assert {task.area for task in session.scalars(select(UserTask))} == {after.area}
