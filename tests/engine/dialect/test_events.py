"""Timers, messages, errors, escalations, terminate; each case stored and loaded between all steps."""

import pytest

from engine.machine import NotWaiting
from tests.engine.drawing import Case, Drawing


def test_an_interrupting_boundary_timer_ends_the_activity():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    d.boundary("late", "u", d.timer("P30D"))
    d.row("user:urge", "end:f")
    d.flow("late", "urge")
    case = Case(d.process())
    (due,) = [w.data["due"] for w in case.machine.waits() if w.kind == "timer"]
    assert (due - case.world.now()).days == 30
    case.fire("late")
    assert case.waiting == ["urge"]


def test_completing_the_activity_takes_its_boundary_events_away():
    d = Drawing()
    d.row("start:s", "user:u", "user:v", "end:e")
    d.boundary("late", "u", d.timer("P30D"))
    d.end("f")
    d.flow("late", "f")
    case = Case(d.process())
    (timer,) = case.tokens("late")
    case.complete("u")
    assert case.waiting == ["v"]
    with pytest.raises(NotWaiting):
        case.step(lambda m: m.fire(timer))


def test_a_repeating_boundary_timer_fires_as_often_as_drawn_and_interrupts_nothing():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    d.boundary("late", "u", d.timer("R3/P1D", "timeCycle"), interrupting=False)
    d.row("user:urge", "end:f")
    d.flow("late", "urge")
    case = Case(d.process())
    dues = []
    for _ in range(3):
        dues += [w.data["due"] for w in case.machine.waits() if w.kind == "timer"]
        case.fire("late")
    assert [(due - case.world.now()).days for due in dues] == [1, 2, 3]
    assert case.waiting == ["u", "urge", "urge", "urge"]


def test_a_message_boundary_that_interrupts_nothing_can_come_often():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    d.boundary("note", "u", d.message("note"), interrupting=False)
    d.row("user:read", "end:f")
    d.flow("note", "read")
    case = Case(d.process())
    case.deliver("note", text=1)
    case.deliver("note", text=2)
    assert case.waiting == ["note", "read", "read", "u"]
    case.complete("u")
    assert case.waiting == ["read", "read"]
    case.complete("read")
    case.complete("read")
    assert case.ended == "f"


def test_an_error_end_event_goes_to_the_nearest_boundary_with_its_code_and_cancels_the_rest():
    d = Drawing()
    d.row("start:s", "sub:outer", "end:e")
    d.row("start:s1", "par:split", "user:a", "end:e1", parent="outer")
    d.user("b", parent="outer")
    d.end("failed", d.error("bad"), parent="outer")
    d.flow("split", "b", "failed")
    d.boundary("any", "outer", d.error())
    d.boundary("bad", "outer", d.error("bad"))
    d.row("end:f1")
    d.row("user:mend", "end:f2")
    d.flow("any", "f1")
    d.flow("bad", "mend")
    case = Case(d.process())
    assert case.waiting == ["a", "b"]
    case.complete("b")
    assert case.waiting == ["mend"]
    assert {c.element_id for c in case.changes if c.kind == "cancelled"} == {"a", "outer", "failed"}


def test_an_error_that_nobody_catches_ends_the_instance_and_is_told():
    d = Drawing()
    d.row("start:s", "par:g", "user:a", "end:e")
    d.user("b")
    d.end("failed", d.error("bad"))
    d.flow("g", "b", "failed")
    case = Case(d.process())
    case.complete("b")
    assert (case.ended, case.waiting) == ("failed", [])
    assert [(u.kind, u.code, u.element_id) for u in case.machine.uncaught] == [("error", "bad", "failed")]


def test_throw_error_at_a_user_task_and_false_when_nobody_catches_it():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    d.boundary("bad", "u", d.error("bad"))
    d.row("user:mend", "end:f")
    d.flow("bad", "mend")
    case = Case(d.process())
    (token,) = case.tokens("u")
    assert case.step(lambda m: m.throw_error(token, "other", "", {})) is False
    assert case.waiting == ["u"]
    assert case.step(lambda m: m.throw_error(token, "bad", "why", {"reason": "r"})) is True
    assert (case.waiting, case.root) == (["mend"], {"reason": "r"})


def test_an_escalation_passes_on_and_wakes_who_listens():
    d = Drawing()
    d.row("start:s", "sub:inner", "end:e")
    d.row("start:s1", "user:a", parent="inner")
    d.throw("tell", d.escalation("late"), parent="inner")
    d.row("user:b", "end:e1", parent="inner")
    d.flow("a", "tell", "b")
    d.boundary("told", "inner", d.escalation("late"), interrupting=False)
    d.row("user:chief", "end:f")
    d.flow("told", "chief")
    case = Case(d.process())
    case.complete("a")
    assert case.waiting == ["b", "chief"]


def test_an_uncaught_escalation_is_told_and_the_instance_goes_on():
    d = Drawing()
    d.start("s")
    d.throw("tell", d.escalation("late"))
    d.row("user:a", "end:e")
    d.flow("s", "tell", "a")
    case = Case(d.process())
    assert case.waiting == ["a"]
    assert [(u.kind, u.code) for u in case.machine.uncaught] == [("escalation", "late")]


def test_an_interrupting_escalation_boundary_ends_the_subprocess():
    d = Drawing()
    d.row("start:s", "sub:inner", "end:e")
    d.row("start:s1", "par:g", "user:a", parent="inner")
    d.user("b", parent="inner")
    d.end("up", d.escalation("late"), parent="inner")
    d.flow("a", "up")
    d.flow("g", "b")
    d.boundary("told", "inner", d.escalation())
    d.end("f")
    d.flow("told", "f")
    case = Case(d.process())
    case.complete("a")
    assert (case.ended, case.waiting) == ("f", [])


def test_a_terminate_end_ends_its_scope_only():
    d = Drawing()
    d.row("start:s", "sub:inner", "user:after", "end:e")
    d.row("start:s1", "par:g", "user:a", parent="inner")
    d.user("b", parent="inner")
    d.end("stop", "<terminateEventDefinition/>", parent="inner")
    d.flow("a", "stop")
    d.flow("g", "b")
    case = Case(d.process())
    case.complete("a")
    assert case.waiting == ["after"]


def test_a_link_goes_on_at_its_other_end():
    d = Drawing()
    d.row("start:s", "user:a")
    d.flow("a", d.throw("off", '<linkEventDefinition name="A"/>'))
    d.flow(d.catch("on", '<linkEventDefinition name="A"/>'), d.user("b"), d.end("e"))
    case = Case(d.process())
    case.complete("a")
    assert case.waiting == ["b"]
    case.complete("b")
    assert case.ended == "e"


def test_a_receive_task_waits_for_its_message():
    d = Drawing()
    d.message("paid")
    d.row("start:s", "task:r", "end:e")
    d.elements["r"].type = "receiveTask"
    d.elements["r"].attrs["messageRef"] = "m_paid"
    case = Case(d.process(), k="1")
    case.deliver("r", sum=5)
    assert (case.ended, case.root["sum"]) == ("e", 5)
