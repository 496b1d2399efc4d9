"""Timers and timer starts on a moved clock, by the worker, on both stores."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from engine import deployments, instances, timers
from engine.clock import MovableClock
from engine.models.instances import Instance, Timer, TimerStart
from engine.runtime import Runtime
from engine.worker import Worker
from tests.engine.cases import answer, at, deploy, get, open_tasks, start
from tests.engine.drawing import Drawing


def overdue(interrupting: bool = False, text: str = "P30D") -> Drawing:
    drawing = Drawing()
    drawing.row("start:s", "user:deliver", "end:e")
    kind = "timeCycle" if text.startswith("R") else "timeDuration"
    drawing.boundary("late", "deliver", drawing.timer(text, kind), interrupting=interrupting)
    drawing.user("press")
    drawing.end("e2")
    drawing.flow("late", "press", "e2")
    return drawing


def rows(runtime: Runtime) -> int:
    with runtime.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Timer)) or 0


def test_a_boundary_timer_fires_when_it_is_due_and_not_before(runtime: Runtime, clock: MovableClock):
    deploy(runtime, overdue())
    case = start(runtime)
    worker = Worker(runtime)
    clock.advance(timedelta(days=30) - timedelta(seconds=1))
    assert worker.run_once() == 0
    clock.advance(timedelta(seconds=1))
    assert worker.run_once() == 1
    assert at(runtime, case) == ["deliver", "press"]
    assert worker.run_once() == 0
    assert rows(runtime) == 0


def test_an_interrupting_timer_takes_the_task_back(runtime: Runtime, clock: MovableClock):
    deploy(runtime, overdue(interrupting=True))
    case = start(runtime)
    clock.advance(timedelta(days=31))
    Worker(runtime).run_once()
    assert at(runtime, case) == ["press"]
    with runtime.database.read() as session:
        states = {p.element: p.state for p in instances.history(session, instances.get(session, case))}
    assert states == {"s": "completed", "deliver": "cancelled", "late": "completed", "press": "active"}


def test_a_task_done_in_time_ends_its_timer(runtime: Runtime, clock: MovableClock):
    deploy(runtime, overdue())
    case = start(runtime)
    answer(runtime, case, "deliver")
    assert rows(runtime) == 0
    clock.advance(timedelta(days=31))
    assert Worker(runtime).run_once() == 0
    assert get(runtime, case).end_event == "e"


def test_a_repeating_timer_fires_as_often_as_drawn(runtime: Runtime, clock: MovableClock):
    deploy(runtime, overdue(text="R3/P10D"))
    case = start(runtime)
    worker = Worker(runtime)
    clock.advance(timedelta(days=10))
    assert worker.run_once() == 1
    clock.advance(timedelta(days=25))  # two more are due: a worker that was away catches up
    assert worker.run_once() == 2
    clock.advance(timedelta(days=100))
    assert worker.run_once() == 0
    assert at(runtime, case) == ["deliver", "press", "press", "press"]


def test_a_claimed_timer_is_left_alone_until_the_claim_runs_out(runtime: Runtime, clock: MovableClock):
    """The first worker dies between its claim and the effect: the timer is not lost, and fires once."""
    deploy(runtime, overdue())
    case = start(runtime)
    clock.advance(timedelta(days=30))
    claim, [row] = timers._claim(runtime, Timer)
    worker = Worker(runtime)
    assert worker.run_once() == 0
    clock.advance(timers.CLAIM)
    assert worker.run_once() == 1
    with runtime.database.begin() as session:
        assert not timers.fire(runtime, session, row, claim)  # the first one wakes up after all: too late
    assert at(runtime, case) == ["deliver", "press"]


def test_a_fencing_token_stops_a_worker_whose_claim_was_taken_over(runtime: Runtime, clock: MovableClock):
    deploy(runtime, overdue())
    case = start(runtime)
    clock.advance(timedelta(days=30))
    old, [row] = timers._claim(runtime, Timer)
    clock.advance(timers.CLAIM)
    new, [same] = timers._claim(runtime, Timer)
    assert row == same
    with runtime.database.begin() as session:
        assert not timers.fire(runtime, session, row, old)
    assert at(runtime, case) == ["deliver"]
    with runtime.database.begin() as session:
        assert timers.fire(runtime, session, row, new)
    assert at(runtime, case) == ["deliver", "press"]


def quarterly(name: str = "p") -> Drawing:
    drawing = Drawing(name)
    drawing.start("s", drawing.timer("R/2020-07-10T00:00:00+08:00/P3M", "timeCycle"))
    drawing.user("compare")
    drawing.end("e")
    drawing.flow("s", "compare", "e")
    return drawing


def cases(runtime: Runtime) -> list[Instance]:
    with runtime.database.read() as session:
        return list(session.scalars(sa.select(Instance).order_by(Instance.key)))


def test_a_timer_start_begins_a_case_each_time(runtime: Runtime, clock: MovableClock):
    deploy(runtime, quarterly())
    worker = Worker(runtime)
    assert worker.run_once() == 0
    clock.set(datetime(2020, 7, 9, 16, 0, tzinfo=UTC))  # midnight in Shanghai
    assert worker.run_once() == 1
    assert worker.run_once() == 0
    clock.set(datetime(2021, 1, 9, 16, 0, tzinfo=UTC))
    assert worker.run_once() == 2
    assert [len(open_tasks(runtime, case.key)) for case in cases(runtime)] == [1, 1, 1]


def test_a_cycle_that_began_long_ago_begins_with_its_next_time(runtime: Runtime, clock: MovableClock):
    """Else each redraw would begin a case for every quarter since the first."""
    clock.set(datetime(2021, 2, 1, tzinfo=UTC))
    deploy(runtime, quarterly())
    assert Worker(runtime).run_once() == 0
    with runtime.database.read() as session:
        assert session.scalars(sa.select(TimerStart.due)).all() == [datetime(2021, 4, 9, 16, 0, tzinfo=UTC)]
    clock.set(datetime(2021, 4, 9, 16, 0, tzinfo=UTC))
    assert Worker(runtime).run_once() == 1


def test_a_cycle_that_is_over_begins_nothing(runtime: Runtime, clock: MovableClock):
    drawing = quarterly()
    drawing.start("s", drawing.timer("R2/2019-07-10T00:00:00+08:00/P3M", "timeCycle"))
    deploy(runtime, drawing)
    assert Worker(runtime).run_once() == 0
    with runtime.database.read() as session:
        assert session.scalars(sa.select(TimerStart.due)).all() == []


def test_a_new_version_takes_over_the_start(runtime: Runtime, clock: MovableClock):
    deploy(runtime, quarterly())
    newer = quarterly()
    newer.user("report")
    newer.flows.clear()
    newer.flow("s", "compare", "report", "e")
    deploy(runtime, newer)
    clock.set(datetime(2020, 7, 10, tzinfo=UTC))
    Worker(runtime).run_once()
    assert [case.version for case in cases(runtime)] == [2]
    with runtime.database.read() as session:
        assert session.scalars(sa.select(TimerStart.due)).all() == [datetime(2020, 10, 9, 16, 0, tzinfo=UTC)]
        assert deployments.definition(session, "process", "p").version == 2
