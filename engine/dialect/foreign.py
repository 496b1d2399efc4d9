"""Another maker's drawing in our words, as far as the standard and the maker's own attributes tell what is meant.

A drawing that uses none of Zeebe's words was not made for us: what it leaves open is filled in where there is one sensible
meaning, so that it runs. A service task waits as a job for a worker outside; a message without a name has its event's; a
message without a key goes to the case that has waited longest. A drawing in our dialect gets no such help: there it is a
fault to leave something open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.dialect.model import Element, Event
from engine.dialect.uel import in_feel
from engine.dialect.xml import BPMN, ZEEBE, child, text_of

MAKERS = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://flowable.org/bpmn",
    "http://activiti.org/bpmn",
    "http://activiti.com/modeler",
)
_PLATFORM = "{http://camunda.org/schema/modeler/1.0}executionPlatform"
_PASSED = ("task", "manualTask")
_WORKERS = ("topic", "class", "delegateExpression", "expression", "type")
_KEPT_FOR = "PT1H"
"""How long a message between pools is kept for a case that does not wait for it yet."""


def is_foreign(root: etree._Element, executable: bool) -> bool:
    """Whether a process of this file was not drawn in our dialect."""
    if next(root.iter(f"{{{ZEEBE}}}*"), None) is not None:
        return False
    ours = ZEEBE in root.nsmap.values() or root.get(_PLATFORM) == "Camunda Cloud"
    return not (executable and ours)


def message_flows(root: etree._Element) -> dict[str, str]:
    """From where to where messages go between pools: element id → element id."""
    flows = root.iterfind(f"{{{BPMN}}}collaboration/{{{BPMN}}}messageFlow")
    return {flow.get("sourceRef") or "": flow.get("targetRef") or "" for flow in flows}


def adapt(
    elements: Mapping[str, Element], nodes: Mapping[str, etree._Element], told: Mapping[str, str]
) -> None:
    """Fill in what another maker's elements leave open; those of all its pools at once. `told`: its message flows."""
    for element in elements.values():
        _names(element)
        _timers(element)
        _loop(element, nodes[element.id])
    for element in elements.values():
        heard = elements.get(told.get(element.id, ""))
        if _throws_message(element) or (element.type == "sendTask" and heard is not None):
            _publish(element, (heard.event if heard else None) or element.event)
        elif element.type in ("serviceTask", "sendTask", "businessRuleTask"):
            _job(element, nodes[element.id])
        elif element.type == "scriptTask":
            _script(element, nodes[element.id])
        elif element.type == "callActivity" and not element.setting("calledElement", "processId"):
            element.type = "task"  # it calls nothing: a box whose inside is not drawn
        if element.type in _PASSED:
            element.loop = None  # how often it is passed changes nothing


def condition(text: str) -> str | None:
    """A flow's condition in FEEL, without `=`."""
    return in_feel(text, judged=True)


def _names(element: Element) -> None:
    """What is waited for or thrown without a name has the element's."""
    label = " ".join((element.name or "").split()) or element.id
    if element.type == "receiveTask" and not element.events:
        element.events = [Event("message")]
    for event in element.events:
        if event.kind in ("message", "signal") and not event.name:
            event.name = event.reference or label
        elif event.kind in ("error", "escalation") and event.reference and not event.name:
            event.name = event.reference
        event.resolved = True


def _timers(element: Element) -> None:
    for event in element.events:
        if event.value and (feel := in_feel(event.value)):
            event.value = f"={feel}"


def _throws_message(element: Element) -> bool:
    event = element.event
    return element.type in ("intermediateThrowEvent", "endEvent") and bool(event and event.kind == "message")


def _publish(element: Element, event: Event | None) -> None:
    element.zeebe["taskDefinition"] = {"type": "message.publish"}
    element.mappings.inputs = [
        ("name", (event.name if event else None) or element.id),
        ("correlation_key", '=""'),
        ("variables", "={}"),
        ("time_to_live", _KEPT_FOR),
    ]


def _script(element: Element, node: etree._Element) -> None:
    """A script in another language is a job for a worker that knows it, as Zeebe's script worker has it."""
    script = text_of(child(node, "script"))
    if script is None:
        element.type = "task"  # BPMN 2.0.2, 10.3.3: without a script it acts as an abstract task
        return
    element.zeebe["taskDefinition"] = {"type": "script"}
    element.headers.update(language=node.get("scriptFormat") or "", script=script)


def _job(element: Element, node: etree._Element) -> None:
    decision = next(_attributes(node, ("decisionRef",)), None)
    if decision and not decision.startswith(("$", "#")):
        result = next(_attributes(node, ("resultVariable",)), "result")
        element.zeebe["calledDecision"] = {"decisionId": decision, "resultVariable": result}
        return
    worker = next(_attributes(node, _WORKERS), None)
    element.zeebe["taskDefinition"] = {"type": worker or element.id}


def _loop(element: Element, node: etree._Element) -> None:
    loop = element.loop
    if loop is None:
        return
    drawn = child(node, "multiInstanceLoopCharacteristics")
    if drawn is not None:
        listed = next(_attributes(drawn, ("collection",)), None) or text_of(child(drawn, "loopDataInputRef"))
        item = child(drawn, "inputDataItem")
        named = next(_attributes(drawn, ("elementVariable",)), None)
        loop.input_collection = _expression(listed)
        loop.input_element = named or (None if item is None else item.get("name"))
    loop.cardinality = _expression(loop.cardinality)
    loop.completion_condition = _judgement(loop.completion_condition)
    loop.again = _judgement(loop.again)


def _expression(text: str | None) -> str | None:
    """A setting that is FEEL with us: a bare variable or number elsewhere."""
    if not text or text.startswith("="):
        return text
    feel = in_feel(text) or in_feel(f"${{{text}}}")
    return f"={feel}" if feel else text


def _judgement(text: str | None) -> str | None:
    if not text or text.startswith("="):
        return text
    feel = in_feel(text, judged=True)
    return f"={feel}" if feel else text


def _attributes(node: etree._Element, names: tuple[str, ...]) -> Iterator[str]:
    """The makers' attributes of that name that are set, in the order of `names`."""
    for name in names:
        for maker in MAKERS:
            if value := (node.get(f"{{{maker}}}{name}") or "").strip().lstrip("="):
                yield value
