"""Gateways: exclusive, parallel, event-based."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.dialect.failures import DrawingFailed
from engine.dialect.model import Flow
from engine.dialect.node import Node, Token, Way

if TYPE_CHECKING:
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
            elif self._holds(machine, token, way.flow.condition):
                return way
        if default is None:
            raise DrawingFailed("no_way")
        return default

    def _holds(self, machine: Machine, token: Token, condition: str) -> bool:
        value = machine.feel(condition, token.id)
        if not isinstance(value, bool):
            raise DrawingFailed("not_boolean", setting=condition, value=value)
        return value


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
