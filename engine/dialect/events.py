"""Events: start, end, intermediate and boundary; what is waited for, what is thrown, what is undone."""

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

AWAITED = ("timer", "message", "signal", "conditional")
"""The kinds of event that are waited for."""


class Catching(Node):
    """An event that waits for something: its token is armed, then caught."""

    def __init__(self, wf_spec: ProcessSpec, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        event = self.element.event
        self.waits_as = event.kind if event and event.kind in AWAITED else None

    @property
    def event(self) -> Event:
        """What it waits for; only asked of events that wait for something."""
        event = self.element.event
        if event is None:
            raise TypeError(self.name)
        return event

    def arm(self, machine: Machine, token: Token, scope: str) -> None:
        """Set the timer, or subscribe to the message or signal; expressions are evaluated in `scope`."""
        wait: dict[str, str] = {}
        if self.event.kind == "timer":
            self._note(token, self._schedule(machine, scope))
        elif self.event.kind == "message":
            wait = self._subscription(machine, scope)
        elif self.event.kind == "signal":
            wait = {"name": machine.text(self.event.name or "", scope)}
        else:
            machine.doubtful = True
        token.internal_data["wait"] = wait

    def scope_of(self, token: Token) -> str:
        """Where the expressions of an armed token are evaluated."""
        return str(token.id)

    def is_true(self, machine: Machine, token: Token) -> bool:
        """Whether the condition of an armed conditional event has just become true. What does not exist yet is not true."""
        expression = (self.event.value or "").removeprefix("=").strip()
        before = token.internal_data.pop("held", False)
        try:
            value = machine.feel(expression, self.scope_of(token))
        except Exception as error:
            if not isinstance(error, KeyError) and getattr(error, "kind", None) != "unknown_name":
                raise
            value = None
        if value is not None and not isinstance(value, bool):
            raise DrawingFailed("not_boolean", setting=expression, value=value)
        if value:
            token.internal_data["held"] = True
        return bool(value) and not before

    def caught(self, machine: Machine, token: Token, variables: Mapping[str, Any]) -> None:
        """What an armed token waited for has come."""
        raise NotImplementedError

    def trigger(self, machine: Machine, at: Token, variables: Mapping[str, Any]) -> None:
        """The event happens at `at`: the activity that it is on, or the scope whose event subprocess it starts."""
        raise NotImplementedError

    def rearm(self, machine: Machine, token: Token) -> None:
        """After a firing that interrupts nothing: all may come again, timers as often as drawn."""
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

    def scope_of(self, token: Token) -> str:
        return str(token.parent.id)

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
                if "undo" not in child.internal_data:
                    machine.remove(child)
            at.internal_data["interrupted"] = True
        machine.keep(machine.place(self.inside, at), variables)


class IntermediateCatch(Catching):
    """Something waited for in the middle of a flow, also after an event-based gateway; a link's other end waits for nothing."""

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
    """An event on an activity's boundary; interrupting, it ends the activity. `handler`: what undoes the activity."""

    handler: Node | None = None

    def scope_of(self, token: Token) -> str:
        return str(token.internal_data["host"])

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
    """An intermediate throw event: nothing, a link, an escalation, a signal, or that something be undone."""

    def enter(self, machine: Machine, token: Token) -> bool:
        event = self.element.event
        if event is None or event.kind == "link":
            return True
        if event.kind == "compensate":
            return not machine.undo_next(token)
        if event.kind == "signal":
            name = machine.text(event.name or "", token.id)
            machine.throw_signal(name, machine.scopes.own(token.id))
        else:
            machine.throw_from(event.kind, token, event)
        return True


class EndEvent(Throw):
    """The end of a path, with what it throws; or the end of all paths in its scope: a transaction's cancel undoes it too."""

    def enter(self, machine: Machine, token: Token) -> bool:
        kind = self.element.event.kind if self.element.event else None
        if kind not in ("terminate", "cancel"):
            return super().enter(machine, token)
        for other in token.parent.children:
            if other is not token and (kind == "terminate" or "undo" not in other.internal_data):
                machine.remove(other)
        if kind == "cancel":
            if machine.undo_next(token):
                return False
            self._give_up(machine, token)
        return True

    def finish(self, machine: Machine, token: Token, result: Mapping[str, Any]) -> None:
        if self.element.event is not None and self.element.event.kind == "cancel":
            self._give_up(machine, token)
        else:
            super().finish(machine, token, result)

    @staticmethod
    def _give_up(machine: Machine, token: Token) -> None:
        """All is undone: the transaction is left by its cancel event."""
        for event in token.parent.task_spec.boundaries:
            if event.element.event.kind == "cancel":
                event.trigger(machine, token.parent, {})
                return
