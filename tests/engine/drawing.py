"""A drawing made in a few lines, for tests: elements, flows, and the XML that a modeller would save."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.dialect import Process, read
from engine.machine import Machine
from engine.scopes import Scopes

CONTAINERS = ("subProcess", "transaction", "adHocSubProcess")
BEGIN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def attributes(**values: Any) -> str:
    return "".join(f" {key}={quoteattr(str(value))}" for key, value in values.items() if value is not None)


@dataclass
class Drawn:
    id: str
    type: str
    parent: str
    inner: str = ""
    attrs: dict[str, Any] = field(default_factory=dict)


class Drawing:
    """`add` elements, `flow` between them, `xml` at the end. Definitions (messages …) are added as they are used."""

    def __init__(self, process_id: str = "p", extra: str = "") -> None:
        self.id = process_id
        self.extra = extra
        self.elements: dict[str, Drawn] = {}
        self.flows: list[tuple[str, str, str, str | None]] = []
        self.definitions: dict[str, str] = {}

    def add(
        self, kind: str, element_id: str, inner: str = "", parent: str | None = None, **attrs: Any
    ) -> str:
        self.elements[element_id] = Drawn(element_id, kind, parent or self.id, inner, attrs)
        return element_id

    def flow(self, *ids: str, condition: str | None = None) -> str:
        """Connect the elements in a row; the condition is on the first flow. Returns the first flow's id."""
        first = f"flow{len(self.flows) + 1}"
        for source, target in pairwise(ids):
            self.flows.append((f"flow{len(self.flows) + 1}", source, target, condition))
            condition = None
        return first

    def row(self, *specs: str, parent: str | None = None) -> None:
        """`start:s user:u end:e` in a row, connected."""
        ids = []
        for spec in specs:
            kind, _, element_id = spec.partition(":")
            ids.append(getattr(self, kind)(element_id, parent=parent))
        self.flow(*ids)

    # -- elements

    def start(self, i: str, event: str = "", parent: str | None = None, **a: Any) -> str:
        return self.add("startEvent", i, event, parent, **a)

    def end(self, i: str, event: str = "", parent: str | None = None) -> str:
        return self.add("endEvent", i, event, parent)

    def user(
        self, i: str, parent: str | None = None, mappings: str = "", loop: str = "", **zeebe: Any
    ) -> str:
        assigned = f"<zeebe:assignmentDefinition{attributes(**zeebe)}/>" if zeebe else ""
        return self.add("userTask", i, extension(assigned + mappings) + loop, parent)

    def service(
        self, i: str, parent: str | None = None, job: str = "work", mappings: str = "", loop: str = ""
    ) -> str:
        return self.add(
            "serviceTask",
            i,
            extension(f"<zeebe:taskDefinition type={quoteattr(job)}/>" + mappings) + loop,
            parent,
        )

    def script(self, i: str, expression: str, result: str, parent: str | None = None) -> str:
        inner = f"<zeebe:script expression={quoteattr(expression)} resultVariable={quoteattr(result)}/>"
        return self.add("scriptTask", i, extension(inner), parent)

    def rule(self, i: str, decision: str, result: str, parent: str | None = None) -> str:
        inner = f"<zeebe:calledDecision decisionId={quoteattr(decision)} resultVariable={quoteattr(result)}/>"
        return self.add("businessRuleTask", i, extension(inner), parent)

    def call(
        self, i: str, called: str, parent: str | None = None, mappings: str = "", loop: str = "", **a: Any
    ) -> str:
        inner = f"<zeebe:calledElement processId={quoteattr(called)}{attributes(**a)}/>"
        return self.add("callActivity", i, extension(inner + mappings) + loop, parent)

    def task(self, i: str, parent: str | None = None) -> str:
        return self.add("task", i, "", parent)

    def xor(self, i: str, parent: str | None = None, default: str | None = None) -> str:
        return self.add("exclusiveGateway", i, "", parent, default=default)

    def par(self, i: str, parent: str | None = None) -> str:
        return self.add("parallelGateway", i, "", parent)

    def inclusive(self, i: str, parent: str | None = None) -> str:
        return self.add("inclusiveGateway", i, "", parent)

    def race(self, i: str, parent: str | None = None) -> str:
        return self.add("eventBasedGateway", i, "", parent)

    def catch(self, i: str, event: str, parent: str | None = None, mappings: str = "") -> str:
        return self.add("intermediateCatchEvent", i, extension(mappings) + event, parent)

    def throw(self, i: str, event: str = "", parent: str | None = None) -> str:
        return self.add("intermediateThrowEvent", i, event, parent)

    def boundary(
        self, i: str, host: str, event: str, interrupting: bool = True, parent: str | None = None
    ) -> str:
        cancel = "true" if interrupting else "false"
        return self.add("boundaryEvent", i, event, parent, attachedToRef=host, cancelActivity=cancel)

    def sub(
        self, i: str, parent: str | None = None, mappings: str = "", loop: str = "", on_event: bool = False
    ) -> str:
        return self.add(
            "subProcess", i, extension(mappings) + loop, parent, triggeredByEvent="true" if on_event else None
        )

    # -- events

    def timer(self, text: str, kind: str = "timeDuration") -> str:
        return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"

    def message(self, name: str, key: str | None = '="k"') -> str:
        subscription = f"<zeebe:subscription{attributes(correlationKey=key)}/>" if key else ""
        self.definitions[f"m_{name}"] = (
            f'<message id="m_{name}" name="{name}">{extension(subscription)}</message>'
        )
        return f'<messageEventDefinition messageRef="m_{name}"/>'

    def error(self, code: str | None = None) -> str:
        if code is None:
            return "<errorEventDefinition/>"
        self.definitions[f"e_{code}"] = f'<error id="e_{code}" name="{code}" errorCode="{code}"/>'
        return f'<errorEventDefinition errorRef="e_{code}"/>'

    def escalation(self, code: str | None = None) -> str:
        if code is None:
            return "<escalationEventDefinition/>"
        self.definitions[f"x_{code}"] = f'<escalation id="x_{code}" name="{code}" escalationCode="{code}"/>'
        return f'<escalationEventDefinition escalationRef="x_{code}"/>'

    def signal(self, name: str) -> str:
        self.definitions[f"g_{name}"] = f'<signal id="g_{name}" name="{name}"/>'
        return f'<signalEventDefinition signalRef="g_{name}"/>'

    def condition(self, expression: str) -> str:
        return f"<conditionalEventDefinition><condition>={escape(expression)}</condition></conditionalEventDefinition>"

    def undo(self, host: str, by: str, parent: str | None = None) -> str:
        """A compensation event on `host`, and the task `by` that it leads to; returns the event's id."""
        event = self.boundary(f"{host}_undo", host, "<compensateEventDefinition/>", parent=parent)
        self.add("userTask", by, "", parent, isForCompensation="true")
        self.extra += f'<association id="{host}_by" sourceRef="{event}" targetRef="{by}"/>'
        return event

    # -- XML

    def xml(self) -> bytes:
        text = (
            '<?xml version="1.0" encoding="UTF-8"?><definitions '
            'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
            'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
            f'id="d" targetNamespace="t">{"".join(self.definitions.values())}'
            f'<process id="{self.id}" isExecutable="true">{self.extra}{self._inside(self.id)}</process></definitions>'
        )
        return text.encode()

    def _inside(self, parent: str) -> str:
        parts = []
        for e in self.elements.values():
            if e.parent == parent:
                inner = e.inner + (self._inside(e.id) if e.type in CONTAINERS else "")
                parts.append(f"<{e.type}{attributes(id=e.id, **e.attrs)}>{inner}</{e.type}>")
        for flow_id, source, target, condition in self.flows:
            if self.elements[source].parent == parent:
                when = (
                    f"<conditionExpression>{escape('=' + condition)}</conditionExpression>"
                    if condition
                    else ""
                )
                ends = attributes(id=flow_id, sourceRef=source, targetRef=target)
                parts.append(f"<sequenceFlow{ends}>{when}</sequenceFlow>")
        return "".join(parts)

    def process(self) -> Process:
        """The process, read; fails if anything refuses it."""
        reading = read(f"{self.id}.bpmn", self.xml())
        assert reading.works, [f"{f.element_id}: {f.text}" for f in reading.findings]
        return reading.processes[self.id]


def extension(inner: str) -> str:
    return f"<extensionElements>{inner}</extensionElements>" if inner else ""


def mapped(inputs: Mapping[str, str] | None = None, outputs: Mapping[str, str] | None = None) -> str:
    parts = [f"<zeebe:input{attributes(source=s, target=t)}/>" for t, s in (inputs or {}).items()]
    parts += [f"<zeebe:output{attributes(source=s, target=t)}/>" for t, s in (outputs or {}).items()]
    return f"<zeebe:ioMapping>{''.join(parts)}</zeebe:ioMapping>"


def each(collection: str, element: str = "item", into: str | None = None, made: str | None = None) -> str:
    zeebe = attributes(
        inputCollection=collection, inputElement=element, outputCollection=into, outputElement=made
    )
    return (
        "<multiInstanceLoopCharacteristics>"
        + extension(f"<zeebe:loopCharacteristics{zeebe}/>")
        + "</multiInstanceLoopCharacteristics>"
    )


class World:
    """A host for tests: a clock that is moved, the few expressions that tests draw, operations as given."""

    def __init__(self, **operations: Any) -> None:
        self.time = BEGIN
        self.operations = operations
        self.asked: list[str] = []
        self.signals: list[tuple[str, dict[str, Any]]] = []

    def now(self) -> datetime:
        return self.time

    def pass_time(self, **length: float) -> None:
        self.time += timedelta(**length)

    def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        """A JSON literal, a name, a path, or `left = right` of these."""
        self.asked.append(expression)
        if match := re.fullmatch(r"(.+?) = (.+)", expression):
            return self.evaluate(match[1], names) == self.evaluate(match[2], names)
        try:
            return json.loads(expression)
        except ValueError:
            name, *path = expression.split(".")
            value = names[name]
            for part in path:
                value = value[part]
            return value

    def decide(self, decision_id: str, binding: str, tag: str | None, names: Mapping[str, Any]) -> Any:
        return SimpleNamespace(output=self.operations[decision_id](names), matched=["row"])

    def operate(
        self, element_id: str, task_type: str, inputs: dict[str, Any], headers: dict[str, str]
    ) -> Mapping[str, Any] | None:
        operation = self.operations.get(task_type)
        return operation(inputs) if operation else None

    def signal(self, name: str, variables: Mapping[str, Any]) -> None:
        self.signals.append((name, dict(variables)))


class Case:
    """An instance that is stored (as JSON text) and loaded again before each thing that happens to it."""

    def __init__(
        self, process: Process, world: World | None = None, at: str | None = None, **variables: Any
    ) -> None:
        self.process = process
        self.world = world or World()
        self.variables: dict[str, dict[str, Any]] = {"0": {}}
        self.loads: list[tuple[str, Any]] = []
        self.changes: list[Any] = []
        scopes = Scopes()
        scopes.update(variables)
        self._go(Machine.start(process, self.world, scopes, at), lambda machine: None)

    def _load(self, scope: str, names: set[str] | None) -> dict[str, Any]:
        self.loads.append((scope, names))
        held = self.variables.get(scope, {})
        return {k: json.loads(v) for k, v in held.items() if names is None or k in names}

    def _go(self, machine: Machine, act: Any) -> Any:
        given = act(machine)
        machine.run()
        self.machine = machine
        self.changes += machine.changes
        for scope, name, value in machine.scopes.changed:
            self.variables.setdefault(scope, {})[name] = json.dumps(value)
        for scope in machine.scopes.dropped:
            self.variables.pop(scope, None)
        self.stored = json.dumps(machine.dump())
        return given

    def step(self, act: Any) -> Any:
        """Load, act, run, store."""
        return self._go(
            Machine.load(self.process, self.world, Scopes(self._load), json.loads(self.stored)), act
        )

    def tokens(self, element_id: str, kind: str | None = None) -> list[str]:
        waits = self.machine.waits()
        return [w.token for w in waits if w.element_id == element_id and kind in (None, w.kind)]

    def happen(self, kind: str, token: str, result: Mapping[str, Any]) -> None:
        """What a wait of that kind waits for."""
        if kind == "timer":
            self.step(lambda m: m.fire(token))
        elif kind in ("message", "signal"):
            self.step(lambda m: m.deliver(token, result))
        else:
            self.step(lambda m: m.complete(token, result))

    def complete(self, element_id: str, nth: int = 0, **result: Any) -> None:
        token = self.tokens(element_id)[nth]
        self.step(lambda m: m.complete(token, result))

    def fire(self, element_id: str, nth: int = 0) -> None:
        token = self.tokens(element_id, "timer")[nth]
        self.step(lambda m: m.fire(token))

    def deliver(self, element_id: str, nth: int = 0, **variables: Any) -> None:
        token = self.tokens(element_id, "message")[nth]
        self.step(lambda m: m.deliver(token, variables))

    def hear(self, name: str, **variables: Any) -> bool:
        heard: bool = self.step(lambda m: m.hear(name, variables))
        return heard

    @property
    def waiting(self) -> list[str]:
        """The ids of the elements where something waits, sorted."""
        return sorted(w.element_id for w in self.machine.waits())

    @property
    def ended(self) -> str | None:
        return self.machine.ended

    def value(self, name: str, scope: str = "0") -> Any:
        return json.loads(self.variables[scope][name])

    @property
    def root(self) -> dict[str, Any]:
        return {k: json.loads(v) for k, v in self.variables["0"].items()}
