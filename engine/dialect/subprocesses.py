"""Scopes in a process: embedded subprocess, event subprocess; and the call of another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.dialect.node import Container, Node, Token

if TYPE_CHECKING:
    from engine.machine import Machine


class ProcessScope(Container):
    """The process itself: the scope that everything lies in."""


class Subprocess(Container):
    """An embedded subprocess. Its local variables end with it; output mappings carry out what shall stay."""


class EventSubprocess(Container):
    """A subprocess that an event starts. It has no flows; what the event brought goes to its start event."""

    def enter(self, machine: Machine, token: Token) -> bool:
        brought = machine.take_answer(token)
        machine.listen(token)
        if self.first is not None:
            machine.keep(machine.place(self.first, token, answered=True), brought)
        return False


class CallActivity(Node):
    """Calls another process, which runs as an instance of its own; waits until that has ended."""

    waits_as = "call"

    def enter(self, machine: Machine, token: Token) -> bool:
        drawn = self.element.setting("calledElement", "processId") or ""
        token.internal_data["wait"] = {
            "process_id": machine.text(drawn, token.id),
            "binding": self.element.setting("calledElement", "bindingType") or "latest",
            "version_tag": self.element.setting("calledElement", "versionTag"),
            "variables": self._variables(machine, token),
        }
        return False

    def _variables(self, machine: Machine, token: Token) -> dict[str, Any]:
        """What the called instance begins with: all in sight, or only what is mapped."""
        if self._flag("propagateAllParentVariables"):
            return machine.scopes.view(token.id).all()
        return machine.scopes.own(token.id)

    def accept(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """Without output mappings nothing comes back unless the drawing says so."""
        if self.element.mappings.outputs or self._flag("propagateAllChildVariables"):
            return result
        return {}

    def _flag(self, attribute: str) -> bool:
        return self.element.setting("calledElement", attribute, "true") != "false"
