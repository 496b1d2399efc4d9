"""Where a case begins, how it is ended, and what is refused."""

import json
from random import Random

import pytest

from engine.machine import Machine, NotAStart, NotWaiting, StepFailed
from engine.scopes import Scopes
from tests.engine.drawing import Case, Drawing, World, mapped
from tests.engine.random_drawings import START, Maker, bpmn


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
    assert json.loads(case.stored)["is"] == "ended"
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


def test_an_output_can_be_mapped_into_a_variable():
    d = Drawing()
    d.start("s")
    d.user("u", mappings=mapped({"h.x": "=new"}, {"h.key": "=h.x", "h.inner.deep": "=made"}))
    d.end("e")
    d.flow("s", "u", "e")
    case = Case(d.process(), h={"key": 1, "other": 2}, new=5)
    case.complete("u", made=6)
    assert case.root == {"h": {"key": 5, "other": 2, "x": 5, "inner": {"deep": 6}}, "new": 5}


def test_running_leaves_the_shared_spec_as_it_was():
    for seed in range(20):
        process = bpmn(Maker(Random(seed), 4).plan).process()
        before = {
            name: (list(s._inputs), list(s._outputs), set(vars(s)))
            for name, s in process.spec.task_specs.items()
        }
        case = Case(process, **START)
        for _ in range(10):
            for wait in case.machine.waits()[:1]:
                case.happen(wait.kind, wait.token, {"choice": 1, "again": False, "shared": 1, "made": 1})
        after = {
            name: (list(s._inputs), list(s._outputs), set(vars(s)))
            for name, s in process.spec.task_specs.items()
        }
        assert before == after
