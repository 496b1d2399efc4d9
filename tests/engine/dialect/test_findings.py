"""Each fault that a drawing can have: drawn once, and told at its element."""

import importlib
import pkgutil

import pytest

import engine.dialect
from engine.dialect import read
from engine.dialect.checks import soundness
from engine.findings import RULES, Rule
from tests.engine.drawing import Drawing, each, mapped

CASES = {}


def fault(rule, at=None):
    """Register a drawing that must be found to have this fault, at this element."""

    def keep(draw):
        CASES.setdefault(rule, []).append((draw, at))
        return draw

    return keep


def plain() -> Drawing:
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    return d


def with_inner(element_id: str, inner: str, kind: str = "userTask") -> Drawing:
    d = plain()
    d.elements["u"].id = element_id
    d.elements["u"].type = kind
    d.elements["u"].inner = inner
    return d


def zeebe(inner: str) -> str:
    return f"<extensionElements>{inner}</extensionElements>"


# -- the whole file


@fault("no_process")
def _():
    return plain().xml().replace(b"<process ", b"<choreography ").replace(b"</process>", b"</choreography>")


@fault("not_executable", "p")
def _():
    return plain().xml().replace(b'isExecutable="true"', b'isExecutable="false"')


@fault("left_out", "q")
def _():
    other = b'<process id="q" isExecutable="false"/></definitions>'
    return plain().xml().replace(b"</definitions>", other)


@fault("repeated_id", "u")
def _():
    return plain().xml().replace(b'id="e"', b'id="u"')


@fault("no_id", "p")
def _():
    return plain().xml().replace(b'<endEvent id="e">', b"<endEvent>")


@fault("bad_id", "u*")
def _():
    return plain().xml().replace(b'"u"', b'"u*"')


@fault("xml_malformed")
def _():
    return plain().xml()[:-30]


@fault("xml_malformed")
def _():
    return b""


@fault("xml_doctype")
def _():
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    return plain().xml().replace(b"?>", b"?>" + bomb, 1)


@fault("xml_doctype")
def _():
    return (
        plain().xml().decode().replace("?>", "?><!DOCTYPE d>", 1).replace("UTF-8", "UTF-16").encode("utf-16")
    )


@fault("xml_too_large")
def _():
    return plain().xml() + b" " * (9 * 1024 * 1024)


@fault("xml_too_deep")
def _():
    return plain().xml().replace(b"</process>", b"<a>" * 150 + b"</a>" * 150 + b"</process>")


@fault("xml_not_bpmn")
def _():
    return b"<html/>"


# -- elements


@fault("unsupported_element", "x")
def _():
    d = plain()
    d.flow("u", d.add("inclusiveGateway", "x"), "e")
    return d


@fault("unsupported_element", "x")
def _():
    d = plain()
    d.flow("u", d.add("transaction", "x"), "e")
    return d


@fault("no_job_type", "u")
def _():
    return with_inner("u", "", "serviceTask")


@fault("no_script", "u")
def _():
    return with_inner("u", "<script>import os</script>", "scriptTask")


@fault("no_decision", "u")
def _():
    return with_inner("u", zeebe('<zeebe:calledDecision decisionId="x"/>'), "businessRuleTask")


@fault("no_called_process", "u")
def _():
    return with_inner("u", "", "callActivity")


@fault("bad_binding", "u")
def _():
    return with_inner(
        "u", zeebe('<zeebe:calledElement processId="x" bindingType="versionTag"/>'), "callActivity"
    )


@fault("bad_retries", "u")
def _():
    return with_inner("u", zeebe('<zeebe:taskDefinition type="x" retries="many"/>'), "serviceTask")


@fault("bad_priority", "u")
def _():
    return with_inner("u", zeebe('<zeebe:priorityDefinition priority="101"/>'))


@fault("sequential_loop", "u")
def _():
    return with_inner(
        "u", each("=[1]").replace("Characteristics>", 'Characteristics isSequential="true">', 1)
    )


@fault("standard_loop", "u")
def _():
    return with_inner("u", "<standardLoopCharacteristics/>")


@fault("completion_condition", "u")
def _():
    inner = each("=[1]").replace("</multi", "<completionCondition>=true</completionCondition></multi")
    return with_inner("u", inner)


@fault("no_collection", "u")
def _():
    return with_inner("u", "<multiInstanceLoopCharacteristics/>")


@fault("half_output", "u")
def _():
    return with_inner("u", each("=[1]", into="all"))


@fault("compensation", "u")
def _():
    d = plain()
    d.elements["u"].attrs["isForCompensation"] = "true"
    return d


@fault("bad_target", "u")
def _():
    return with_inner("u", zeebe(mapped({"a b": "=x"})))


@fault("no_source", "u")
def _():
    return with_inner("u", zeebe(mapped({"a": "="})))


# -- events


@fault("many_events", "s")
def _():
    d = plain()
    d.elements["s"].inner = d.timer("P1D") + d.message("m")
    return d


@fault("no_event", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", ""), "e")
    return d


@fault("bad_event", "x")
def _():
    d = plain()
    d.flow("u", d.throw("x", "<signalEventDefinition/>"), "e")
    return d


@fault("bad_event", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", "<linkEventDefinition/>"), "e")
    return d


@fault("bad_event", "x")
def _():
    d = plain()
    d.boundary("x", "u", "<compensateEventDefinition/>")
    d.flow("x", "e")
    return d


@fault("unresolved_reference", "x")
def _():
    d = plain()
    d.flow("u", d.end("x", '<errorEventDefinition errorRef="nowhere"/>'))
    return d


@fault("no_message", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", "<messageEventDefinition/>"), "e")
    return d


@fault("no_correlation_key", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", d.message("m", None)), "e")
    return d


@fault("no_code", "x")
def _():
    d = plain()
    d.flow("u", d.end("x", d.error()))
    return d


@fault("code_expression", "x")
def _():
    d = plain()
    d.flow("u", d.end("x", d.error("=code")))
    return d


@fault("no_timer", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", "<timerEventDefinition/>"), "e")
    return d


def timed(text, kind="timeDuration"):
    d = plain()
    d.flow("u", d.catch("x", d.timer(text, kind)), "e")
    return d


for text, kind in [
    ("30 days", "timeDuration"), ("P", "timeDuration"), ("PT", "timeDuration"), ("2026-13-01", "timeDate"),
    ("P99999999999D", "timeDuration"),
]:  # fmt: skip
    fault("bad_timer", "x")(lambda text=text, kind=kind: timed(text, kind))

for cycle in ["R0/P1D", "R/PT0S", "0 0 9 * * MON-FRI", "R/2026-01-01T00:00:00Z"]:

    @fault("bad_timer", "s")
    def _(cycle=cycle):
        d = plain()
        d.elements["s"].inner = d.timer(cycle, "timeCycle")
        return d


@fault("no_cycle", "x")
def _():
    return timed("R3/P1D", "timeCycle")


@fault("attached_to_nothing", "x")
def _():
    d = plain()
    d.boundary("x", "s", d.timer("P1D"))
    d.flow("x", "e")
    return d


@fault("error_interrupts", "x")
def _():
    d = plain()
    d.boundary("x", "u", d.error("bad"), interrupting=False)
    d.flow("x", "e")
    return d


@fault("caught_twice", "y")
def _():
    d = plain()
    for i in ("x", "y"):
        d.boundary(i, "u", d.error("bad"))
        d.flow(i, "e")
    return d


# -- flows


@fault("flow_without_source", "e")
def _():
    return (
        plain().xml().replace(b"</process>", b'<sequenceFlow id="z" sourceRef="no" targetRef="e"/></process>')
    )


@fault("flow_without_target", "u")
def _():
    return (
        plain().xml().replace(b"</process>", b'<sequenceFlow id="z" sourceRef="u" targetRef="no"/></process>')
    )


@fault("flow_crosses", "u")
def _():
    d = plain()
    d.flow("u", d.sub("x"), "e")
    d.row("start:s1", "user:in", "end:e1", parent="x")
    d.flow("u", "in")
    return d


@fault("flow_into_start", "s")
def _():
    d = plain()
    d.flow("u", "s")
    return d


@fault("flow_out_of_end", "e")
def _():
    d = plain()
    d.flow("e", "u")
    return d


@fault("no_start", "p")
def _():
    d = Drawing()
    d.row("user:u", "end:e")
    return d


@fault("many_starts", "p")
def _():
    d = plain()
    d.flow(d.start("s2"), "u")
    return d


@fault("one_start", "x")
def _():
    d = plain()
    d.flow("u", d.sub("x"), "e")
    d.row("user:in", "end:e1", parent="x")
    return d


@fault("no_end", "p")
def _():
    d = Drawing()
    d.row("start:s", "user:u")
    return d


@fault("dead_end", "x")
def _():
    d = plain()
    d.flow("u", d.user("x"))
    return d


@fault("unreachable", "x")
def _():
    d = plain()
    d.flow(d.user("x"), "e")
    return d


@fault("unreachable", "y")
def _():
    d = plain()
    d.flow(d.user("x"), d.user("y"), "x")
    return d


@fault("bad_default", "x")
def _():
    d = plain()
    d.flow("u", d.xor("x", default="flow1"), "e")
    return d


def choice(*conditions, default=None):
    d = plain()
    d.flow("u", d.xor("x"))
    for condition in conditions:
        d.flow("x", "e", condition=condition)
    d.elements["x"].attrs["default"] = default
    return d


@fault("no_condition", "x")
def _():
    return choice("a", None)


@fault("no_default", "x")
def _():
    return choice("a", "b")


@fault("stray_condition", "u")
def _():
    d = plain()
    d.flow("u", "e", condition="a")
    return d


@fault("join_stalls", "x")
def _():
    d = Drawing()
    d.row("start:s", "par:split", "user:a", "par:x", "user:b", "xor:more", "end:e")
    d.flow("split", d.user("c"), "x")
    d.flow("more", "x", condition="again")
    return d


@fault("join_never_filled", "x")
def _():
    d = Drawing()
    d.row("start:s", "xor:g", "par:x", "end:e")
    d.flow("g", "x", condition="a")
    d.elements["g"].attrs["default"] = "flow2"
    return d


@fault("few_events", "x")
def _():
    d = plain()
    d.flow("u", d.race("x"), d.catch("t", d.timer("P1D")), "e")
    return d


@fault("not_an_event", "y")
def _():
    d = plain()
    d.flow("u", d.race("x"), d.user("y"), "e")
    return d


# -- expressions


@fault("no_feel", "u")
def _():
    return with_inner("u", each("people"))


@fault("bad_expression", "u")
def _():
    d = choice("1 +", default="flow4")
    d.elements["u"].type = "exclusiveGateway"
    d.flow("u", "e", condition="1 +")
    d.elements["u"].attrs["default"] = "flow2"
    return d


@fault("bad_expression", "u")
def _():
    return with_inner("u", zeebe(mapped(None, {"x": "=1 +"})))


@fault("bad_expression", "u")
def _():
    return with_inner("u", zeebe('<zeebe:script expression="=1 +" resultVariable="x"/>'), "scriptTask")


@fault("bad_expression", "u")
def _():
    return with_inner("u", Drawing().timer("=1 +"), "intermediateCatchEvent")


@fault("bad_expression", "u")
def _():
    return with_inner("u", each("=1 +"))


@fault("bad_expression", "p")
def _():
    inner = '<zeebe:property name="attribute.area" value="1 +"/>'
    d = Drawing("p", zeebe(f"<zeebe:properties>{inner}</zeebe:properties>"))
    d.row("start:s", "user:u", "end:e")
    return d


@fault("bad_expression", "u")
def _():
    return with_inner("u", zeebe('<zeebe:assignmentDefinition assignee="=1 +"/>'))


@fault("bad_expression", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", d.message("m", "=1 +")), "e")
    return d


def bad_when_ending_in_plus(expression):
    return "意外的结尾" if expression.endswith("+") else None


@pytest.mark.parametrize(
    ("rule", "draw", "at"), [(rule, draw, at) for rule, cases in CASES.items() for draw, at in cases]
)
def test_each_fault_is_found_at_its_element(rule, draw, at):
    drawn = draw()
    reading = read("x.bpmn", drawn if isinstance(drawn, bytes) else drawn.xml(), bad_when_ending_in_plus)
    found = [f for f in reading.findings if f.rule == rule]
    assert found, [(f.rule, f.element_id) for f in reading.findings]
    assert at in [f.element_id for f in found]
    for finding in found:
        assert finding.file == "x.bpmn"
        assert "{" not in finding.text.replace("{http", "")
    assert reading.works == (RULES[rule].severity == "warning")
    assert bool(reading.processes) == reading.works


def test_what_is_too_much_to_play_through_is_said(monkeypatch):
    monkeypatch.setattr(soundness, "MOST_MARKINGS", 1)
    reading = read("x", CASES["few_events"][0][0]().xml().replace(b"eventBasedGateway", b"parallelGateway"))
    assert [(f.rule, f.severity) for f in reading.findings] == [("unproven", "warning")]


def test_every_rule_of_the_dialect_has_such_a_drawing():
    rules = set()
    for module in pkgutil.walk_packages(engine.dialect.__path__, "engine.dialect."):
        loaded = importlib.import_module(module.name)
        rules |= {value.name for value in vars(loaded).values() if isinstance(value, Rule)}
    assert rules == {*CASES, "unproven"}


def test_what_is_right_has_no_findings():
    d = plain()
    d.elements["u"].inner = zeebe('<zeebe:unknown nobody="knows"/><other xmlns="urn:o"/>')
    d.boundary("late", "u", d.timer("R/P1D", "timeCycle"), interrupting=False)
    d.flow("late", "e")
    assert read("x.bpmn", d.xml()).findings == []


def test_a_join_that_an_end_inside_a_branch_starves_is_found():
    d = Drawing()
    d.row("start:s", "par:split", "user:a", "xor:ok", "par:join", "end:e")
    d.flow("split", d.user("b"), "join")
    d.elements["ok"].attrs["default"] = d.flow("ok", d.end("refused"))
    d.flows[3] = (*d.flows[3][:3], "good")
    assert [(f.rule, f.element_id) for f in read("x", d.xml()).findings] == [("join_never_filled", "join")]
    d.elements["refused"].inner = "<terminateEventDefinition/>"
    assert read("x", d.xml()).findings == []


def test_joins_that_fill_on_all_ways_are_let_pass():
    d = Drawing()
    d.row("start:s", "xor:again", "par:split", "user:a", "xor:m", "par:join", "xor:more", "end:e")
    d.flow("split", d.user("b"), "join")
    d.boundary("late", "a", d.timer("P1D"))
    d.flow("late", d.user("c"), "m")
    d.boundary("note", "b", d.timer("P1D"), interrupting=False)
    d.flow("note", d.end("noted"))
    d.elements["more"].attrs["default"] = "flow7"
    d.flow("more", "again", condition="more")
    assert read("x", d.xml()).findings == []
