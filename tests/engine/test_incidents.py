"""What fails half way: the answer is kept, the case stands before the element, an administrator retries."""

import dataclasses

import pytest
import sqlalchemy as sa

from engine import incidents, instances, invariants, journal
from engine.errors import Stale
from engine.models.instances import Incident, Instance
from engine.models.settings import Setting
from engine.runtime import Runtime
from tests.engine.cases import answer, at, deploy, get, start, values
from tests.engine.drawing import Drawing


class Broken:
    """An operation that fails until it is mended; what it wrote before it failed must be gone."""

    def __init__(self) -> None:
        self.mended = False
        self.calls = 0

    def __call__(self, session, inputs):
        self.calls += 1
        from datetime import date

        session.merge(
            Setting(name="trace", valid_from=date(2020, 1, self.calls), value=1, note="", local=True)
        )
        session.flush()
        if not self.mended:
            raise RuntimeError("身份证号 220281199001011234 不存在")
        return {"saved": True}


class Refused(Exception):
    code, message = "no_household", "没有这一户。"


@pytest.fixture
def broken() -> Broken:
    return Broken()


@pytest.fixture
def world(runtime: Runtime, broken: Broken) -> Runtime:
    def refuse(session, inputs):
        broken(session, inputs)

    def business(session, inputs):
        raise Refused

    return dataclasses.replace(runtime, operations={"save": broken, "business": business})


def saving() -> Drawing:
    drawing = Drawing()
    drawing.start("s")
    drawing.user("apply")
    drawing.service("save", job="save")
    drawing.user("review")
    drawing.end("e")
    drawing.flow("s", "apply", "save", "review", "e")
    return drawing


def open_incidents(runtime: Runtime, case: int) -> list[Incident]:
    with runtime.database.read() as session:
        return list(incidents.open_of(session, case))


def traces(runtime: Runtime) -> int:
    with runtime.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Setting)) or 0


def retry(runtime: Runtime, key: int) -> None:
    with runtime.database.begin() as session:
        incidents.retry(runtime, session, key, "administrator")


def test_a_failing_operation_keeps_the_answer_and_opens_an_incident(world: Runtime, broken: Broken):
    deploy(world, saving())
    case = start(world)
    answer(world, case, "apply", amount=3)
    assert at(world, case) == []
    assert get(world, case).state == "active"
    assert values(world, case) == {"amount": 3}
    [incident] = open_incidents(world, case)
    assert (incident.element, incident.kind) == ("save", "program")
    assert "220281199001011234" not in incident.message  # who mends it may not see the case's data
    assert traces(world) == 0
    with world.database.read() as session:
        [task] = [p for p in instances.history(session, instances.get(session, case)) if p.element == "apply"]
    assert (task.state, task.who) == ("completed", "clerk")


def test_a_retry_that_fails_leaves_the_incident_open_and_one_that_works_goes_on(
    world: Runtime, broken: Broken
):
    deploy(world, saving())
    case = start(world)
    answer(world, case, "apply")
    [incident] = open_incidents(world, case)
    retry(world, incident.key)
    assert [i.key for i in open_incidents(world, case)] == [incident.key]
    broken.mended = True
    retry(world, incident.key)
    assert open_incidents(world, case) == []
    assert at(world, case) == ["review"]
    assert values(world, case) == {"saved": True}
    assert traces(world) == 1
    with pytest.raises(Stale):
        retry(world, incident.key)


def test_an_expression_that_names_nothing_is_an_incident_not_a_default_flow(world: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "user:u")
    drawing.xor("g", default="flow3")
    drawing.user("poor")
    drawing.user("rich")
    drawing.end("e")
    drawing.flow("u", "g")
    drawing.flow("g", "rich", "e")
    drawing.flow("g", "poor", "e", condition="incme < 4000")
    deploy(world, drawing)
    case = start(world)
    answer(world, case, "u", income=1)
    assert at(world, case) == []
    [incident] = open_incidents(world, case)
    assert incident.element == "g"
    assert "incme" in incident.message


def test_what_runs_beside_a_failure_goes_on_when_it_is_mended(world: Runtime, broken: Broken):
    drawing = Drawing()
    drawing.start("s")
    drawing.par("fork")
    drawing.par("join")
    drawing.user("a")
    drawing.user("b")
    drawing.service("save", job="save")
    drawing.end("e")
    drawing.flow("s", "fork", "a", "save", "join", "e")
    drawing.flow("fork", "b", "join")
    deploy(world, drawing)
    case = start(world)
    answer(world, case, "a", x=1)
    assert at(world, case) == ["b"]
    answer(world, case, "b", y=2)  # the clerk beside it is not held up
    [incident] = open_incidents(world, case)
    broken.mended = True
    retry(world, incident.key)
    assert get(world, case).end_event == "e"
    assert values(world, case) == {"x": 1, "y": 2, "saved": True}


def test_a_failure_in_a_called_process_stands_there_and_the_caller_waits(world: Runtime, broken: Broken):
    outer = Drawing("outer")
    outer.start("s")
    outer.user("first")
    outer.call("round", "inner", propagateAllChildVariables="true")
    outer.user("after")
    outer.end("e")
    outer.flow("s", "first", "round", "after", "e")
    inner = Drawing("inner")
    inner.start("s")
    inner.service("save", job="save")
    inner.end("e")
    inner.flow("s", "save", "e")
    deploy(world, outer, inner)
    case = start(world, "outer")
    answer(world, case, "first")
    [incident] = open_incidents(world, case)
    with world.database.read() as session:
        child = session.scalars(sa.select(Instance).where(Instance.parent_key == case)).one()
    assert incident.instance_key == child.key
    assert incident.case_key == case
    broken.mended = True
    retry(world, incident.key)
    assert at(world, case) == ["after"]
    assert values(world, case)["saved"] is True


def test_an_operation_throws_a_business_error_to_its_boundary(world: Runtime):
    drawing = Drawing()
    drawing.start("s")
    drawing.service("save", job="business")
    drawing.boundary("caught", "save", drawing.error("no_household"))
    drawing.user("mend")
    drawing.end("e")
    drawing.end("e2")
    drawing.flow("s", "save", "e")
    drawing.flow("caught", "mend", "e2")
    deploy(world, drawing)
    case = start(world)
    assert at(world, case) == ["mend"]
    assert open_incidents(world, case) == []


def test_a_business_error_that_nobody_catches_tells_its_sentence(world: Runtime):
    drawing = Drawing()
    drawing.start("s")
    drawing.service("save", job="business")
    drawing.end("e")
    drawing.flow("s", "save", "e")
    deploy(world, drawing)
    [incident] = open_incidents(world, start(world))
    assert incident.message == "没有这一户。（no_household）"


def test_an_error_end_event_that_nobody_catches_stands_before_it(world: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "user:u")
    drawing.end("bad", drawing.error("nobody"))
    drawing.flow("u", "bad")
    deploy(world, drawing)
    case = start(world)
    answer(world, case, "u", amount=1)
    [incident] = open_incidents(world, case)
    assert (incident.element, incident.kind) == ("bad", "escaped_error")
    assert get(world, case).state == "active"
    assert values(world, case) == {"amount": 1}


def test_cancelling_closes_incidents(world: Runtime):
    deploy(world, saving())
    case = start(world)
    answer(world, case, "apply")
    with world.database.begin() as session:
        instances.cancel(world, session, case, "office", "误报")
    assert open_incidents(world, case) == []
    assert get(world, case).state == "cancelled"
    with world.database.read() as session:
        assert journal.verify(session) == []


def test_an_element_with_an_incident_is_tried_again_only_when_it_is_asked_for(world: Runtime, broken: Broken):
    drawing = Drawing()
    drawing.start("s")
    drawing.par("fork")
    drawing.user("a")
    drawing.user("b")
    drawing.user("c")
    drawing.service("save", job="save")
    drawing.end("e")
    drawing.flow("s", "fork", "a", "save", "e")
    drawing.flow("fork", "b", "c", "e")
    deploy(world, drawing)
    case = start(world)
    answer(world, case, "a")
    calls = broken.calls
    answer(world, case, "b")
    assert at(world, case) == ["c"]
    assert broken.calls == calls
    assert len(open_incidents(world, case)) == 1


def test_an_incident_is_over_when_the_rest_of_the_case_ends_it(sqlite_runtime: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "par:split")
    drawing.flow("split", drawing.script("fails", "nosuch + 1", "x"), drawing.end("e1"))
    drawing.flow("split", drawing.user("u"), drawing.end("all", "<terminateEventDefinition/>"))
    deploy(sqlite_runtime, drawing)
    case = start(sqlite_runtime)
    with sqlite_runtime.database.read() as session:
        assert [i.element for i in incidents.open_of(session, case)] == ["fails"]
    answer(sqlite_runtime, case, "u")
    with sqlite_runtime.database.read() as session:
        assert incidents.open_of(session, case) == []
        assert invariants.check(session) == []
