"""The stored form: small, readable, without user data, and as small in round 500 as in round 1."""

import json
import sys

import pytest

from engine.dialect import DrawingFailed
from engine.machine import Machine, StepFailed
from engine.scopes import Scopes
from tests.engine.drawing import Case, Drawing, World, each, mapped


def monitoring() -> Drawing:
    """A loop with all that can be open at once: joins, a boundary timer, listeners, members, a call."""
    d = Drawing()
    d.row("start:s", "xor:again", "par:split", "user:visit", "par:join", "service:count", "xor:more", "end:e")
    d.user("measure", loop=each("=[1, 2]", "m", "measures", "=m"))
    d.call("round", "follow_up", propagateAllChildVariables="false")
    d.flow("split", "measure", "join")
    d.flow("split", "round", "join")
    d.elements["more"].attrs["default"] = "flow7"
    d.flow("more", "again", condition="more")
    d.boundary("late", "visit", d.timer("P30D"), interrupting=False)
    d.row("user:urge", "end:f")
    d.flow("late", "urge")
    d.sub("on_withdraw", on_event=True)
    d.start("withdraw", d.message("withdraw", "=key"), parent="on_withdraw")
    d.row("end:withdrawn", parent="on_withdraw")
    d.flow("withdraw", "withdrawn")
    return d


def round_of(case: Case, more: bool = True) -> None:
    case.fire("late")
    case.complete("measure", 1, note="x" * 100)
    case.complete("urge")
    case.complete("visit", more=more)
    case.complete("round", level="蓝")
    case.complete("measure")


def test_the_stored_form_can_be_read():
    d = Drawing()
    d.row("start:s", "sub:inner", "end:e")
    d.row("start:s1", "par:split", "user:a", "par:join", "end:e1", parent="inner")
    d.user("b", parent="inner", mappings=mapped({"local": "=secret"}))
    d.flow("split", "b", "join")
    d.boundary("late", "inner", d.timer("P1D"))
    d.end("f")
    d.flow("late", "f")
    case = Case(d.process(), secret="张三 220202199001011234")
    case.complete("a")
    assert json.loads(case.stored) == {
        "next": 1304,
        "tokens": [
            {"id": "101", "at": "inner"},
            {"id": "103", "at": "late", "is": "watching", "host": "101", "due": "2026-01-06T01:00:00+00:00"},
            {"id": "106", "at": "b", "in": "101", "own": True},
            {"id": "107", "at": "join", "in": "101", "is": "watching", "via": "flow5"},
        ],
    }
    assert "张三" not in case.stored


def test_five_hundred_rounds_cost_what_one_did():
    case = Case(monitoring().process(), World(work=lambda inputs: {"counted": 1}), key="9", more=True)
    sizes, calls = [], []
    for i in range(500):
        if i in (1, 499):
            calls.append(count_calls(lambda: round_of(case)))
        else:
            round_of(case)
        sizes.append(len(case.stored))
        assert case.ended is None
        assert case.waiting == ["late", "measure", "measure", "round", "visit", "withdraw"]
    assert max(sizes) <= 1.1 * sizes[0]
    assert calls[1] <= 1.1 * calls[0]
    assert len(case.variables) == 1 + 1 + 2  # the case, the body of the multi-instance, its members
    round_of(case, more=False)
    assert case.ended == "e"
    assert json.loads(case.stored) == {"next": case.machine.next_token, "tokens": [], "is": "ended"}


def count_calls(act) -> int:
    """How many Python functions are called: unlike time, the same on every machine."""
    counted = 0

    def count(frame, event, argument):
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return counted


def test_keys_that_broke_the_stock_serializer_are_only_data():
    odd = {"typename": "datetime", "__class__": "x", "value": {"typename": "set", "data": [1]}, "$ref": "#"}
    d = Drawing()
    d.row("start:s", "user:a", "user:b", "end:e")
    case = Case(d.process())
    case.complete("a", **odd)
    case.complete("b", typename={"typename": 1})
    assert case.ended == "e"
    assert case.root == {**odd, "typename": {"typename": 1}}


def failing_once() -> tuple[Drawing, World, list]:
    d = Drawing()
    d.row("start:s", "user:a", "service:first", "service:second", "user:b", "end:e")
    d.elements["second"].inner = d.elements["second"].inner.replace('"work"', '"break"')
    fails = [True]

    def broken(inputs):
        if fails[0]:
            raise RuntimeError("no connection")
        return {"second": 1}

    return d, World(work=lambda inputs: {"first": 1}, **{"break": broken}), fails


def test_a_failed_step_is_kept_just_before_what_failed_with_the_answer_and_goes_on_when_mended():
    d, world, fails = failing_once()
    case = Case(d.process(), world)
    before = case.stored
    with pytest.raises(StepFailed) as failed:
        case.complete("a", opinion="同意")
    assert (failed.value.n, failed.value.element_id) == (2, "second")
    assert str(failed.value.cause) == "no connection"
    assert case.stored == before

    (token,) = [t["id"] for t in json.loads(before)["tokens"]]
    machine = Machine.load(case.process, world, Scopes(case._load), json.loads(before))
    machine.complete(token, {"opinion": "同意"})
    machine.run(stop_before=failed.value.n)
    assert machine.waits() == []
    stored = json.loads(json.dumps(machine.dump()))
    assert [(t["at"], t["is"]) for t in stored["tokens"]] == [("second", "ready")]
    assert stored["tokens"][0]["id"] == failed.value.token
    for scope, name, value in machine.scopes.changed:
        case.variables.setdefault(scope, {})[name] = json.dumps(value)
    case.stored = json.dumps(stored)

    fails[0] = False
    case.step(lambda machine: None)
    assert case.waiting == ["b"]
    assert case.root == {"opinion": "同意", "first": 1, "second": 1}


def test_an_element_that_fails_does_not_hold_up_the_others():
    d = Drawing()
    d.row("start:s", "par:split", "service:first", "user:a", "par:join", "end:e")
    d.service("second", job="break")
    d.flow("split", "second", d.user("b"), "join")
    fails = [True]

    def broken(inputs):
        if fails[0]:
            raise RuntimeError("no connection")
        return {}

    world = World(work=lambda inputs: {"first": 1}, **{"break": broken})
    process = d.process()
    with pytest.raises(StepFailed) as failed:
        Machine.start(process, world, Scopes()).run()
    stuck = {failed.value.token}
    machine = Machine.start(process, world, Scopes())
    machine.run(skip=stuck)
    assert [w.element_id for w in machine.waits()] == ["a"]

    machine = Machine.load(process, world, Scopes(), json.loads(json.dumps(machine.dump())))
    machine.complete(machine.waits()[0].token, {})
    machine.run(skip=stuck)
    assert machine.waits() == []
    machine = Machine.load(process, world, Scopes(), json.loads(json.dumps(machine.dump())))
    fails[0] = False
    machine.run()
    assert [w.element_id for w in machine.waits()] == ["b"]


def test_an_answer_whose_mapping_fails_is_kept_with_its_token():
    d = Drawing()
    d.start("s")
    d.user("a", mappings=mapped(None, {"kept": "=opinion", "lost": "=missing"}))
    d.end("e")
    d.flow("s", "a", "e")
    case = Case(d.process())
    (token,) = case.tokens("a")
    machine = Machine.load(case.process, case.world, Scopes(case._load), json.loads(case.stored))
    machine.complete(token, {"opinion": "同意"})
    machine.run(stop_before=0)
    stored = json.loads(json.dumps(machine.dump()))
    assert stored["tokens"] == [{"id": token, "at": "a", "is": "ready", "kept": True, "answered": True}]
    assert machine.scopes.changed == [(token + "!", "opinion", "同意")]
    for scope, name, value in machine.scopes.changed:
        case.variables.setdefault(scope, {})[name] = json.dumps(value)
    case.stored = json.dumps(stored)
    with pytest.raises(StepFailed):
        case.step(lambda machine: None)
    case.variables["0"]["missing"] = "1"
    case.step(lambda machine: None)
    assert (case.ended, case.root) == ("e", {"missing": 1, "kept": "同意", "lost": 1})
    assert set(case.variables) == {"0"}


def test_steps_are_counted_over_several_runs_of_one_machine():
    d = Drawing()
    d.row("start:s", "user:a", "xor:g", "end:e")
    machine = Machine.start(d.process(), World(), Scopes())
    machine.run()
    assert machine.steps == 3
    machine.complete(machine.waits()[0].token, {})
    machine.run(stop_before=4)
    assert [t["at"] for t in machine.dump()["tokens"]] == ["g"]
    machine.run()
    assert (machine.ended, machine.steps) == ("e", 6)


def test_the_start_itself_can_fail_and_be_kept():
    d = Drawing()
    d.row("start:s", "user:a", "end:e")
    d.sub("on_withdraw", on_event=True)
    d.start("w", d.message("withdraw", "=key"), parent="on_withdraw")
    d.row("end:withdrawn", parent="on_withdraw")
    d.flow("w", "withdrawn")
    process = d.process()
    with pytest.raises(StepFailed) as failed:
        Machine.start(process, World(), Scopes()).run()
    assert failed.value.n == 0
    scopes = Scopes()
    scopes.update({"key": None})
    with pytest.raises(StepFailed) as failed:
        Machine.start(process, World(), scopes).run()
    assert isinstance(failed.value.cause, DrawingFailed)

    machine = Machine.start(process, World(), Scopes())
    machine.run(stop_before=0)
    stored = json.loads(json.dumps(machine.dump()))
    again = Machine.load(process, World(), Scopes(lambda scope, names: {"key": "7"}), stored)
    again.run()
    assert sorted(w.element_id for w in again.waits()) == ["a", "w"]
