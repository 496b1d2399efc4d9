"""Subprocesses, event subprocesses and calls; each case stored and loaded between all steps."""

import pytest

from engine.dialect import read
from engine.machine import StepFailed
from tests.engine.drawing import Case, Drawing, mapped


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
    assert wait.data == {
        "process_id": "follow_up", "binding": "deployment", "version_tag": None, "variables": {"household": 9},
    }  # fmt: skip
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


def test_where_no_start_and_end_are_drawn_all_begins_that_nothing_leads_to():
    d = Drawing()
    d.row("user:a", "user:b")
    d.user("c")
    case = Case(d.process())
    assert case.waiting == ["a", "c"]
    for element in "acb":
        case.complete(element)
    assert case.ended == "b"


def test_a_box_whose_inside_is_not_drawn_is_passed():
    d = Drawing()
    d.row("start:s", "user:a", "sub:empty", "end:e")
    case = Case(d.process())
    case.complete("a")
    assert case.ended == "e"


def test_a_transaction_without_cancel_runs_as_a_subprocess():
    d = Drawing()
    d.row("start:s", "sub:t", "end:e")
    d.row("start:s1", "user:in", "end:e1", parent="t")
    xml = d.xml().replace(b"<subProcess", b"<transaction").replace(b"</subProcess>", b"</transaction>")
    case = Case(read("p.bpmn", xml).processes["p"])
    case.complete("in")
    assert case.ended == "e"


def ad_hoc(condition: str = "") -> Drawing:
    """Three things to do in no order, one of them with a second step."""
    d = Drawing()
    d.start("s")
    wanted = '<zeebe:adHoc activeElementsCollection="=wanted"/>'
    done = f"<completionCondition>={condition}</completionCondition>" if condition else ""
    d.add("adHocSubProcess", "visits", f"<extensionElements>{wanted}</extensionElements>{done}")
    d.user("roof", parent="visits")
    d.user("well", parent="visits")
    d.flow(d.user("school", parent="visits"), d.user("fees", parent="visits"))
    d.row("user:after", "end:e")
    d.flow("s", "visits", "after")
    return d


def test_an_ad_hoc_subprocess_does_what_is_wanted_and_ends_when_that_is_over():
    case = Case(ad_hoc().process(), wanted=["roof", "school"])
    assert case.waiting == ["roof", "school"]
    case.complete("school")
    assert case.waiting == ["fees", "roof"]
    case.complete("roof")
    case.complete("fees")
    assert case.waiting == ["after"]
    assert Case(ad_hoc().process(), wanted=[]).waiting == ["after"]


def test_an_ad_hoc_subprocess_may_end_before_all_is_done():
    case = Case(ad_hoc("enough = true").process(), wanted=["roof", "well", "school"], enough=False)
    case.complete("roof")
    assert case.waiting == ["school", "well"]
    case.complete("well", enough=True)
    assert case.waiting == ["after"]


@pytest.mark.parametrize("wanted", [["fees"], ["after"], ["nowhere"], "roof", [1]])
def test_an_ad_hoc_subprocess_begins_only_what_may_begin_in_it(wanted):
    with pytest.raises(StepFailed):
        Case(ad_hoc().process(), wanted=wanted)
