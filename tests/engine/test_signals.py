"""Signals between cases: heard by all who wait at that moment, and by what begins by them."""

import sqlalchemy as sa

from engine import signals
from engine.models.instances import Instance, SignalWait
from engine.runtime import Runtime
from tests.engine.cases import answer, at, deploy, get, start, values
from tests.engine.drawing import Drawing


def waiting() -> Drawing:
    drawing = Drawing("waiting")
    drawing.start("s")
    drawing.flow("s", drawing.catch("c", drawing.signal("rain")), drawing.user("u"), drawing.end("e"))
    return drawing


def broadcast(runtime: Runtime, name: str, **variables: object) -> list[int]:
    with runtime.database.begin() as session:
        return [told.key for told in signals.broadcast(runtime, session, name, variables, "clerk")]


def count(runtime: Runtime, table: type) -> int:
    with runtime.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_all_cases_that_wait_hear_it_and_nobody_later(runtime: Runtime):
    deploy(runtime, waiting())
    cases = [start(runtime, "waiting") for _ in range(3)]
    assert broadcast(runtime, "sun") == []
    assert broadcast(runtime, "rain", millimetres=40) == cases
    assert [at(runtime, case) for case in cases] == [["u"]] * 3
    assert values(runtime, cases[2]) == {"millimetres": 40}
    late = start(runtime, "waiting")
    assert (at(runtime, late), count(runtime, SignalWait)) == ([], 1)


def test_one_case_throws_and_the_others_hear_when_it_is_written(runtime: Runtime):
    thrower, begins = Drawing("thrower"), Drawing("begins")
    thrower.row("start:s", "user:u")
    thrower.flow("u", thrower.throw("t", thrower.signal("rain")), thrower.end("e"))
    begins.start("heard", begins.signal("rain"))
    begins.flow("heard", begins.user("b"), begins.end("e"))
    deploy(runtime, waiting(), thrower, begins)
    case, other = start(runtime, "waiting"), start(runtime, "thrower")
    answer(runtime, other, "u")
    assert get(runtime, other).state == "completed"
    assert at(runtime, case) == ["u"]
    with runtime.database.read() as session:
        [begun] = session.scalars(sa.select(Instance.key).where(Instance.process_id == "begins"))
    assert at(runtime, begun) == ["b"]


def test_a_caller_hears_what_the_process_that_it_called_throws(runtime: Runtime):
    called, caller = Drawing("called"), Drawing("caller")
    called.row("start:s", "user:u")
    called.flow("u", called.throw("t", called.signal("stop")), called.user("v"), called.end("e"))
    caller.start("s")
    caller.flow("s", caller.call("c", "called"), caller.end("e"))
    caller.boundary("stopped", "c", caller.signal("stop"))
    caller.flow("stopped", caller.user("w"), caller.end("f"))
    deploy(runtime, called, caller)
    case = start(runtime, "caller")
    answer(runtime, case, "u")
    assert at(runtime, case) == ["w"]


def test_a_signal_is_heard_although_a_later_element_fails(runtime: Runtime):
    thrower = Drawing("thrower")
    thrower.row("start:s", "user:u")
    thrower.flow(
        "u", thrower.throw("t", thrower.signal("rain")), thrower.script("x", "nosuch", "y"), thrower.end("e")
    )
    deploy(runtime, waiting(), thrower)
    case, other = start(runtime, "waiting"), start(runtime, "thrower")
    answer(runtime, other, "u")
    assert at(runtime, case) == ["u"], "the throw itself stands; only the script has an incident"


def test_a_new_version_starts_by_its_own_signals(runtime: Runtime):
    for name in ("rain", "sun"):
        begins = Drawing("begins")
        begins.start("heard", begins.signal(name))
        begins.flow("heard", begins.user("b"), begins.end("e"))
        deploy(runtime, begins)
    assert broadcast(runtime, "rain") == []
    assert len(broadcast(runtime, "sun")) == 1
