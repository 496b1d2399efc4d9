"""Jobs that nobody here serves: activated by one worker at a time, completed, failed, ended in an error."""

from datetime import timedelta

import pytest

from engine import incidents, jobs
from engine.clock import MovableClock
from engine.errors import NotFound, Stale
from engine.runtime import Runtime
from tests.engine.cases import at, deploy, start, values
from tests.engine.drawing import Drawing, mapped

MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(runtime: Runtime) -> int:
    drawing = Drawing()
    drawing.start("s")
    drawing.service("ask", job="ask_ministry", mappings=mapped({"id": "=household_key"}))
    drawing.boundary("unknown", "ask", drawing.error("not_found"))
    for step in ("after", "by_hand"):
        drawing.user(step)
    drawing.end("e")
    drawing.end("e2")
    drawing.flow("s", "ask", "after", "e")
    drawing.flow("unknown", "by_hand", "e2")
    deploy(runtime, drawing)
    return start(runtime, household_key="h1")


def activate(runtime: Runtime) -> list[jobs.Activated]:
    with runtime.database.begin() as session:
        return jobs.activate(runtime, session, "ask_ministry", "w1", MINUTE)


def test_a_job_is_given_to_one_worker_until_its_time_is_over(
    runtime: Runtime, case: int, clock: MovableClock
):
    [job] = activate(runtime)
    assert (job.variables, job.element, job.retries) == ({"id": "h1"}, "ask", 3)
    assert activate(runtime) == []
    clock.advance(MINUTE)
    assert [again.key for again in activate(runtime)] == [job.key]


def test_its_result_lets_the_case_go_on(runtime: Runtime, case: int):
    [job] = activate(runtime)
    with runtime.database.begin() as session:
        jobs.complete(runtime, session, job.key, {"known": True}, "program")
    assert at(runtime, case) == ["after"]
    assert values(runtime, case)["known"] is True
    with pytest.raises(NotFound), runtime.database.begin() as session:
        jobs.complete(runtime, session, job.key, {}, "program")


def test_an_error_goes_to_its_boundary_and_one_that_nobody_catches_is_refused(runtime: Runtime, case: int):
    [job] = activate(runtime)
    with pytest.raises(Stale), runtime.database.begin() as session:
        jobs.throw_error(runtime, session, job.key, "other", "", {}, "program")
    with runtime.database.begin() as session:
        jobs.throw_error(runtime, session, job.key, "not_found", "查无此户", {}, "program")
    assert at(runtime, case) == ["by_hand"]


def test_a_job_without_retries_is_an_incident_that_gives_it_one_more(runtime: Runtime, case: int):
    [job] = activate(runtime)
    with runtime.database.begin() as session:
        jobs.fail(runtime, session, job.key, 0, "接口不通", "program")
    assert activate(runtime) == []
    with runtime.database.begin() as session:
        [incident] = incidents.open_of(session, case)
        assert (incident.kind, incident.message) == ("job", "接口不通")
        incidents.retry(runtime, session, incident.key, "administrator")
    assert [again.retries for again in activate(runtime)] == [1]


def test_a_failed_job_waits_for_its_backoff(runtime: Runtime, case: int, clock: MovableClock):
    [job] = activate(runtime)
    with runtime.database.begin() as session:
        jobs.fail(runtime, session, job.key, 2, "稍后再试", "program", MINUTE)
    assert activate(runtime) == []
    clock.advance(MINUTE)
    assert [again.retries for again in activate(runtime)] == [2]
