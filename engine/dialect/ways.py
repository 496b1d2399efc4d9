"""Which flows a token takes when it leaves, and what can still come to a join: read off the drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, combinations

from engine.dialect.model import Element, Flow

BRANCHES = ("inclusiveGateway", "task", "subProcess", "transaction", "adHocSubProcess", "callActivity")
_MOST_TOGETHER = 8
"""Conditional flows of one element whose every combination is looked at; of more, none, one and all are."""


def chooses(element: Element) -> bool:
    """Whether conditions on its flows are read one by one: an inclusive gateway or an activity."""
    return element.type in BRANCHES or element.type.endswith("Task")


def combined(element: Element, flows: Mapping[str, Flow]) -> list[list[str]]:
    """The flows that an inclusive gateway or an activity may take together, one list for each of its choices."""
    open_flows = [f for f in element.outgoing if flows[f].condition is not None and f != element.default_flow]
    always = [f for f in element.outgoing if f not in open_flows and f != element.default_flow]
    if not open_flows:
        return [element.outgoing]
    counts: Iterable[int] = range(1, len(open_flows) + 1)
    if len(open_flows) > _MOST_TOGETHER:
        counts = (1, len(open_flows))
    some = chain.from_iterable(combinations(open_flows, count) for count in counts)
    none = [element.default_flow] if element.default_flow in element.outgoing else []
    choices = [always + list(chosen) for chosen in some]
    return choices + ([[*always, *none]] if always or none else [])


def before(elements: Mapping[str, Element], flows: Mapping[str, Flow]) -> dict[str, set[str]]:
    """Element → those from which a token comes to it directly. A boundary event is a way out of its activity."""
    found: dict[str, set[str]] = {}
    for flow in flows.values():
        found.setdefault(flow.target, set()).add(flow.source)
    for element in elements.values():
        if element.attached_to:
            found.setdefault(element.id, set()).add(element.attached_to)
    return found


def upstream(
    join: Element, flows: Mapping[str, Flow], sources: Mapping[str, set[str]]
) -> dict[str, frozenset[str]]:
    """Element → the flows into `join` that a token at it can still come along without passing `join` before.

    `sources` is what `before` found in the drawing.
    """
    reached: dict[str, set[str]] = {}
    for into in join.incoming:
        stack, seen = [flows[into].source], set[str]()
        while stack:
            at = stack.pop()
            if at in seen:
                continue
            seen.add(at)
            reached.setdefault(at, set()).add(into)
            if at != join.id:
                stack.extend(sources.get(at, ()))
    return {at: frozenset(ways) for at, ways in reached.items()}


def may_join(arrived: Iterable[str], ways_in: Iterable[str], others: Iterable[frozenset[str]]) -> bool:
    """Whether an inclusive join goes on with what has `arrived` (BPMN 2.0.2, 13.4.3).

    `others`: for each other token of the scope the ways by which it can come. One that can come where nothing has come,
    and only there, is waited for.
    """
    filled = set(arrived)
    empty = set(ways_in) - filled
    return bool(filled) and not any(ways & empty and not ways & filled for ways in others)
