"""FEEL: every expression in a drawing is read before it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.dialect.events import AWAITED
from engine.dialect.model import Element
from engine.dialect.outline import ProcessOutline
from engine.findings import rule

if TYPE_CHECKING:
    from engine.dialect.checks import Fault

BAD_EXPRESSION = rule("bad_expression", "表达式“{expression}”有错：{reason}")
NO_FEEL = rule("no_feel", "多实例的“{expression}”要写成以“=”开头的表达式")

_SETTINGS = (
    ("assignmentDefinition", ("assignee", "candidateGroups", "candidateUsers")),
    ("taskSchedule", ("dueDate", "followUpDate")),
    ("priorityDefinition", ("priority",)),
    ("taskDefinition", ("type", "retries")),
    ("calledDecision", ("decisionId",)),
    ("calledElement", ("processId",)),
    ("adHoc", ("activeElementsCollection", "completionCondition")),
)


def faults(process: ProcessOutline, element: Element, check: Callable[[str], str | None]) -> Iterator[Fault]:
    """Expressions of one element that cannot be read."""
    if element.loop is not None:
        loop = element.loop
        for text in (loop.input_collection, loop.output_element, loop.completion_condition, loop.again):
            if text and not text.startswith("="):
                yield element, NO_FEEL, {"expression": text}
    for expression in expressions(process, element):
        reason = check(expression)
        if reason is not None:
            yield element, BAD_EXPRESSION, {"expression": expression, "reason": reason}


def expressions(process: ProcessOutline, element: Element) -> Iterator[str]:
    """Every FEEL expression that an element holds, without its `=`."""
    for text in texts(element):
        if text and text.startswith("="):
            yield text[1:].strip()
    script = element.setting("script", "expression")
    if element.type == "scriptTask" and script:
        yield script.removeprefix("=").strip()
    for key, value in element.properties.items():
        if element is process.element and key.startswith(("attribute.", "start.with.")):
            yield value.removeprefix("=").strip()
    for flow in element.outgoing:
        drawn = process.flows[flow]
        if drawn.condition and drawn.is_feel:
            yield drawn.condition


def texts(element: Element) -> Iterator[str | None]:
    """What an element holds where an expression may stand: `=` leads one. Its script and its flows' conditions stand apart."""
    for extension, attributes in _SETTINGS:
        for attribute in attributes:
            yield element.setting(extension, attribute)
    for _, source in element.mappings.inputs + element.mappings.outputs:
        yield source
    for event in element.events:
        if event.kind in AWAITED:
            yield from (event.value, event.name, event.correlation_key)
    if element.loop is not None:
        loop = element.loop
        yield from (loop.input_collection, loop.output_element, loop.cardinality, loop.completion_condition)
        yield loop.again
