"""From XML to plain elements and flows, before anything is made of them. Reads whatever is drawn, judges nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from engine.dialect import foreign, ways
from engine.dialect.model import Element, Event, Flow, Loop, Mappings
from engine.dialect.xml import BPMN, NAMES, ZEEBE, child, local, text_of

_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_NO_ELEMENTS = {
    "documentation", "extensionElements", "laneSet", "incoming", "outgoing", "ioSpecification", "property", "association",
    "textAnnotation", "group", "dataObject", "dataObjectReference", "dataStoreReference", "dataInputAssociation",
    "dataOutputAssociation", "multiInstanceLoopCharacteristics", "auditing", "monitoring", "supportedInterfaceRef",
    "script", "categoryValueRef", "correlationSubscription", "resourceRole", "performer", "humanPerformer",
    "potentialOwner", "artifact", "supports", "completionCondition", "standardLoopCharacteristics", "rendering",
    "participantAssociation",
}  # fmt: skip
_CONTAINERS = {"subProcess", "transaction", "adHocSubProcess"}


@dataclass
class ProcessOutline:
    """One `bpmn:process` as drawn. `elements` in document order, `nodes` their XML; `repeated` are ids that occur more than once.

    `foreign`: it uses none of our dialect's words, and was put into them.
    """

    element: Element
    executable: bool
    foreign: bool = False
    elements: dict[str, Element] = field(default_factory=dict)
    nodes: dict[str, etree._Element] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    _upstream: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)

    def is_ad_hoc(self, scope: str) -> bool:
        """Whether a scope is an ad-hoc subprocess, where all begins that nothing leads to and nothing need lead on."""
        return scope in self.elements and self.elements[scope].type == "adHocSubProcess"

    def upstream(self, join: str) -> dict[str, frozenset[str]]:
        """Element → the flows into `join` that a token at it can still come along; worked out once for each join."""
        if join not in self._upstream:
            self._upstream[join] = ways.upstream(self.elements[join], self.flows, self._sources)
        return self._upstream[join]

    @cached_property
    def _sources(self) -> dict[str, set[str]]:
        return ways.before(self.elements, self.flows)

    @cached_property
    def handlers(self) -> set[str | None]:
        """The activities that undo another."""
        return {element.handler for element in self.elements.values()}

    @cached_property
    def undoable(self) -> set[str | None]:
        """The activities that can be undone, and those in which such a one lies."""
        held = {element.attached_to for element in self.elements.values() if element.handler}
        return held | {element.parent for element in self.elements.values() if element.id in held}

    @cached_property
    def cancellable(self) -> set[str | None]:
        """The transactions with a cancel event on them."""
        events = ((element.attached_to, element.event) for element in self.elements.values())
        return {host for host, event in events if host and event and event.kind == "cancel"}


@dataclass(slots=True)
class Outline:
    """A whole file."""

    processes: list[ProcessOutline] = field(default_factory=list)

    def chosen(self, all_processes: bool) -> list[ProcessOutline]:
        """The processes that are to run: those marked executable; all that have elements, if none is or all are wanted."""
        marked = [process for process in self.processes if process.executable]
        if marked and not all_processes:
            return marked
        return [process for process in self.processes if process.elements or process.executable]


def outline(root: etree._Element) -> Outline:
    """Read the root element of a BPMN file."""
    reader = _Reader(root)
    drawn = Outline()
    for node in root.findall(f"{{{BPMN}}}process"):
        drawn.processes.append(reader.process(node))
    theirs = [process for process in drawn.processes if process.foreign]
    foreign.adapt(
        {key: element for process in theirs for key, element in process.elements.items()},
        {key: node for process in theirs for key, node in process.nodes.items()},
        foreign.message_flows(root),
    )
    return drawn


class _Reader:
    """What is looked up by id all over the file: shapes, lanes, messages, errors, escalations."""

    def __init__(self, root: etree._Element) -> None:
        self.shapes = _shapes(root)
        self.lanes = _lanes(root)
        self.defined = {node.get("id"): node for node in root if isinstance(node.tag, str)}
        self.seen: set[str] = set()
        self.root = root

    def process(self, node: etree._Element) -> ProcessOutline:
        own = self._element(node, node.get("id") or "")
        executable = node.get("isExecutable", "true") == "true"
        drawn = ProcessOutline(own, executable, foreign.is_foreign(self.root, executable))
        if self._known(own.id):
            drawn.repeated.append(own.id)
        stack = [(child_node, own.id) for child_node in reversed(node)]
        while stack:
            at, parent = stack.pop()
            if (
                not isinstance(at.tag, str)
                or not at.tag.startswith(f"{{{BPMN}}}")
                or local(at) in _NO_ELEMENTS
            ):
                continue
            self._take(drawn, at, parent)
            if local(at) in _CONTAINERS:
                stack.extend((inner, at.get("id") or "") for inner in reversed(at))
        _handle(drawn, node)
        _link(drawn)
        _connect(drawn)
        _begin(drawn)
        return drawn

    def _known(self, element_id: str) -> bool:
        known = element_id in self.seen
        self.seen.add(element_id)
        return known

    def _take(self, drawn: ProcessOutline, node: etree._Element, parent: str) -> None:
        element_id = node.get("id")
        kind = local(node)
        if kind.endswith("EventDefinition") or kind.endswith("Expression"):
            return  # an event subprocess's or loop's own parts
        if not element_id and kind == "sequenceFlow":
            element_id = (
                f"{node.get('sourceRef')}.{node.get('targetRef')}"  # the standard lets flows go without
            )
        if not element_id:
            drawn.nameless.append(kind)
        elif self._known(element_id):
            drawn.repeated.append(element_id)
        elif kind == "sequenceFlow":
            drawn.flows[element_id] = _flow(node, element_id, drawn.foreign)
        else:
            drawn.elements[element_id] = self._element(node, parent)
            drawn.nodes[element_id] = node

    def _element(self, node: etree._Element, parent: str) -> Element:
        element = Element(node.get("id") or "", node.get("name"), local(node), parent)
        element.lane = self.lanes.get(element.id)
        element.documentation = text_of(child(node, "documentation"))
        element.default_flow = node.get("default")
        element.attached_to = node.get("attachedToRef")
        element.interrupting = "false" not in (node.get("cancelActivity"), node.get("isInterrupting"))
        if element.type in ("subProcess", "transaction"):
            element.triggered_by_event = node.get("triggeredByEvent") == "true"
        element.compensates = node.get("isForCompensation") == "true"
        if element.id in self.shapes:
            element.x, element.y, element.width, element.height = self.shapes[element.id]
        _extend(element, child(node, "extensionElements"))
        element.loop = _loop(node)
        if element.type == "adHocSubProcess" and (condition := text_of(child(node, "completionCondition"))):
            element.zeebe.setdefault("adHoc", {})["completionCondition"] = condition
        element.events = [self._event(part) for part in node if _is_event_definition(part)]
        if element.type == "receiveTask" and node.get("messageRef"):
            element.events = [self._event(node, "message")]
        if node.get("calledElement"):
            element.zeebe.setdefault("calledElement", {}).setdefault(
                "processId", str(node.get("calledElement"))
            )
        return element

    def _event(self, node: etree._Element, kind: str | None = None) -> Event:
        event = Event(kind or local(node).removesuffix("EventDefinition"))
        if event.kind == "link":
            event.name = node.get("name")
            return event
        if event.kind == "timer":
            for tag, kind in _TIMERS.items():
                part = child(node, tag)
                if part is not None:
                    event.timer_kind, event.value = kind, text_of(part)
            return event
        if event.kind == "conditional":
            event.value = text_of(child(node, "condition"))
            return event
        if event.kind == "compensate":
            event.reference = node.get("activityRef")
            return event
        event.reference = node.get(f"{event.kind}Ref")
        definition = self.defined.get(event.reference)
        event.resolved = event.reference is None or definition is not None
        if definition is not None:
            event.name = definition.get(
                {"error": "errorCode", "escalation": "escalationCode"}.get(event.kind, "name")
            )
            subscription = definition.find(f".//{{{ZEEBE}}}subscription")
            if subscription is not None:
                event.correlation_key = subscription.get("correlationKey") or None
        return event


def _is_event_definition(node: etree._Element) -> bool:
    return (
        isinstance(node.tag, str)
        and node.tag.startswith(f"{{{BPMN}}}")
        and local(node).endswith("EventDefinition")
    )


def _handle(drawn: ProcessOutline, node: etree._Element) -> None:
    """An association leads from a compensation event to the activity that undoes."""
    for association in node.iter(f"{{{BPMN}}}association"):
        ends = [drawn.elements.get(association.get(end) or "") for end in ("sourceRef", "targetRef")]
        for event, activity in (ends, reversed(ends)):
            if event and activity and event.type == "boundaryEvent" and activity.compensates:
                event.handler = activity.id


def _link(drawn: ProcessOutline) -> None:
    """A link is a flow that is not drawn: from each throwing link to the catching one of its name and scope."""
    ends: dict[tuple[str, str, str | None], list[Element]] = {}
    for element in drawn.elements.values():
        if element.event is not None and element.event.kind == "link":
            ends.setdefault((element.type, element.parent, element.event.name), []).append(element)
    for (kind, scope, name), sources in ends.items():
        targets = ends.get(("intermediateCatchEvent", scope, name), [])
        if kind == "intermediateThrowEvent" and len(targets) == 1:
            for source in sources:
                flow_id = f"{source.id}.{targets[0].id}"
                drawn.flows[flow_id] = Flow(flow_id, name, source.id, targets[0].id)
                source.linked = targets[0].linked = True


def _begin(drawn: ProcessOutline) -> None:
    """Where no start event is drawn, a scope begins at all that nothing leads to (BPMN 2.0.2, 10.5.2)."""
    inside: dict[str, list[Element]] = {drawn.element.id: []}
    for element in drawn.elements.values():
        inside.setdefault(element.parent, []).append(element)
    for scope, elements in inside.items():
        around = drawn.elements.get(scope)
        if (
            not elements
            or (around and (around.triggered_by_event or around.type == "adHocSubProcess"))
            or any(e.type == "startEvent" for e in elements)
        ):
            continue
        first = [
            e for e in elements if not (e.incoming or e.attached_to or e.triggered_by_event or e.compensates)
        ]
        if not first:
            continue
        start = Element(f"{scope}.start", None, "startEvent", scope)
        drawn.elements[start.id] = start
        drawn.nodes[start.id] = etree.Element(f"{{{BPMN}}}startEvent", id=start.id)
        for element in first:
            flow = Flow(f"{start.id}.{element.id}", None, start.id, element.id)
            drawn.flows[flow.id] = flow
            start.outgoing.append(flow.id)
            element.incoming.append(flow.id)


def _connect(drawn: ProcessOutline) -> None:
    """Hang the flows on their elements, in drawn order."""
    for flow in drawn.flows.values():
        if flow.source in drawn.elements:
            drawn.elements[flow.source].outgoing.append(flow.id)
        if flow.target in drawn.elements:
            drawn.elements[flow.target].incoming.append(flow.id)


def _flow(node: etree._Element, flow_id: str, is_foreign: bool) -> Flow:
    drawn = text_of(child(node, "conditionExpression"))
    if drawn and is_foreign and not drawn.startswith("=") and (feel := foreign.condition(drawn)):
        drawn = f"={feel}"
    condition = None if drawn is None else drawn.removeprefix("=").strip()
    return Flow(
        flow_id,
        node.get("name"),
        node.get("sourceRef") or "",
        node.get("targetRef") or "",
        condition,
        is_feel=drawn is None or drawn.startswith("="),
    )


def _extend(element: Element, extensions: etree._Element | None) -> None:
    """Take the Zeebe extension elements; others, and attributes nobody knows, do no harm."""
    if extensions is None:
        return
    for node in extensions.iterfind("zeebe:*", NAMES):
        name = local(node)
        if name == "properties":
            pairs = [(p.get("name"), p.get("value")) for p in node.iterfind("zeebe:property", NAMES)]
            element.properties.update({key: value or "" for key, value in pairs if key})
        elif name == "taskHeaders":
            headers = [(h.get("key"), h.get("value")) for h in node.iterfind("zeebe:header", NAMES)]
            element.headers.update({key: value or "" for key, value in headers if key})
        elif name == "ioMapping":
            element.mappings = Mappings(_pairs(node, "input"), _pairs(node, "output"))
        else:
            element.zeebe[name] = {str(key): str(value) for key, value in node.attrib.items()}


def _pairs(node: etree._Element, kind: str) -> list[tuple[str, str]]:
    drawn = node.iterfind(f"zeebe:{kind}", NAMES)
    return [((part.get("target") or "").strip(), (part.get("source") or "").strip()) for part in drawn]


def _loop(node: etree._Element) -> Loop | None:
    drawn = child(node, "multiInstanceLoopCharacteristics")
    if drawn is None:
        return _standard_loop(child(node, "standardLoopCharacteristics"))
    zeebe = drawn.find(f".//{{{ZEEBE}}}loopCharacteristics")
    settings = {} if zeebe is None else {str(key): str(value) or None for key, value in zeebe.attrib.items()}
    return Loop(
        sequential=drawn.get("isSequential") == "true",
        input_collection=settings.get("inputCollection"),
        input_element=settings.get("inputElement"),
        output_collection=settings.get("outputCollection"),
        output_element=settings.get("outputElement"),
        completion_condition=text_of(child(drawn, "completionCondition")),
        cardinality=text_of(child(drawn, "loopCardinality")),
    )


def _standard_loop(drawn: etree._Element | None) -> Loop | None:
    if drawn is None:
        return None
    return Loop(
        sequential=True,
        repeats=True,
        again=text_of(child(drawn, "loopCondition")),
        most=drawn.get("loopMaximum"),
        tests_first=drawn.get("testBefore") == "true",
    )


def _lanes(root: etree._Element) -> dict[str, str]:
    """Element id → the name of its lane (the innermost, which comes last)."""
    lanes = {}
    for lane in root.iter(f"{{{BPMN}}}lane"):
        for reference in lane.findall(f"{{{BPMN}}}flowNodeRef"):
            lanes[(reference.text or "").strip()] = lane.get("name") or lane.get("id") or ""
    return lanes


def _shapes(root: etree._Element) -> dict[str, tuple[float, float, float, float]]:
    """Element id → x, y, width, height on the canvas."""
    shapes = {}
    for shape in root.iterfind(".//bpmndi:BPMNShape", NAMES):
        bounds = shape.find("dc:Bounds", NAMES)
        if bounds is not None:
            try:
                x, y, width, height = (float(bounds.get(key, 0)) for key in ("x", "y", "width", "height"))
            except ValueError:
                continue
            shapes[shape.get("bpmnElement") or ""] = (x, y, width, height)
    return shapes
