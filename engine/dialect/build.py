"""From plain elements to SpiffWorkflow's specs, by its parser's own classes.

`Drawing`, `ProcessReader` and `ElementParser` take the places of BpmnParser, ProcessParser and TaskParser. The stock
ones follow the flows recursively (a long process ends in a RecursionError), give each subprocess a spec of its own and
read Python; these make one spec an element, then connect them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from engine import direct
from engine.dialect.events import BoundaryEvent, EndEvent, IntermediateCatch, ReceiveTask, StartEvent, Throw
from engine.dialect.gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from engine.dialect.loops import MEMBER, MultiInstance, StandardLoop
from engine.dialect.model import Element, Flow
from engine.dialect.node import Container, Node, ProcessSpec, Way
from engine.dialect.outline import ProcessOutline
from engine.dialect.subprocesses import (
    AdHocSubprocess,
    CallActivity,
    EventSubprocess,
    ProcessScope,
    Subprocess,
)
from engine.dialect.tasks import UserTask
from engine.dialect.ways import chooses
from engine.dialect.work import RuleTask, ScriptTask, ServiceTask

SPECS: dict[str, type[Node]] = {
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": IntermediateCatch,
    "intermediateThrowEvent": Throw,
    "boundaryEvent": BoundaryEvent,
    "task": Node,
    "manualTask": Node,
    "userTask": UserTask,
    "serviceTask": ServiceTask,
    "sendTask": ServiceTask,
    "receiveTask": ReceiveTask,
    "scriptTask": ScriptTask,
    "businessRuleTask": RuleTask,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "eventBasedGateway": EventBasedGateway,
    "subProcess": Subprocess,
    "transaction": Subprocess,
    "adHocSubProcess": AdHocSubprocess,
    "callActivity": CallActivity,
}
"""BPMN's name of an element → what runs it. What is not here is refused."""


THROWS = ("intermediateThrowEvent", "endEvent")


def spec_class(element: Element) -> type[Node]:
    """What runs this element. A job type makes any task a service task, as in Zeebe."""
    if element.triggered_by_event:
        return EventSubprocess
    if element.event and element.event.kind == "message" and element.type in THROWS:
        return ServiceTask
    if element.type in ("scriptTask", "businessRuleTask") and "taskDefinition" in element.zeebe:
        return ServiceTask
    return SPECS[element.type]


class ElementParser(TaskParser):  # type: ignore[misc]
    """Makes the spec of one element: a multi-instance gets two, its body and its member."""

    def parse_node(self) -> Node:
        element: Element = self.process_parser.outline.elements[self.bpmn_id]
        made = spec_class(element)
        attributes = self.bpmn_attributes
        if element.loop is None:
            return made(self.spec, element.id, element=element, **attributes)
        member = made(self.spec, element.id + MEMBER, element=element, **attributes)
        body = StandardLoop if element.loop.repeats else MultiInstance
        return body(
            self.spec, element.id, element=element, loop=element.loop, member=member, **attributes
        )  # fmt: skip

    def parse_incoming_data_references(self) -> list[Any]:
        """Data objects are remarks on the drawing; data goes by mappings."""
        return []

    def parse_outgoing_data_references(self) -> list[Any]:
        """As above."""
        return []


class ProcessReader(ProcessParser):  # type: ignore[misc]
    """Makes the spec of one process."""

    outline: ProcessOutline

    def create_spec(self) -> ProcessSpec:
        return ProcessSpec(name=self.bpmn_id, description=self.get_name(), filename=self.filename)

    def _parse(self) -> None:
        self.outline = self.parser.outlines[self.bpmn_id]
        self.spec = self.create_spec()
        self.spec.start = ProcessScope(self.spec, self.bpmn_id, element=self.outline.element)
        for element in self.outline.elements.values():
            self.parse_node(self.outline.nodes[element.id])
        for element in self.outline.elements.values():
            self._nest(element)
        for drawn in self.outline.flows.values():
            flow = drawn if self._may_close(drawn) else replace(drawn, condition=None)
            source, target = self._activity(flow.source), self.spec.task_specs[flow.target]
            source.connect(target)
            source.leaving.append(Way(flow, target))
            target.arriving.append(flow.id)
            if flow.condition:
                source.conditions_read |= direct.words([flow.condition])
        for spec in self.spec.task_specs.values():
            self.spec.conditionals |= getattr(spec, "waits_as", None) == "conditional"
            if isinstance(spec, InclusiveGateway) and len(spec.arriving) > 1:
                self.spec.inclusive_joins = True
                spec.upstream = self.outline.upstream(spec.bpmn_id)

    def _may_close(self, flow: Flow) -> bool:
        """Whether a condition on the flow counts: where it starts at a gateway or activity that chooses."""
        source = self.outline.elements[flow.source]
        return source.type == "exclusiveGateway" or chooses(source)

    def _activity(self, element_id: str) -> Node:
        """The spec that flows and boundary events are on: a multi-instance's body."""
        spec: Node = self.spec.task_specs[element_id]
        return spec

    def _scope(self, element_id: str) -> Container:
        """The spec that elements lie in: a multi-instance's member."""
        spec: Container = self.spec.task_specs.get(element_id + MEMBER) or self.spec.task_specs[element_id]
        return spec

    def _nest(self, element: Element) -> None:
        spec = self.spec.task_specs[element.id]
        if isinstance(spec, BoundaryEvent) and element.attached_to is not None:
            self._activity(element.attached_to).boundaries.append(spec)
            if element.handler is not None:
                spec.handler = self._activity(element.handler)
        elif isinstance(spec, EventSubprocess):
            start = self._start_of(element.id)
            start.inside = spec
            self._scope(element.parent).listeners.append(start)
        elif isinstance(spec, StartEvent):
            scope = self._scope(element.parent)
            if scope.first is None or (element.event is None and scope.first.element.event is not None):
                scope.first = spec

    def _start_of(self, element_id: str) -> StartEvent:
        inner = (
            e for e in self.outline.elements.values() if e.parent == element_id and e.type == "startEvent"
        )
        start: StartEvent = self.spec.task_specs[next(inner).id]
        return start


class Drawing(BpmnParser):  # type: ignore[misc]
    """One file whose outline has been checked."""

    PARSER_CLASSES = {full_tag(name): (ElementParser, made) for name, made in SPECS.items()}
    PROCESS_PARSER_CLASS = ProcessReader

    def __init__(self, outlines: dict[str, ProcessOutline]) -> None:
        super().__init__()
        self.outlines = outlines

    def process_spec(self, node: etree._Element, file: str) -> ProcessSpec:
        """The spec of one `bpmn:process` element."""
        self.create_parser(node, filename=file)
        spec: ProcessSpec = self.get_spec(node.get("id"))
        return spec
