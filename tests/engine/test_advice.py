"""Camunda's own rules: advice beyond ours, never a refusal, and never a hindrance when they fail."""

from pathlib import Path

import pytest

from engine import advice, deployments
from engine.dialect import read
from engine.feel import Evaluator, FeelError
from engine.runtime import Runtime
from tests.engine.drawing import Drawing

OURS = sorted((Path(__file__).parents[2] / "processes").glob("*.bpmn"))


def circle() -> Drawing:
    d = Drawing()
    d.row("start:s", "xor:again", "task:t", "xor:more", "user:u", "end:e")
    d.elements["t"].type = "manualTask"
    d.elements["more"].attrs["default"] = "flow4"
    d.flow("more", "again", condition="on")
    for n, (_, source, target, _) in enumerate(d.flows, 1):  # their rules go by these
        d.elements[source].inner += f"<outgoing>flow{n}</outgoing>"
        d.elements[target].inner += f"<incoming>flow{n}</incoming>"
    return d


def told(evaluator: Evaluator, xml: bytes) -> list[tuple[str, str | None, str]]:
    found = advice.advise(evaluator, "x.bpmn", xml, read("x.bpmn", xml))
    return [(f.rule, f.element_id, f.severity) for f in found]


def test_what_runs_in_circles_is_told_and_still_works(sqlite_runtime: Runtime):
    rules = told(sqlite_runtime.evaluator, circle().xml())
    assert ("advice_no_loop", "p", "warning") in rules
    assert ("advice_no_form", "u", "warning") in rules
    findings = deployments.lint(sqlite_runtime, {"p.bpmn": circle().xml()})
    assert {"advice_no_loop", "advice_no_form"} <= {f.rule for f in findings}
    assert all(f.severity == "warning" for f in findings)


def test_an_element_that_our_rules_speak_of_is_left_to_them(sqlite_runtime: Runtime):
    d = circle()
    d.flow("again", d.user("x"))  # a dead end without a form
    assert "x" not in [element for _, element, _ in told(sqlite_runtime.evaluator, d.xml())]


def test_other_makers_drawings_and_refused_ones_get_none(sqlite_runtime: Runtime):
    theirs = circle().xml().replace(b'isExecutable="true"', b'isExecutable="false"')
    assert told(sqlite_runtime.evaluator, theirs) == []
    broken = circle()
    broken.flow("e", "u")
    assert told(sqlite_runtime.evaluator, broken.xml()) == []


def test_a_drawing_that_is_too_much_for_their_rules_is_not_refused_for_it(
    sqlite_runtime: Runtime, monkeypatch
):
    def fail(*args: object, **kwargs: object) -> None:
        raise FeelError("timeout")

    advice._kept.clear()
    monkeypatch.setattr(sqlite_runtime.evaluator, "call", fail)
    assert told(sqlite_runtime.evaluator, circle().xml()) == []


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_our_own_drawings_are_beyond_their_reproach(sqlite_runtime: Runtime, path: Path):
    xml = path.read_bytes()
    assert [
        (f.rule, f.element_id, f.text)
        for f in advice.advise(sqlite_runtime.evaluator, path.name, xml, read(path.name, xml))
    ] == []
