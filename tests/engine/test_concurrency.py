"""Several at once: all who may succeed do, nobody is told that something is "locked", nothing is done twice."""

import threading
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from engine import identity, instances, invariants
from engine.clock import MovableClock
from engine.errors import TaskDone
from engine.models.instances import Instance
from engine.models.journal import Entry
from engine.runtime import Runtime
from engine.worker import Worker
from tests.engine.cases import answer, at, deploy, get, open_tasks, start, values
from tests.engine.drawing import Drawing


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run them in threads that begin together; what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[number] = act()
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def verification() -> Drawing:
    drawing = Drawing()
    drawing.start("s")
    drawing.par("fork")
    drawing.par("join")
    drawing.user("review")
    drawing.end("e")
    drawing.flow("s", "fork")
    for step in ("team", "township", "committee"):
        drawing.user(step)
        drawing.flow("fork", step, "join")
    drawing.boundary("late", "team", drawing.timer("P1D"), interrupting=False)
    drawing.user("press")
    drawing.end("e2")
    drawing.flow("late", "press", "e2")
    drawing.flow("join", "review", "e")
    return drawing


def test_three_verifiers_and_a_timer_at_once_all_succeed(runtime: Runtime, clock: MovableClock):
    deploy(runtime, verification())
    for _ in range(5):
        case = start(runtime)
        clock.advance(timedelta(days=1))
        steps = ("team", "township", "committee")
        verify = [
            lambda s=step, c=case: answer(runtime, c, s, f"of_{s}", **{f"by_{s}": "属实"}) for step in steps
        ]
        results = at_once(*verify, Worker(runtime).run_once)
        assert [r for r in results if isinstance(r, Exception)] == []
        assert [element for element in at(runtime, case) if element != "press"] == ["review"]
        assert values(runtime, case) == {
            f"by_{step}": "属实" for step in steps
        }  # no update is lost at the join
    with runtime.database.read() as session:
        assert invariants.check(session) == []


def test_of_two_on_one_task_one_succeeds_and_the_other_is_told_who_did_it(runtime: Runtime):
    deploy(runtime, verification())
    with runtime.database.begin() as session:
        for name, shown in (("zhang", "张三"), ("li", "李四")):
            identity.add_user(session, name, shown, "a long password")
    case = start(runtime)
    [key] = [task.key for task in open_tasks(runtime, case) if task.element == "team"]

    def complete(actor: str) -> Instance:
        with runtime.database.begin() as session:
            return instances.complete(runtime, session, key, {"by": actor}, actor)

    results = at_once(lambda: complete("zhang"), lambda: complete("li"))
    [refused] = [r for r in results if isinstance(r, Exception)]
    assert isinstance(refused, TaskDone)
    winner = values(runtime, case)["by"]
    assert refused.params["who"] == {"zhang": "张三", "li": "李四"}[winner]


def test_a_repeated_request_has_one_effect_also_at_once(runtime: Runtime):
    deploy(runtime, verification())

    def begin() -> int:
        with runtime.database.begin() as session:
            return instances.start(runtime, session, "p", {}, "clerk", request_id="start-1").key

    cases = {*at_once(begin, begin), begin()}
    assert len(cases) == 1
    [case] = cases
    [key] = [task.key for task in open_tasks(runtime, case) if task.element == "team"]

    def complete() -> int:
        with runtime.database.begin() as session:
            return instances.complete(runtime, session, key, {"n": 1}, "clerk", request_id="answer-1").key

    assert {*at_once(complete, complete, complete), complete()} == {case}
    with runtime.database.read() as session:
        count = sa.select(sa.func.count()).select_from(Entry).where(Entry.case_key == case)
        assert session.scalar(count) == 2
    assert get(runtime, case).state == "active"


def test_many_workers_fire_each_timer_once(runtime: Runtime, clock: MovableClock):
    deploy(runtime, verification())
    cases = [start(runtime) for _ in range(8)]
    clock.advance(timedelta(days=1))
    results = at_once(*[Worker(runtime).run_once] * 3)
    assert sum(results) == len(cases)
    assert all(at(runtime, case).count("press") == 1 for case in cases)
