"""What a drawing says, as plain data: processes, elements, flows. Made by the reader, used by everybody else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.findings import Finding

if TYPE_CHECKING:
    from engine.dialect.node import ProcessSpec


@dataclass(slots=True)
class Mappings:
    """`zeebe:ioMapping`: (target name, expression or text) pairs, in the order drawn."""

    inputs: list[tuple[str, str]] = field(default_factory=list)
    outputs: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Loop:
    """An activity that is done several times.

    `bpmn:multiInstanceLoopCharacteristics` (with `zeebe:loopCharacteristics`): once for each item of `input_collection`,
    or `cardinality` times. `bpmn:standardLoopCharacteristics` (`repeats`): one after the other while `again` is true, at
    most `most` times; `tests_first`: not even once where it is false. All expressions have their `=`.
    """

    sequential: bool
    input_collection: str | None = None
    input_element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    completion_condition: str | None = None
    cardinality: str | None = None
    repeats: bool = False
    again: str | None = None
    most: str | None = None
    tests_first: bool = False


@dataclass(slots=True)
class Event:
    """One event definition of an element.

    `kind`: timer, message, signal, conditional, error, escalation, compensate, cancel, terminate, link, or what else BPMN
    has (refused). `reference` is the drawn id of the message, signal, error, escalation or (compensate) activity; `name`
    the message's or signal's name, or the code (None: any). `timer_kind`: date, duration or cycle; `value` its expression
    (`=…`) or ISO 8601 text; of a conditional event its condition.
    """

    kind: str
    reference: str | None = None
    name: str | None = None
    correlation_key: str | None = None
    timer_kind: str | None = None
    value: str | None = None
    resolved: bool = True


@dataclass(slots=True)
class Element:
    """One element of a process as drawn. `type` is BPMN's local name (`userTask`, `exclusiveGateway` …).

    `parent` is the id of the subprocess or process that contains it; `incoming` and `outgoing` are flow ids in drawn
    order; `zeebe` holds the attributes of its Zeebe extension elements by their local name.
    `compensates`: it undoes something; `handler`: what undoes the activity that this boundary event is on. `linked`: a link event that has found its other end.
    """

    id: str
    name: str | None
    type: str
    parent: str
    lane: str | None = None
    documentation: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    zeebe: dict[str, dict[str, str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    mappings: Mappings = field(default_factory=Mappings)
    events: list[Event] = field(default_factory=list)
    loop: Loop | None = None
    default_flow: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    triggered_by_event: bool = False
    compensates: bool = False
    handler: str | None = None
    linked: bool = False
    incoming: list[str] = field(default_factory=list)
    outgoing: list[str] = field(default_factory=list)
    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None

    @property
    def clause(self) -> list[str]:
        """Ids of the document's clauses that this element carries."""
        return [part.strip() for part in self.properties.get("clause", "").split(",") if part.strip()]

    @property
    def form_id(self) -> str | None:
        """The form that a user task or start event asks with."""
        return self.zeebe.get("formDefinition", {}).get("formId")

    @property
    def event(self) -> Event | None:
        """The element's event definition; None for a plain event and for what is no event."""
        return self.events[0] if self.events else None

    def setting(self, extension: str, attribute: str, default: str | None = None) -> str | None:
        """An attribute of a Zeebe extension element; empty text counts as absent."""
        return self.zeebe.get(extension, {}).get(attribute) or default


@dataclass(slots=True)
class Flow:
    """A sequence flow. `condition` is FEEL without its `=`, None when there is none; `is_feel`: the `=` was there."""

    id: str
    name: str | None
    source: str
    target: str
    condition: str | None = None
    is_feel: bool = True


@dataclass(frozen=True, slots=True)
class StartEvent:
    """A way to start the process. `kind`: none, timer or message; `event` says when or by which message."""

    element_id: str
    kind: str
    event: Event | None = None


@dataclass(slots=True)
class References:
    """What a process needs from elsewhere: form ids, decision ids, process ids, job types, message names."""

    forms: set[str] = field(default_factory=set)
    decisions: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    job_types: set[str] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Process:
    """One process of a drawing, ready to run. `spec` is SpiffWorkflow's, built once and shared by all its cases.

    `attributes` are the process's `attribute.*` properties: name → FEEL expression without `=`.
    `error_codes` are the BPMN error codes that the drawing names. `foreign`: it was not drawn in our dialect.
    """

    id: str
    name: str
    file: str
    spec: ProcessSpec
    elements: dict[str, Element]
    flows: dict[str, Flow]
    starts: list[StartEvent]
    references: References
    properties: dict[str, str] = field(default_factory=dict)
    error_codes: set[str] = field(default_factory=set)
    documentation: str | None = None
    foreign: bool = False

    @property
    def attributes(self) -> dict[str, str]:
        """Worklist attributes: name → FEEL expression."""
        prefix = "attribute."
        return {
            key.removeprefix(prefix): value.removeprefix("=").strip()
            for key, value in self.properties.items()
            if key.startswith(prefix)
        }

    @property
    def starters(self) -> tuple[str, ...] | None:
        """The groups that may start it by hand (`start.groups`); None where the drawing does not say."""
        said = self.properties.get("start.groups")
        return None if said is None else tuple(part.strip() for part in said.split(",") if part.strip())

    @property
    def clause(self) -> list[str]:
        """Ids of the clauses that the process as a whole carries."""
        return [part.strip() for part in self.properties.get("clause", "").split(",") if part.strip()]

    def named(self, element_id: str) -> str:
        """An element's name as people read it, its id when it has none."""
        element = self.elements.get(element_id)
        return (element.name if element else None) or element_id


@dataclass(slots=True)
class Reading:
    """What came of reading one file: the processes that can run, and everything that was found."""

    processes: dict[str, Process]
    findings: list[Finding]

    @property
    def works(self) -> bool:
        """Whether the file can be deployed."""
        return not any(f.severity == "error" for f in self.findings)
