"""Which ways of a drawing lead back, or refuse, and whose outcome they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.dialect.model import Process

GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway")
_BETWEEN = (*GATEWAYS, "scriptTask", "serviceTask")
"""What lies between a step and the way that its outcome takes."""


@dataclass(frozen=True)
class Ways:
    """The flows of a drawing that lead back, or refuse: told by how their names begin. Flow → the element whose outcome it is."""

    back: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def ways(process: Process, back: Sequence[str], refused: Sequence[str]) -> Ways:
    """Flows whose names begin with one of these words."""
    found = Ways()
    for flow in process.flows.values():
        for begins, kept in ((back, found.back), (refused, found.refused)):
            if (flow.name or "").startswith(tuple(begins)):
                kept[flow.id] = _decided(process, flow.source)
    return found


def _decided(process: Process, element: str) -> str:
    """The element whose outcome a flow out of `element` is: the step before a gateway, where there is but one."""
    before = element
    while process.elements[before].type in _BETWEEN and len(process.elements[before].incoming) == 1:
        before = process.flows[process.elements[before].incoming[0]].source
    return before if process.elements[before].type not in _BETWEEN else element
