"""Each element that runs, by itself; stored and loaded between all steps."""

from datetime import UTC, datetime

import pytest

from engine.machine import Machine, NotAStart, NotWaiting, StepFailed
from engine.scopes import Scopes
from tests.engine.drawing import Case, Drawing, World, each, mapped


def test_a_user_task_tells_who_may_do_it_and_until_when():
    d = Drawing()
    d.start("s")
    d.add(
        "userTask", "u",
        '<extensionElements><zeebe:formDefinition formId="visit"/>'
        '<zeebe:assignmentDefinition assignee="=who" candidateGroups="county_office, work_team"/>'
        '<zeebe:taskSchedule dueDate="2026-02-01T00:00:00Z"/><zeebe:priorityDefinition priority="80"/>'
        '<zeebe:properties><zeebe:property name="clause" value="F4.4, S12"/></zeebe:properties></extensionElements>',
    )  # fmt: skip
    d.end("e")
    d.flow("s", "u", "e")
    case = Case(d.process(), who="张三")
    (wait,) = case.machine.waits()
    assert (wait.kind, wait.element_id, wait.is_new) == ("user_task", "u", True)
    assert wait.data == {
        "form_id": "visit", "assignee": "张三", "candidate_groups": ["county_office", "work_team"],
        "candidate_users": [], "due_date": datetime(2026, 2, 1, tzinfo=UTC), "follow_up_date": None, "priority": 80,
        "properties": {"clause": "F4.4, S12"},
    }  # fmt: skip
    case.complete("u", outcome="同意")
    assert case.ended == "e"
    assert case.root == {"who": "张三", "outcome": "同意"}


def test_a_service_task_calls_its_operation_and_one_that_nobody_serves_waits_as_a_job():
    d = Drawing()
    d.start("s")
    d.service("a", job="count", mappings=mapped({"n": "=number"}, {"total": "=sum"}))
    d.service("b", job="elsewhere", mappings=mapped({"n": "=total"}))
    d.end("e")
    d.flow("s", "a", "b", "e")
    case = Case(
        d.process(), World(count=lambda inputs: {"sum": inputs["n"] + 1, "inputs": list(inputs)}), number=41
    )
    assert case.root == {"number": 41, "total": 42}
    (wait,) = case.machine.waits()
    assert (wait.kind, wait.data["type"], wait.data["inputs"]) == ("job", "elsewhere", {"n": 42})
    case.complete("b", answer=7)
    assert case.ended == "e"
    assert case.root["answer"] == 7


def test_an_operation_cannot_change_variables_behind_the_engine():
    d = Drawing()
    d.start("s")
    d.service("a", job="mean")
    d.user("u")
    d.end("e")
    d.flow("s", "a", "u", "e")

    def mean(inputs):
        inputs["facts"].append("forged")
        return {}

    assert Case(d.process(), World(mean=mean), facts=[]).root == {"facts": []}


class NoMoney(Exception):
    code = "no_money"


def test_a_business_error_of_an_operation_goes_to_the_boundary_event():
    d = Drawing()
    d.start("s")
    d.service("a", job="pay")
    d.boundary("refused", "a", d.error("no_money"))
    d.user("mend")
    d.end("paid")
    d.end("unpaid")
    d.flow("s", "a", "paid")
    d.flow("refused", "mend", "unpaid")

    def pay(inputs):
        raise NoMoney

    case = Case(d.process(), World(pay=pay))
    assert case.waiting == ["mend"]
    assert [c.element_id for c in case.changes if c.kind == "cancelled"] == ["a"]


def test_an_exception_whose_code_the_drawing_does_not_name_is_no_business_error():
    d = Drawing()
    d.start("s")
    d.service("a", job="pay")
    d.boundary("any", "a", d.error())
    d.end("e")
    d.end("f")
    d.flow("s", "a", "e")
    d.flow("any", "f")

    def pay(inputs):
        raise NoMoney

    with pytest.raises(StepFailed):
        Case(d.process(), World(pay=pay))


def test_a_script_task_evaluates_into_one_variable_and_a_rule_tells_what_matched():
    d = Drawing()
    d.start("s")
    d.script("a", "=[1, 2]", "pair")
    d.rule("r", "grade", "level")
    d.end("e")
    d.flow("s", "a", "r", "e")
    case = Case(d.process(), World(grade=lambda names: "红" if names["pair"] else "蓝"))
    assert case.root == {"pair": [1, 2], "level": "红"}
    (decided,) = [c for c in case.changes if c.kind == "decided"]
    assert (decided.element_id, decided.data["decision"], decided.data["result"].matched) == (
        "r",
        "grade",
        ["row"],
    )


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


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_subprocess_of_the_process(interrupting):
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    d.sub("on_withdraw", on_event=True)
    d.start(
        "s1", d.message("withdraw", "=key"), parent="on_withdraw", isInterrupting=str(interrupting).lower()
    )
    d.row("user:close", "end:withdrawn", parent="on_withdraw")
    d.flow("s1", "close")
    case = Case(d.process(), key="7")
    assert case.waiting == ["s1", "u"]
    case.deliver("s1", why="moved away")
    assert case.waiting == (["close"] if interrupting else ["close", "s1", "u"])
    assert case.root["why"] == "moved away"
    case.complete("close")
    assert case.ended == ("withdrawn" if interrupting else None)
    if not interrupting:
        case.complete("u")
        assert case.ended == "e"


def test_an_event_subprocess_leaves_later_cases_of_the_same_drawing_alone():
    """The stock engine opens it in every later case, because triggering it changes the shared spec."""
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    d.sub("late", on_event=True)
    d.start("s1", d.timer("P1D"), parent="late", isInterrupting="false")
    d.row("user:urge", "end:e1", parent="late")
    d.flow("s1", "urge")
    process = d.process()
    first = Case(process)
    first.fire("s1")
    assert first.waiting == ["u", "urge"]
    assert Case(process).waiting == ["s1", "u"]


def test_an_error_in_a_subprocess_starts_the_event_subprocess_around_it():
    d = Drawing()
    d.row("start:s", "sub:inner", "end:e")
    d.row("start:s1", "user:a", parent="inner")
    d.end("failed", d.error("bad"), parent="inner")
    d.flow("a", "failed")
    d.sub("rescue", on_event=True)
    d.start("s2", d.error("bad"), parent="rescue")
    d.row("user:mend", "end:mended", parent="rescue")
    d.flow("s2", "mend")
    case = Case(d.process())
    case.complete("a")
    assert case.waiting == ["mend"]
    case.complete("mend")
    assert case.ended == "mended"


def test_an_error_inside_an_interrupting_event_subprocess_is_not_caught_beside_it():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    for name, event in (("stop", d.message("stop")), ("rescue", d.error("bad"))):
        d.sub(name, on_event=True)
        d.start(f"{name}_start", event, parent=name)
    d.row("user:mend", "end:mended", parent="rescue")
    d.flow("rescue_start", "mend")
    d.row("user:why", parent="stop")
    d.end("failed", d.error("bad"), parent="stop")
    d.flow("stop_start", "why", "failed")
    case = Case(d.process())
    case.deliver("stop_start")
    case.complete("why")
    assert (case.waiting, case.ended) == ([], "failed")
    assert [u.code for u in case.machine.uncaught] == ["bad"]


def test_variables_of_a_subprocess_end_with_it_but_for_what_is_mapped_out():
    d = Drawing()
    d.start("s")
    d.sub("inner", mappings=mapped({"local": "=n"}, {"kept": "=local"}))
    d.row("start:s1", "user:a", "end:e1", parent="inner")
    d.row("user:after", "end:e")
    d.flow("s", "inner", "after")
    case = Case(d.process(), n=1)
    case.complete("a", local=5, other=6)
    assert case.waiting == ["after"]
    assert case.root == {"n": 1, "kept": 5, "other": 6}
    assert set(case.variables) == {"0"}


def test_a_multi_instance_asks_once_for_each_item_and_collects_in_order():
    d = Drawing()
    d.start("s")
    d.user("ask", loop=each("=people", "person", "opinions", "=opinion"))
    d.row("user:after", "end:e")
    d.flow("s", "ask", "after")
    case = Case(d.process(), people=["a", "b", "c"])
    assert case.waiting == ["ask", "ask", "ask"]
    for token in reversed(case.tokens("ask")):
        person = case.value("person", token)
        case.step(lambda m, t=token, p=person: m.complete(t, {"opinion": p + "!"}))
    assert case.waiting == ["after"]
    assert case.root == {"people": ["a", "b", "c"], "opinions": ["a!", "b!", "c!"]}


def test_a_multi_instance_of_nothing_goes_on():
    d = Drawing()
    d.start("s")
    d.user("ask", loop=each("=[]", "person", "opinions", "=opinion"))
    d.row("user:after", "end:e")
    d.flow("s", "ask", "after")
    case = Case(d.process())
    assert (case.waiting, case.root) == (["after"], {"opinions": []})


def test_a_multi_instance_of_a_subprocess_in_a_loop():
    d = Drawing()
    d.row("start:s", "xor:again")
    d.sub("inner", loop=each("=[1, 2]", "n", "made", "=result"))
    d.row("start:s1", "user:a", "user:b", "end:e1", parent="inner")
    d.row("xor:more", "end:e")
    d.flow("again", "inner", "more")
    d.flow("more", "again", condition="more")
    d.elements["more"].attrs["default"] = "flow5"
    case = Case(d.process())
    for i in range(10):
        case.complete("a", 1, more=i < 9)
        case.complete("a", 0)
        assert case.waiting == ["b", "b"]
        case.complete("b", 0, result=i)
        case.complete("b", 0, result=-i)
        assert sorted(case.value("made")) == sorted([i, -i])
    assert case.ended == "e"


def test_a_boundary_event_on_a_multi_instance_ends_all_members():
    d = Drawing()
    d.start("s")
    d.user("ask", loop=each("=[1, 2, 3]"))
    d.boundary("late", "ask", d.timer("P1D"))
    d.row("end:e")
    d.row("user:f", "end:g")
    d.flow("s", "ask", "e")
    d.flow("late", "f")
    case = Case(d.process())
    case.complete("ask")
    case.fire("late")
    assert case.waiting == ["f"]
    assert set(case.variables) == {"0"}


def test_a_call_waits_for_another_instance_and_takes_back_what_is_mapped():
    d = Drawing()
    d.start("s")
    d.call(
        "visit", "follow_up", mappings=mapped({"household": "=h"}, {"level": "=grade"}),
        bindingType="deployment", propagateAllParentVariables="false", propagateAllChildVariables="false",
    )  # fmt: skip
    d.end("e")
    d.flow("s", "visit", "e")
    case = Case(d.process(), h=9, secret=1)
    (wait,) = case.machine.waits()
    assert wait.kind == "call"
    assert wait.data == {"process_id": "follow_up", "binding": "deployment", "variables": {"household": 9}}
    case.complete("visit", grade="蓝", other=1)
    assert case.root == {"h": 9, "secret": 1, "level": "蓝"}


@pytest.mark.parametrize(("back", "root"), [("true", {"n": 1, "made": 2}), ("false", {"n": 1})])
def test_a_call_without_output_mappings(back, root):
    d = Drawing()
    d.start("s")
    d.call("c", "other", propagateAllChildVariables=back)
    d.end("e")
    d.flow("s", "c", "e")
    case = Case(d.process(), n=1)
    assert case.machine.waits()[0].data["variables"] == {"n": 1}
    case.complete("c", made=2)
    assert (case.ended, case.root) == ("e", root)


def test_an_error_and_an_escalation_of_the_called_instance_are_thrown_at_the_call():
    d = Drawing()
    d.row("start:s")
    d.call("c", "other")
    d.boundary("bad", "c", d.error("bad"))
    d.boundary("late", "c", d.escalation("late"), interrupting=False)
    d.row("user:chief", "end:f1")
    d.row("user:mend", "end:f2")
    d.end("e")
    d.flow("s", "c", "e")
    d.flow("late", "chief")
    d.flow("bad", "mend")
    case = Case(d.process())
    (token,) = case.tokens("c")
    assert case.step(lambda m: m.throw_escalation(token, "late", {})) is True
    assert case.waiting == ["c", "chief"]
    assert case.step(lambda m: m.throw_error(token, "bad", "", {})) is True
    assert case.waiting == ["chief", "mend"]


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
