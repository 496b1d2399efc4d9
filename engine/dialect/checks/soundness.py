"""Can every join be filled, whatever is decided on the way? The token game of each scope, played in all its ways.

Only choices branch (which way a gateway takes, whether a boundary event happens); what does not depend on a choice is
played in one order, which finds the same deadlocks. Conditions are not read: each way counts as possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.dialect.model import Element
from engine.dialect.outline import ProcessOutline
from engine.dialect.ways import chooses, combined, may_join
from engine.findings import rule

if TYPE_CHECKING:
    from engine.dialect.checks import Fault

NEVER_FILLED = rule("join_never_filled", "汇合处可能永远等不齐：有的走法不会让每条流入都走到这里")
UNPROVEN = rule("unproven", "图太复杂，没有查完汇合处是否总能等齐", "warning")

MOST_WORK = 250_000
"""Tokens looked at in one process, counted anew in each marking: well under two seconds."""
MOST_TOKENS = 3
"""Tokens on one flow that are told apart."""

_JOINS = ("parallelGateway", "inclusiveGateway")

Marking = tuple[tuple[str, int], ...]


def faults(process: ProcessOutline) -> Iterator[Fault]:
    """Joins that may wait for ever. Asks for a drawing whose flows and gateways are right in themselves."""
    game = _Game(process)
    for start in process.elements.values():
        if start.type == "startEvent" or (process.is_ad_hoc(start.parent) and not start.incoming):
            game.play(start)
    for element_id in game.stuck:
        yield process.elements[element_id], NEVER_FILLED, {}
    if game.gave_up:
        yield process.element, UNPROVEN, {}


class _Game:
    """Tokens lie on flows; an element takes them from its incoming and puts them on its outgoing ones.

    `stuck`: ids of the joins at which some play ends with tokens left, in the order found.
    """

    def __init__(self, process: ProcessOutline) -> None:
        self._process = process
        self.stuck: dict[str, None] = {}
        self.gave_up = False
        self._work = 0
        self._boundaries: dict[str, list[Element]] = {}
        for element in process.elements.values():
            if element.attached_to and not element.handler:
                self._boundaries.setdefault(element.attached_to, []).append(element)

    def play(self, start: Element) -> None:
        """Play all ways from this start event to the end of its scope."""
        begin = _marking(dict.fromkeys(start.outgoing, 1))
        seen, stack = {begin}, [begin]
        while stack and self._work < MOST_WORK:
            marking = dict(stack.pop())
            following = self._moves(marking)
            self._work += sum(map(len, following)) + 1
            if not following and marking:
                self.stuck.update((self._target(flow).id, None) for flow in marking)
            for next_marking in following:
                if next_marking not in seen:
                    seen.add(next_marking)
                    stack.append(next_marking)
        self.gave_up |= bool(stack)

    def _target(self, flow: str) -> Element:
        return self._process.elements[self._process.flows[flow].target]

    def _moves(self, marking: dict[str, int]) -> list[Marking]:
        """The markings after the next element has done its work, one for each of its choices."""
        for flow in marking:
            element = self._target(flow)
            if element.type not in _JOINS or len(element.incoming) < 2:
                return [_moved(marking, [flow], out) for out in self._choices(element)] or [()]
        for flow in marking:
            join = self._target(flow)
            if join.type == "parallelGateway":
                if all(way in marking for way in join.incoming):
                    return [_moved(marking, join.incoming, join.outgoing)]
            elif (arrived := self._joined(join, marking)) is not None:
                return [_moved(marking, arrived, out) for out in self._choices(join)]
        return []

    def _joined(self, join: Element, marking: dict[str, int]) -> list[str] | None:
        """The ways in by which tokens have come to an inclusive join, if it goes on with them."""
        coming = self._process.upstream(join.id)
        arrived = [way for way in join.incoming if way in marking]
        others = (coming.get(self._target(f).id, frozenset()) for f in marking if f not in arrived)
        return arrived if may_join(arrived, join.incoming, others) else None

    def _choices(self, element: Element) -> list[list[str]]:
        """What an element may put out. Empty: it ends its whole scope."""
        event = element.event
        if element.type == "endEvent" and event is not None and event.kind in ("terminate", "error"):
            return []
        if element.type in ("exclusiveGateway", "eventBasedGateway"):
            return [[flow] for flow in element.outgoing] or [[]]
        ways = combined(element, self._process.flows) if chooses(element) else [element.outgoing]
        choices = list(ways)
        for boundary in self._boundaries.get(element.id, ()):
            if boundary.interrupting:
                choices.append(boundary.outgoing)
            else:
                choices.extend(way + boundary.outgoing for way in ways)
        return choices


def _marking(tokens: dict[str, int]) -> Marking:
    return tuple(sorted((flow, min(count, MOST_TOKENS)) for flow, count in tokens.items() if count))


def _moved(marking: dict[str, int], taken: list[str], put: list[str]) -> Marking:
    tokens = dict(marking)
    for flow in taken:
        tokens[flow] -= 1
    for flow in put:
        tokens[flow] = tokens.get(flow, 0) + 1
    return _marking(tokens)
