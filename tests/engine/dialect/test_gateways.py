"""Gateways: choices, splits, joins, races; each case stored and loaded between all steps."""

import pytest

from engine.machine import StepFailed
from tests.engine.drawing import Case, Drawing


@pytest.mark.parametrize(("outcome", "end"), [("yes", "e1"), ("no", "e2"), ("else", "e3")])
def test_an_exclusive_gateway_takes_the_first_true_way_or_the_default(outcome, end):
    d = Drawing()
    d.row("start:s", "user:u")
    d.xor("g", default="flow4")
    d.flow("u", "g")
    for i, condition in enumerate(['outcome = "yes"', None, 'outcome = "no"'], start=1):
        target = {1: "e1", 2: "e3", 3: "e2"}[i]
        d.end(target)
        d.flow("g", target, condition=condition)
    d.elements["g"].attrs["default"] = "flow4"
    case = Case(d.process())
    case.complete("u", outcome=outcome)
    assert case.ended == end


@pytest.mark.parametrize("value", [None, 1, "true", []])
def test_a_condition_that_is_no_boolean_fails_the_step(value):
    d = Drawing()
    d.row("start:s", "user:u", "xor:g", "end:e")
    d.end("f")
    d.flow("g", "f", condition="flag")
    d.elements["g"].attrs["default"] = "flow3"
    case = Case(d.process())
    with pytest.raises(StepFailed) as failed:
        case.complete("u", flag=value)
    assert failed.value.element_id == "g"
    assert "flag" in str(failed.value.cause)


def test_no_way_out_of_an_exclusive_gateway_fails_the_step():
    d = Drawing()
    d.row("start:s", "user:u", "xor:g")
    d.end("e")
    d.end("f")
    d.flow("g", "e", condition="false")
    d.flow("g", "f", condition="false")
    case = Case(d.process())
    with pytest.raises(StepFailed):
        case.complete("u")


def test_parallel_branches_join_and_write_the_same_variable_without_losing_others():
    d = Drawing()
    d.row("start:s", "par:split", "user:a", "par:join", "user:last", "end:e")
    d.user("b")
    d.flow("split", "b", "join")
    case = Case(d.process())
    assert case.waiting == ["a", "b"]
    case.complete("b", opinion="b", b=1)
    case.complete("a", opinion="a", a=1)
    assert case.waiting == ["last"]
    assert case.root == {"opinion": "a", "a": 1, "b": 1}


def test_several_flows_out_of_a_task_split_and_several_into_one_do_not_wait():
    d = Drawing()
    d.row("start:s", "task:t", "user:a", "user:last", "end:e")
    d.user("b")
    d.flow("t", "b", "last")
    case = Case(d.process())
    assert case.waiting == ["a", "b"]
    case.complete("a")
    case.complete("b")
    assert case.waiting == ["last", "last"]
    case.complete("last")
    assert case.ended is None
    case.complete("last")
    assert case.ended == "e"


def test_a_join_in_a_loop_waits_for_each_round_anew():
    d = Drawing()
    d.row("start:s", "xor:again", "par:split", "user:a", "par:join", "xor:more", "end:e")
    d.user("b")
    d.flow("split", "b", "join")
    back = d.flow("more", "again", condition="more")
    d.elements["more"].attrs["default"] = "flow6"
    assert back
    case = Case(d.process())
    for i in range(30):
        case.complete("ab"[i % 2], more=True)
        assert case.waiting == ["ba"[i % 2]]
        case.complete("ba"[i % 2], more=i < 29)
    assert case.ended == "e"


def test_an_event_based_gateway_takes_what_comes_first_and_gives_the_others_up():
    d = Drawing()
    d.row("start:s", "race:g")
    d.catch("late", d.timer("P3D"))
    d.catch("came", d.message("answer", "=key"))
    for catch, end in (("late", "e1"), ("came", "e2")):
        d.end(end)
        d.flow("g", catch, end)
    case = Case(d.process(), key=77)
    assert case.waiting == ["came", "late"]
    assert {w.element_id: w.data for w in case.machine.waits()}["came"] == {
        "name": "answer",
        "correlation_key": "77",
    }
    case.deliver("came", text="here")
    assert (case.ended, case.waiting, case.root["text"]) == ("e2", [], "here")


@pytest.mark.parametrize(
    ("given", "waiting"),
    [
        ({"a": True, "b": True}, ["a1", "b1"]),
        ({"a": True, "b": False}, ["a1"]),
        ({"a": False, "b": False}, ["c1"]),
    ],
)
def test_an_inclusive_gateway_takes_every_true_way_and_joins_what_was_taken(given, waiting):
    d = Drawing()
    d.row("start:s", "inclusive:split", "user:a1", "inclusive:join", "user:last", "end:e")
    for name in "bc":
        d.flow("split", d.user(f"{name}1"), "join")
    d.flows[1] = (*d.flows[1][:3], "a")
    d.flows[5] = (*d.flows[5][:3], "b")
    d.elements["split"].attrs["default"] = d.flows[7][0]
    case = Case(d.process(), **given)
    assert case.waiting == waiting
    for element in waiting:
        assert "last" not in case.waiting
        case.complete(element)
    assert case.waiting == ["last"]


@pytest.mark.parametrize(("big", "waiting"), [(True, ["always", "check"]), (False, ["always"])])
def test_conditions_on_the_flows_out_of_a_task_open_them_one_by_one(big, waiting):
    d = Drawing()
    d.row("start:s", "user:u", "user:always", "end:e")
    d.flow("u", d.user("check"), condition="big")
    case = Case(d.process())
    case.complete("u", big=big)
    assert case.waiting == waiting


def test_what_leaves_a_task_takes_the_default_when_no_condition_is_true():
    d = Drawing()
    d.row("start:s", "user:u")
    d.flow("u", d.user("check"), condition="big")
    d.elements["u"].attrs["default"] = d.flow("u", d.user("plain"))
    case = Case(d.process())
    case.complete("u", big=False)
    assert case.waiting == ["plain"]
