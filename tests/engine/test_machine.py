"""Where a case begins, how it is ended, and what is refused."""

import pytest

from engine.machine import Machine, NotAStart, NotWaiting, StepFailed
from engine.scopes import Scopes
from tests.engine.drawing import Case, Drawing, World


def test_a_case_can_begin_at_any_element_also_inside_subprocesses():
    d = Drawing()
    d.row("start:s", "user:a", "sub:inner", "end:e")
    d.row("start:s1", "user:b", "user:c", "end:e1", parent="inner")
    d.boundary("late", "inner", d.timer("P1D"))
    d.end("f")
    d.flow("late", "f")
    process = d.process()
    assert Case(process, at="a").waiting == ["a"]
    case = Case(process, at="c")
    assert case.waiting == ["c", "late"]
    case.complete("c")
    assert case.ended == "e"
    for wrong in ("late", "nowhere"):
        with pytest.raises(NotAStart):
            Case(process, at=wrong)


def test_a_message_start_is_begun_at_by_name():
    d = Drawing()
    d.start("by_message", d.message("reported", None))
    d.start("by_hand")
    d.row("user:a", "end:e")
    d.flow("by_message", "a")
    d.flow("by_hand", "a")
    process = d.process()
    assert [(s.element_id, s.kind) for s in process.starts] == [
        ("by_message", "message"),
        ("by_hand", "none"),
    ]
    assert [c.element_id for c in Case(process).changes if c.kind == "completed"] == ["by_hand"]
    assert [c.element_id for c in Case(process, at="by_message").changes if c.kind == "completed"] == [
        "by_message"
    ]


def test_cancel_takes_everything_away():
    d = Drawing()
    d.row("start:s", "sub:inner", "end:e")
    d.row("start:s1", "user:b", "end:e1", parent="inner")
    d.boundary("late", "b", d.timer("P1D"), parent="inner")
    d.end("f", parent="inner")
    d.flow("late", "f")
    case = Case(d.process())
    case.step(lambda m: m.cancel())
    assert (case.waiting, case.ended) == ([], None)
    assert [c.element_id for c in case.changes if c.kind == "cancelled"] == ["b", "inner", "p"]


def test_what_does_not_wait_cannot_be_completed():
    d = Drawing()
    d.row("start:s", "user:a", "end:e")
    case = Case(d.process())
    (token,) = case.tokens("a")
    case.complete("a")
    for act in (lambda m: m.complete(token, {}), lambda m: m.fire(token), lambda m: m.deliver("0", {})):
        with pytest.raises(NotWaiting):
            case.step(act)


def test_a_drawing_that_runs_in_circles_is_stopped():
    d = Drawing()
    d.row("start:s", "xor:a", "task:t", "xor:b", "end:e")
    d.flow("b", "a", condition="true")
    d.elements["b"].attrs["default"] = "flow4"
    with pytest.raises(StepFailed) as failed:
        Machine.start(d.process(), World(), Scopes()).run()
    assert failed.value.cause.kind == "circles"
