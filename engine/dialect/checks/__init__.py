"""What must be right in a drawing before it may run: every fault is told, with its element's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from engine.dialect.checks import elements, events, expressions, flows, soundness, whole
from engine.dialect.model import Element
from engine.dialect.outline import Outline, ProcessOutline
from engine.findings import Finding, Rule

Fault = tuple[Element | None, Rule, dict[str, Any]]


def check(
    file: str,
    drawn: Outline,
    chosen: list[ProcessOutline],
    check_expression: Callable[[str], str | None],
) -> list[Finding]:
    """All that is wrong in a file, in drawn order; of its processes those that are `chosen` to run."""
    faults = list(whole.too_many(drawn)) or list(_faults(drawn, chosen, check_expression))
    return [_finding(file, *fault) for fault in faults]


def _faults(
    drawn: Outline, chosen: list[ProcessOutline], check_expression: Callable[[str], str | None]
) -> Iterator[Fault]:
    yield from whole.faults(drawn, chosen)
    for process in chosen:
        yield from _process_faults(process, check_expression)


def _process_faults(
    process: ProcessOutline, check_expression: Callable[[str], str | None]
) -> Iterator[Fault]:
    for element in process.elements.values():
        yield from elements.faults(process, element)
        yield from events.faults(process, element)
    yield from events.catching(process)
    loose = list(flows.faults(process))
    yield from loose
    if all(why.severity == "warning" for _, why, _ in loose):
        yield from soundness.faults(process)
    for element in (process.element, *process.elements.values()):
        yield from expressions.faults(process, element, check_expression)


def _finding(file: str, element: Element | None, why: Rule, params: dict[str, Any]) -> Finding:
    if element is None:
        return Finding(file, None, None, why.name, why.message, params, why.severity)
    return Finding(
        file, element.id, element.name, why.name, why.message, params, why.severity, element.x, element.y
    )
