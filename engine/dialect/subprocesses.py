"""Scopes in a process: embedded subprocess, event subprocess; and the call of another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.dialect.failures import DrawingFailed
from engine.dialect.node import Container, Node, Token, busy, holds

if TYPE_CHECKING:
    from engine.machine import Machine


class ProcessScope(Container):
    """The process itself: the scope that everything lies in."""


class Subprocess(Container):
    """An embedded subprocess. Its local variables end with it; output mappings carry out what shall stay."""


class AdHocSubprocess(Container):
    """A subprocess without an order: what its collection names is begun when it is entered, all else is left undone.

    It ends when that is over, or when its completion condition holds as one of the paths in it ends.
    """

    def enter(self, machine: Machine, token: Token) -> bool:
        if "start" in token.internal_data:
            return super().enter(machine, token)
        machine.listen(token)
        drawn = self.element.setting("adHoc", "activeElementsCollection") or ""
        wanted = machine.evaluate(drawn, token.id)
        if not isinstance(wanted, list) or not all(isinstance(each, str) for each in wanted):
            raise DrawingFailed("not_texts", setting=drawn, value=wanted)
        for each in wanted:
            if not self._may_begin(machine, each):
                raise DrawingFailed("not_in_ad_hoc", setting=each)
        for each in wanted:
            machine.place(machine.spec_of(each), token)
        return not wanted

    def _may_begin(self, machine: Machine, element_id: str) -> bool:
        element = machine.process.elements.get(element_id)
        return (
            element is not None
            and element.parent == self.bpmn_id
            and not (
                element.incoming or element.attached_to or element.compensates or element.triggered_by_event
            )
        )

    def child_gone(self, machine: Machine, scope: Token, end: str) -> None:
        condition = self.element.setting("adHoc", "completionCondition")
        if condition and holds(machine, condition.removeprefix("=").strip(), scope.id):
            for other in busy(scope):
                machine.remove(other)
        super().child_gone(machine, scope, end)


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
