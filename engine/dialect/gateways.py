"""Gateways: exclusive, inclusive, parallel, event-based."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.dialect.failures import DrawingFailed
from engine.dialect.model import Flow
from engine.dialect.node import Node, Token, Way, holds
from engine.dialect.ways import may_join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.machine import Machine


class ExclusiveGateway(Node):
    """One way out: the first whose condition is true, in drawn order, else the default."""

    def enter(self, machine: Machine, token: Token) -> bool:
        if self.leaving:
            token.internal_data["ways"] = [self._choose(machine, token)]
        return True

    def _choose(self, machine: Machine, token: Token) -> Way:
        default = None
        machine.scopes.view(token.id).pick(self.conditions_read)
        for way in self.leaving:
            if way.flow.id == self.element.default_flow or way.flow.condition is None:
                default = way
            elif holds(machine, way.flow.condition, token.id):
                return way
        if default is None:
            raise DrawingFailed("no_way")
        return default


class InclusiveGateway(Node):
    """Takes every way out whose condition is true, else the default; joins when nothing more can come.

    What can come is only known when everything else in the scope waits: the machine asks `settle` then.
    """

    upstream: Mapping[str, frozenset[str]]
    """Element → the ways in by which a token at it can still come."""

    def arrive(self, machine: Machine, flow: Flow, scope: Token) -> None:
        if len(self.arriving) < 2:
            super().arrive(machine, flow, scope)
        else:
            machine.park(self, scope, via=flow.id)

    def settle(self, machine: Machine, scope: Token) -> bool:
        """Join what has come, if nothing else can come any more; whether it did."""
        arrived: dict[str, Token] = {}
        others: list[frozenset[str]] = []
        for token in scope.children:
            if token.task_spec is self and token.state == TaskState.WAITING:
                arrived.setdefault(token.internal_data["via"], token)
            else:
                others.append(self.upstream.get(token.task_spec.bpmn_id, frozenset()))
        if not may_join(arrived, self.arriving, others):
            return False
        for token in arrived.values():
            machine.forget(token)
        machine.place(self, scope, via=next(iter(arrived)))
        return True


class ParallelGateway(Node):
    """Splits into all ways out; joins when one token has come along each way in.

    An arrival waits as a token of its own; a join consumes one for each way in and leaves what came twice.
    """

    def arrive(self, machine: Machine, flow: Flow, scope: Token) -> None:
        if len(self.arriving) < 2:
            super().arrive(machine, flow, scope)
            return
        first: dict[str, Token] = {flow.id: None}
        for token in scope.children:
            if token.task_spec is self and token.state == TaskState.WAITING:
                first.setdefault(token.internal_data["via"], token)
        if any(way not in first for way in self.arriving):
            machine.park(self, scope, via=flow.id)
            return
        for token in first.values():
            if token is not None:
                machine.forget(token)
        machine.place(self, scope, via=flow.id)


class EventBasedGateway(Node):
    """Waits for several events; the first that comes takes the flow, the others are given up."""

    def enter(self, machine: Machine, token: Token) -> bool:
        for way in self.leaving:
            machine.place(way.target, token.parent, via=way.flow.id, race=token.id)
        token.internal_data["ways"] = []
        return True
