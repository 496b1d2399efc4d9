"""Events: start, end, intermediate and boundary; timers, messages, errors, escalations, terminate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.dialect import timers
from engine.dialect.failures import DrawingFailed
from engine.dialect.model import Event
from engine.dialect.node import Container, Node, ProcessSpec, Token

if TYPE_CHECKING:
    from engine.machine import Machine


class Catching(Node):
    """An event that waits for something: its token is armed, then caught."""

    def __init__(self, wf_spec: ProcessSpec, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        event = self.element.event
        self.waits_as = event.kind if event and event.kind in ("timer", "message") else None

    @property
    def event(self) -> Event:
        """What it waits for; only asked of events that wait for something."""
        event = self.element.event
        if event is None:
            raise TypeError(self.name)
        return event

    def arm(self, machine: Machine, token: Token, scope: str) -> None:
        """Set the timer or subscribe to the message; expressions are evaluated in `scope`."""
        if self.event.kind == "timer":
            self._note(token, self._schedule(machine, scope))
            token.internal_data["wait"] = {}
        else:
            token.internal_data["wait"] = self._subscription(machine, scope)

    def caught(self, machine: Machine, token: Token, variables: Mapping[str, Any]) -> None:
        """What an armed token waited for has come."""
        raise NotImplementedError

    def trigger(self, machine: Machine, at: Token, variables: Mapping[str, Any]) -> None:
        """The event happens at `at`: the activity that it is on, or the scope whose event subprocess it starts."""
        raise NotImplementedError

    def rearm(self, machine: Machine, token: Token) -> None:
        """After a firing that interrupts nothing: messages may come again, timers as often as drawn."""
        if self.event.kind != "timer":
            return
        note = token.internal_data
        following = timers.following(datetime.fromisoformat(note["due"]), note.get("every"), note.get("left"))
        if following is None:
            machine.forget(token)
        else:
            self._note(token, following)
            note["wait"] = {}

    def _schedule(self, machine: Machine, scope: str) -> timers.Schedule:
        value = machine.evaluate(self.event.value or "", scope)
        try:
            return timers.schedule(self.event.timer_kind or "", str(value), machine.host.now())
        except ValueError as error:
            raise DrawingFailed("bad_timer", setting=self.event.value) from error

    @staticmethod
    def _note(token: Token, schedule: timers.Schedule) -> None:
        token.internal_data["due"] = schedule.due.isoformat()
        if schedule.every is not None:
            token.internal_data["every"] = schedule.every
            token.internal_data["left"] = schedule.left

    def _subscription(self, machine: Machine, scope: str) -> dict[str, str]:
        name = machine.text(self.event.name or "", scope)
        key = machine.evaluate(self.event.correlation_key or "", scope)
        if key is None or isinstance(key, (list, dict)):
            raise DrawingFailed("no_correlation_key", setting=name, value=key)
        return {"name": name, "correlation_key": str(key)}


class StartEvent(Catching):
    """Where a process, a subprocess or an event subprocess begins.

    That of an event subprocess listens in the scope around it; its own spec `inside` is entered when it is caught.
    """

    inside: Container | None = None

    def caught(self, machine: Machine, token: Token, variables: Mapping[str, Any]) -> None:
        scope = token.parent
        if not self.element.interrupting:
            self.rearm(machine, token)
        self.trigger(machine, scope, variables)

    def trigger(self, machine: Machine, at: Token, variables: Mapping[str, Any]) -> None:
        if self.inside is None:
            raise TypeError(self.name)
        if self.element.interrupting:
            for child in at.children:
                machine.remove(child)
            at.internal_data["interrupted"] = True
        machine.keep(machine.place(self.inside, at), variables)


class IntermediateCatch(Catching):
    """A timer or message in the middle of a flow, also after an event-based gateway; a link's other end waits for nothing."""

    def enter(self, machine: Machine, token: Token) -> bool:
        if self.event.kind == "link":
            return True
        self.arm(machine, token, token.id)
        return False

    def caught(self, machine: Machine, token: Token, variables: Mapping[str, Any]) -> None:
        race = token.internal_data.pop("race", None)
        if race is not None:
            for other in token.parent.children:
                if other.internal_data.get("race") == race:
                    machine.remove(other)
        machine.answer(token, variables)


class ReceiveTask(IntermediateCatch):
    """A task that waits for a message."""


class BoundaryEvent(Catching):
    """An event on an activity's boundary; interrupting, it ends the activity."""

    def caught(self, machine: Machine, token: Token, variables: Mapping[str, Any]) -> None:
        host = machine.tree.tasks[token.internal_data["host"]]
        if not self.element.interrupting:
            self.rearm(machine, token)
        self.trigger(machine, host, variables)

    def trigger(self, machine: Machine, at: Token, variables: Mapping[str, Any]) -> None:
        scope = at.parent
        if self.element.interrupting:
            machine.remove(at)
        machine.keep(machine.place(self, scope, answered=True), variables)


class Throw(Node):
    """An intermediate throw event: nothing, a link, or an escalation."""

    def enter(self, machine: Machine, token: Token) -> bool:
        event = self.element.event
        if event is not None and event.kind != "link":
            machine.throw_from(event.kind, token, event)
        return True


class EndEvent(Throw):
    """The end of a path: nothing, an error, an escalation, or the end of all paths in its scope."""

    def enter(self, machine: Machine, token: Token) -> bool:
        event = self.element.event
        if event is None or event.kind != "terminate":
            return super().enter(machine, token)
        for other in token.parent.children:
            if other is not token:
                machine.remove(other)
        return True
