"""A drawing in words: what may come after a step, and the whole as text for who cannot see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.dialect.model import Process
from engine.instances import Passed

_PASSED = {
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway"),
    *("serviceTask", "scriptTask", "businessRuleTask"),
}
"""What nobody waits for: the program goes through at once."""
_KINDS = {
    "userTask": "办理",
    "serviceTask": "系统处理",
    "scriptTask": "系统处理",
    "businessRuleTask": "规则判断",
    "callActivity": "转入",
    "startEvent": "开始",
    "endEvent": "结束",
    "exclusiveGateway": "分支",
    "inclusiveGateway": "分支",
    "parallelGateway": "并行",
    "eventBasedGateway": "等待其一",
    "boundaryEvent": "附加事件",
    "intermediateCatchEvent": "等待",
    "intermediateThrowEvent": "发出",
    "receiveTask": "等待",
    "subProcess": "子流程",
    "transaction": "子流程",
}


@dataclass(frozen=True)
class Onward:
    """One way out of a step: the outcome that takes it (empty when there is but one), and where it leads."""

    outcome: str
    leads_to: str


@dataclass(frozen=True)
class Line:
    """One element of the text twin: what it is, its name, its lane and where it leads."""

    id: str
    kind: str
    name: str
    lane: str
    onward: tuple[Onward, ...]


def onward(process: Process, element_id: str) -> list[Onward]:
    """What happens after each outcome, following the flows to the next things that wait or end."""
    ways: dict[str, dict[str, None]] = {}
    for outcome, target in _ways(process, element_id, "", frozenset()):
        ways.setdefault(outcome, {})[target] = None
    return [Onward(outcome, "、".join(targets)) for outcome, targets in ways.items()]


def twin(process: Process) -> list[Line]:
    """Every element in the order of the flows from the start, then what is attached and what listens."""
    ordered = dict.fromkeys([*_reached(process), *process.elements])
    shown = (
        each for each in ordered if process.elements[each].type in _KINDS and not _is_merge(process, each)
    )
    return [_line(process, element_id) for element_id in shown]


def been(process: Process, passed: Sequence[Passed]) -> set[str]:
    """The elements that a case has done and the flows that it took: to a join, each that arrived there."""
    done = {each.element for each in passed if each.state == "completed"}
    ways = [process.elements[element_id].outgoing for element_id in done]
    return done | {each.via for each in passed if each.via} | {way[0] for way in ways if len(way) == 1}


def _ways(process: Process, element_id: str, outcome: str, seen: frozenset[str]) -> Iterator[tuple[str, str]]:
    """(outcome, name of what is reached); the last named flow on the way is the outcome."""
    if element_id in seen:
        return
    for flow_id in process.elements[element_id].outgoing:
        flow = process.flows[flow_id]
        named = flow.name or outcome
        target = process.elements[flow.target]
        if target.type in _PASSED:
            yield from _ways(process, target.id, named, seen | {element_id})
        else:
            yield named, process.named(target.id)


def _reached(process: Process) -> Iterator[str]:
    waiting = [start.element_id for start in process.starts]
    seen: set[str] = set()
    while waiting:
        element_id = waiting.pop(0)
        if element_id in seen:
            continue
        seen.add(element_id)
        yield element_id
        waiting += [process.flows[flow].target for flow in process.elements[element_id].outgoing]


def _line(process: Process, element_id: str) -> Line:
    element = process.elements[element_id]
    ways = [process.flows[flow] for flow in element.outgoing]
    direct = tuple(Onward(way.name or "", process.named(_named(process, way.target))) for way in ways)
    return Line(element.id, _KINDS[element.type], process.named(element.id), element.lane or "", direct)


def _named(process: Process, element_id: str) -> str:
    """The element itself or, where it is a merge without a name, what follows it."""
    seen: set[str] = set()
    while _is_merge(process, element_id) and element_id not in seen:
        seen.add(element_id)
        element_id = process.flows[process.elements[element_id].outgoing[0]].target
    return element_id


def _is_merge(process: Process, element_id: str) -> bool:
    element = process.elements[element_id]
    return not element.name and element.type.endswith("Gateway") and len(element.outgoing) == 1
