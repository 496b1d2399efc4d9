"""Call activities: instances of their own, bound by version, ended with their caller."""

import pytest
import sqlalchemy as sa

from engine import deployments, instances
from engine.errors import NotDeployable
from engine.models.instances import Instance
from engine.runtime import Runtime
from tests.engine.cases import answer, at, deploy, get, start, values
from tests.engine.drawing import Drawing, each, mapped


def inner(*steps: str, name: str = "inner") -> Drawing:
    drawing = Drawing(name)
    drawing.row("start:s", *(f"user:{step}" for step in steps), "end:e")
    return drawing


def outer(**call) -> Drawing:
    drawing = Drawing("outer")
    drawing.start("s")
    drawing.call("round", "inner", **call)
    drawing.user("after")
    drawing.end("e")
    drawing.flow("s", "round", "after", "e")
    return drawing


def children(runtime: Runtime, case: int) -> list[Instance]:
    with runtime.database.read() as session:
        return [i for i in instances.of_case(session, case) if i.parent_key is not None]


def test_a_called_process_is_an_instance_of_the_same_case(runtime: Runtime):
    deploy(runtime, outer(), inner("visit"))
    case = start(runtime, "outer", household_key="h1")
    [child] = children(runtime, case)
    assert (child.case_key, child.parent_key, child.state) == (case, case, "active")
    assert values(runtime, child.key) == {"household_key": "h1"}
    answer(runtime, case, "visit", level="红")
    assert children(runtime, case)[0].state == "completed"
    assert at(runtime, case) == ["after"]
    assert values(runtime, case) == {"household_key": "h1", "level": "红"}


def test_only_what_is_mapped_goes_in_and_out(runtime: Runtime):
    call = {
        "mappings": mapped({"household": "=household_key"}, {"grade": "=level"}),
        "propagateAllParentVariables": "false",
        "propagateAllChildVariables": "false",
    }
    deploy(runtime, outer(**call), inner("visit"))
    case = start(runtime, "outer", household_key="h1")
    assert values(runtime, children(runtime, case)[0].key) == {"household": "h1"}
    answer(runtime, case, "visit", level="红", noise=1)
    assert values(runtime, case) == {"household_key": "h1", "grade": "红"}


def test_several_are_called_at_once_and_each_result_is_kept(runtime: Runtime):
    drawing = Drawing("outer")
    drawing.start("s")
    drawing.call(
        "assist",
        "inner",
        loop=each("=measures", "measure", "results", "=done"),
        propagateAllChildVariables="true",
    )
    drawing.end("e")
    drawing.flow("s", "assist", "e")
    deploy(runtime, drawing, inner("deliver"))
    case = start(runtime, "outer", measures=["就业", "教育", "医疗"])
    assert [values(runtime, c.key)["measure"] for c in children(runtime, case)] == ["就业", "教育", "医疗"]
    for done in (2, 1, 0):
        answer(runtime, case, "deliver", nth=done, done=done)
    ended = get(runtime, case)
    assert (ended.state, values(runtime, case)["results"]) == ("completed", [0, 1, 2])


def test_a_call_takes_the_latest_or_what_was_deployed_with_it(runtime: Runtime):
    bound = Drawing("bound")
    bound.row("start:s", "user:first")
    bound.call("round", "inner", bindingType="deployment")
    bound.end("e")
    bound.flow("first", "round", "e")
    latest = Drawing("latest")
    latest.row("start:s", "user:first")
    latest.call("round", "inner")
    latest.end("e")
    latest.flow("first", "round", "e")
    deploy(runtime, bound, latest, inner("old"))
    one, two = start(runtime, "bound"), start(runtime, "latest")
    deploy(runtime, inner("new"))
    answer(runtime, one, "first")
    answer(runtime, two, "first")
    assert (at(runtime, one), at(runtime, two)) == (["old"], ["new"])


def tagged(element: str, tag: str) -> Drawing:
    drawing = Drawing("inner", f'<extensionElements><zeebe:versionTag value="{tag}"/></extensionElements>')
    drawing.row("start:s", f"user:{element}", "end:e")
    return drawing


def test_a_call_may_ask_for_a_version_by_its_tag(runtime: Runtime):
    caller = Drawing("caller")
    caller.row("start:s")
    caller.call("round", "inner", bindingType="versionTag", versionTag="stable")
    caller.flow("s", "round", caller.end("e"))
    with pytest.raises(NotDeployable) as refused:
        deploy(runtime, caller, tagged("new", "next"))
    assert [f.rule for f in refused.value.findings if f.severity == "error"] == ["missing_process"]
    deploy(runtime, caller, tagged("old", "stable"))
    deploy(runtime, tagged("new", "next"))
    assert at(runtime, start(runtime, "caller")) == ["old"]
    with runtime.database.read() as session:
        found = deployments.lint(runtime, {"caller.bpmn": caller.xml()}, session)
    assert [f.rule for f in found if f.severity == "error"] == []


def test_an_interrupted_call_is_cancelled_with_all_below_it(runtime: Runtime, clock):
    from datetime import timedelta

    from engine.worker import Worker

    drawing = outer()
    drawing.boundary("late", "round", drawing.timer("P1D"))
    drawing.user("instead")
    drawing.end("e2")
    drawing.flow("late", "instead", "e2")
    middle = Drawing("inner")
    middle.start("s")
    middle.call("deeper", "innermost")
    middle.end("e")
    middle.flow("s", "deeper", "e")
    deploy(runtime, drawing, middle, inner("visit", name="innermost"))
    case = start(runtime, "outer")
    assert at(runtime, case) == ["visit"]
    clock.advance(timedelta(days=1))
    Worker(runtime).run_once()
    assert at(runtime, case) == ["instead"]
    assert [c.state for c in children(runtime, case)] == ["cancelled", "cancelled"]


def test_an_error_leaves_a_called_process_for_its_caller(runtime: Runtime):
    drawing = outer()
    drawing.boundary("refused", "round", drawing.error("no"))
    drawing.user("mend")
    drawing.end("e2")
    drawing.flow("refused", "mend", "e2")
    child = Drawing("inner")
    child.row("start:s", "user:visit")
    child.end("bad", child.error("no"))
    child.flow("visit", "bad")
    deploy(runtime, drawing, child)
    case = start(runtime, "outer")
    answer(runtime, case, "visit")
    assert at(runtime, case) == ["mend"]
    assert children(runtime, case)[0].state == "completed"


def test_an_escalation_reaches_the_caller_and_the_called_process_goes_on(runtime: Runtime):
    drawing = outer()
    drawing.boundary("overdue", "round", drawing.escalation("late"), interrupting=False)
    drawing.user("press")
    drawing.end("e2")
    drawing.flow("overdue", "press", "e2")
    child = Drawing("inner")
    child.row("start:s", "user:plan")
    child.throw("call_out", child.escalation("late"))
    child.user("deliver")
    child.end("e")
    child.flow("plan", "call_out", "deliver", "e")
    deploy(runtime, drawing, child)
    case = start(runtime, "outer")
    answer(runtime, case, "plan")
    assert at(runtime, case) == ["deliver", "press"]
    answer(runtime, case, "deliver")
    assert at(runtime, case) == ["after", "press"]


def test_a_process_that_calls_itself_is_refused_and_leaves_nothing(runtime: Runtime):
    import pytest

    from engine.step import CallsItself

    drawing = Drawing("outer")
    drawing.start("s")
    drawing.call("again", "outer")
    drawing.end("e")
    drawing.flow("s", "again", "e")
    deploy(runtime, drawing)
    with pytest.raises(CallsItself):
        start(runtime, "outer")
    with runtime.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Instance)) == 0


def test_cancelling_a_case_cancels_what_it_called(runtime: Runtime):
    deploy(runtime, outer(), inner("visit"))
    case = start(runtime, "outer")
    with runtime.database.begin() as session:
        instances.cancel(runtime, session, case, "office", "重复申请")
    assert at(runtime, case) == []
    assert [i.state for i in (get(runtime, case), *children(runtime, case))] == ["cancelled", "cancelled"]


def test_what_a_called_process_left_alone_does_not_undo_what_its_caller_changed(runtime: Runtime):
    drawing = Drawing("outer")
    drawing.start("s")
    drawing.par("fork")
    drawing.call("round", "inner", propagateAllChildVariables="true")
    drawing.user("change")
    drawing.par("join")
    drawing.end("e")
    drawing.flow("s", "fork", "round", "join", "e")
    drawing.flow("fork", "change", "join")
    deploy(runtime, drawing, inner("visit"))
    case = start(runtime, "outer", address="旧址", level="黄")
    answer(runtime, case, "change", address="新址")
    answer(runtime, case, "visit", level="红")
    assert values(runtime, case) == {"address": "新址", "level": "红"}


def test_what_calls_a_process_as_deployed_with_it_is_another_version_with_each_redraw_of_it(
    sqlite_runtime: Runtime,
):
    """A new case must not go on calling the old one, and a running one must not call the new one."""
    further = Drawing("further")
    further.start("s")
    further.call("all", "outer", bindingType="deployment")
    further.end("e")
    further.flow("s", "all", "e")
    deploy(sqlite_runtime, further, outer(bindingType="deployment"), inner("visit"), inner("x", name="free"))
    old = start(sqlite_runtime, "further")
    deploy(sqlite_runtime, inner("visit", "review"))
    new = start(sqlite_runtime, "further")
    for case in (old, new):
        answer(sqlite_runtime, case, "visit")
    assert (at(sqlite_runtime, old), at(sqlite_runtime, new)) == (["after"], ["review"])
    with sqlite_runtime.database.read() as session:
        versions = {
            key: deployments.definition(session, "process", key).version
            for key in ("further", "outer", "inner", "free")
        }
    assert versions == {"further": 2, "outer": 2, "inner": 2, "free": 1}
