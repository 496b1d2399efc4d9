"""What the new drawing wants of an instance beside its tokens: subscriptions, joins that are complete, tasks' settings.

Called once the machine was loaded with the moved tokens, before it runs. What an element has in both drawings is kept as it
is (a timer's due moment, how often it may still fire); what only the new drawing has begins now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.dialect.events import Catching
from engine.dialect.gateways import InclusiveGateway, ParallelGateway
from engine.dialect.model import Element, Process
from engine.dialect.node import Container, Token
from engine.dialect.tasks import UserTask
from engine.dialect.work import ServiceTask
from engine.machine import Machine
from engine.migration.mapping import Mapping


@dataclass(frozen=True)
class Anew:
    """Tokens whose wait began anew: what to subscribe to again, user tasks with what they now ask, jobs by their new type."""

    subscriptions: set[str]
    tasks: dict[str, dict[str, Any]]
    jobs: dict[str, str]


def reconcile(machine: Machine, old: Process, mapping: Mapping, served: Callable[[str], bool]) -> Anew:
    """Bring the machine's tokens in line with its drawing. DrawingFailed, FeelError where a setting cannot be evaluated."""
    return _Reconciliation(machine, old, mapping, served).done()


class _Reconciliation:
    def __init__(
        self, machine: Machine, old: Process, mapping: Mapping, served: Callable[[str], bool]
    ) -> None:
        self.machine, self.old, self.mapping, self.served = machine, old, mapping, served
        self.before = {new: old.elements[id] for id, new in mapping.elements.items() if id in old.elements}
        self.anew = Anew(set(), {}, {})

    def done(self) -> Anew:
        tokens = list(self.machine.tree.tasks.values())
        for token in tokens:
            self._entered(token)
            self._waiting(token)
        for token in tokens:
            if token.id in self.machine.tree.tasks and token.state == TaskState.STARTED:
                self._subscribe(token)
        self._race()
        self._join()
        return self.anew

    def _entered(self, token: Token) -> None:
        """What no element became was not there before: a box that is drawn around what is."""
        if token.task_spec.bpmn_id not in self.before and token is not self.machine.tree.task_tree:
            self.machine.tell("entered", token)

    # -- what waits already

    def _waiting(self, token: Token) -> None:
        spec, before = token.task_spec, self.before.get(token.task_spec.bpmn_id)
        if before is None or token.state == TaskState.READY:
            return
        if isinstance(spec, Catching) and spec.waits_as:
            self._event(token, before)
        elif isinstance(spec, UserTask) and _settings(before) != _settings(spec.element):
            spec.enter(self.machine, token)
            self.anew.tasks[token.id] = token.internal_data.pop("wait")
        elif isinstance(spec, ServiceTask) and token.state == TaskState.STARTED:
            self._job(token, before)

    def _event(self, token: Token, before: Element) -> None:
        """A timer goes on unless it shall begin anew; what is drawn differently is subscribed to again; a condition is looked at."""
        spec, event, drawn = token.task_spec, token.task_spec.event, before.event
        if event.kind == "conditional":
            self.machine.doubtful = True
        elif event.kind == "timer":
            if before.id in self.mapping.anew:
                spec.arm(self.machine, token, spec.scope_of(token))
        elif drawn is None or (drawn.name, drawn.correlation_key) != (event.name, event.correlation_key):
            spec.arm(self.machine, token, spec.scope_of(token))
            self.anew.subscriptions.add(token.id)

    def _job(self, token: Token, before: Element) -> None:
        """A job of another type is offered as such; where the program serves that type itself, the element begins again."""
        drawn = token.task_spec.element.setting("taskDefinition", "type") or ""
        if drawn == before.setting("taskDefinition", "type"):
            return
        task_type = self.machine.text(drawn, token.id)
        if not self.served(task_type):
            self.anew.jobs[token.id] = task_type
            return
        for other in list(token.parent.children):
            if other.internal_data.get("host") == token.id:
                self.machine.forget(other)
        token._set_state(TaskState.READY)
        self.machine.queue.append(token)

    # -- what the new drawing adds

    def _subscribe(self, token: Token) -> None:
        spec, machine = token.task_spec, self.machine
        for event in self._new(spec.boundaries, spec.bpmn_id):
            event.arm(machine, machine.park(event, token.parent, host=token.id), token.id)
        if isinstance(spec, Container) and not token.internal_data.get("interrupted"):
            for start in self._new(spec.listeners, spec.bpmn_id):
                start.arm(machine, machine.park(start, token, listens=True), token.id)

    def _new(self, events: Collection[Catching], around: str) -> Iterator[Catching]:
        """Those that wait for something and that were not on the same activity, or in the same scope, before."""
        for event in events:
            if event.waits_as is None:
                continue
            before = self.before.get(event.bpmn_id)
            if before is None or self._around(before) != around:
                yield event

    def _around(self, before: Element) -> str | None:
        at = before.attached_to
        if at is None:  # the start of an event subprocess, which lies in the scope that listens
            holder = self.old.elements.get(before.parent)
            at = None if holder is None else holder.parent
        return self.machine.process.id if at == self.old.id else self.mapping.elements.get(at or "")

    def _race(self) -> None:
        """A race gets the ways that the new drawing adds."""
        races: dict[str, list[Token]] = {}
        for token in self.machine.tree.tasks.values():
            if race := token.internal_data.get("race"):
                races.setdefault(race, []).append(token)
        flows, elements = self.machine.process.flows, self.machine.process.elements
        for race, tokens in races.items():
            there = {token.task_spec.bpmn_id for token in tokens}
            gates = {flows[f].source for id in there for f in elements[id].incoming}
            for gate in (g for g in gates if elements[g].type == "eventBasedGateway"):
                for way in self.machine.spec_of(gate).leaving:
                    if way.target.bpmn_id not in there | self.before.keys():
                        self.machine.place(way.target, tokens[0].parent, via=way.flow.id, race=race)

    def _join(self) -> None:
        """Arrivals for which the new drawing's join waits no longer go on. (Inclusive joins settle by themselves.)"""
        arrivals = [
            t
            for t in self.machine.tree.tasks.values()
            if t.state == TaskState.WAITING and "via" in t.internal_data
        ]
        for token in arrivals:
            spec = token.task_spec
            if token.id not in self.machine.tree.tasks or "host" in token.internal_data:
                continue
            if not isinstance(spec, ParallelGateway | InclusiveGateway):
                continue
            if len(spec.arriving) < 2 or (isinstance(spec, ParallelGateway) and _complete(token)):
                flow = self.machine.process.flows[token.internal_data["via"]]
                self.machine.forget(token)
                spec.arrive(self.machine, flow, token.parent)


def _complete(token: Token) -> bool:
    here = [
        t for t in token.parent.children if t.task_spec is token.task_spec and t.state == TaskState.WAITING
    ]
    return set(token.task_spec.arriving) <= {t.internal_data["via"] for t in here}


def _settings(element: Element) -> list[Any]:
    return [
        element.zeebe.get(name) for name in ("assignmentDefinition", "priorityDefinition", "taskSchedule")
    ]
