"""Each fault that a drawing can have: drawn once, and told at its element."""

import importlib
import pkgutil

import pytest

import engine.dialect
from engine.dialect import read
from engine.dialect.checks import soundness
from engine.findings import RULES, Rule
from tests.engine.dialect.faults import CASES, elements, events, expressions, flows, plain, whole, zeebe
from tests.engine.drawing import Drawing

assert all((whole, elements, events, flows, expressions))  # they fill CASES


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
    monkeypatch.setattr(soundness, "MOST_WORK", 1)
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
