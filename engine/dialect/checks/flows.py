"""How elements hang together: flows, starts and ends, gateways, what can be reached, joins that would stall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from engine.dialect.model import Element
from engine.dialect.outline import ProcessOutline
from engine.dialect.ways import chooses
from engine.findings import rule

if TYPE_CHECKING:
    from engine.dialect.checks import Fault

NO_SOURCE = rule("flow_without_source", "流“{flow}”的起点“{id}”不存在")
NO_TARGET = rule("flow_without_target", "流“{flow}”的终点“{id}”不存在")
CROSSES = rule("flow_crosses", "流“{flow}”穿过了子流程的边界")
INTO_START = rule("flow_into_start", "开始事件、边界事件和事件子流程不能有流入")
OUT_OF_END = rule("flow_out_of_end", "结束事件和事件子流程不能有流出")
NO_START = rule("no_start", "没有开始事件")
MANY_STARTS = rule("many_starts", "有不止一个普通开始事件")
SOME_STARTS = rule("several_starts", "有不止一个普通开始事件：不指明时从第一个开始", "warning")
ONE_START = rule("one_start", "子流程要有且只有一个开始事件")
NO_END = rule("no_end", "没有结束事件")
DEAD_END = rule("dead_end", "没有流出，走到这里就停了；请连到下一步或结束事件", "warning")
UNREACHABLE = rule("unreachable", "从开始事件走不到这里")
UNUSED = rule("unused_element", "从开始事件走不到这里，不会用到", "warning")
BAD_DEFAULT = rule("bad_default", "默认流“{flow}”不是从这里流出的")
NO_CONDITION = rule("no_condition", "流“{flow}”既没有条件，也不是默认流")
IMPLIED_DEFAULT = rule("implied_default", "流“{flow}”没有条件，作为默认流", "warning")
NO_DEFAULT = rule("no_default", "没有默认流：条件都不成立时，案件会停在这里", "warning")
STRAY_CONDITION = rule(
    "stray_condition", "流“{flow}”上的条件不起作用：条件只能画在排他网关、包容网关或任务的流出上", "warning"
)
NOT_FEEL = rule("condition_not_feel", "流“{flow}”的条件“{condition}”要写成以“=”开头的 FEEL 表达式")
STALLS = rule(
    "join_stalls",
    "汇合处既有从前面来的流，又有从后面绕回来的流，会永远等不齐；请先用排他网关把绕回来的流并进来",
)
FEW_EVENTS = rule("few_events", "事件网关至少要有两个流出")
NOT_AN_EVENT = rule("not_an_event", "事件网关后面只能接等待的中间事件或接收任务，且它没有别的流入")


_SCOPES = ("subProcess", "transaction")
_AWAITING = ("intermediateCatchEvent", "receiveTask")


def faults(process: ProcessOutline) -> Iterator[Fault]:
    """Faults in how a process's elements hang together."""
    yield from _ends_of_flows(process)
    yield from _scopes(process)
    circles = _circles(process)
    for element in process.elements.values():
        yield from _ways(process, element)
        yield from _gateway(process, element, circles)
    reached = _reach(process, _entries(process))
    for element in process.elements.values():
        if element.id not in reached and element.type != "boundaryEvent" and not element.compensates:
            yield element, UNUSED if process.foreign else UNREACHABLE, {}


def _ends_of_flows(process: ProcessOutline) -> Iterator[Fault]:
    for flow in process.flows.values():
        source, target = process.elements.get(flow.source), process.elements.get(flow.target)
        if source is None:
            yield target or process.element, NO_SOURCE, {"flow": flow.id, "id": flow.source}
        if target is None:
            yield source or process.element, NO_TARGET, {"flow": flow.id, "id": flow.target}
        if source and target and source.parent != target.parent:
            yield source, CROSSES, {"flow": flow.id}


def _scopes(process: ProcessOutline) -> Iterator[Fault]:
    inside: dict[str, list[Element]] = {}
    for element in process.elements.values():
        inside.setdefault(element.parent, []).append(element)
    for scope in (process.element, *(e for e in process.elements.values() if e.type in _SCOPES)):
        here = inside.get(scope.id, [])
        starts = [e for e in here if e.type == "startEvent"]
        if not here and scope.type in _SCOPES and not scope.triggered_by_event:
            continue  # a box whose inside is not drawn is passed like a plain task
        if scope.type in _SCOPES and len(starts) != 1:
            yield scope, ONE_START, {}
        elif not starts:
            yield scope, NO_START, {}
        elif sum(e.event is None for e in starts) > 1:
            yield scope, SOME_STARTS if process.foreign else MANY_STARTS, {}
        if all(e.outgoing or e.triggered_by_event or e.compensates or e.handler for e in here):
            yield scope, NO_END, {}


def _ways(process: ProcessOutline, element: Element) -> Iterator[Fault]:
    if element.incoming and (element.type in ("startEvent", "boundaryEvent") or element.triggered_by_event):
        yield element, INTO_START, {}
    ends = element.type == "endEvent" or element.triggered_by_event or element.handler is not None
    if element.outgoing and ends:
        yield element, OUT_OF_END, {}
    if (
        not element.outgoing
        and not ends
        and not element.compensates
        and not process.is_ad_hoc(element.parent)
    ):
        yield element, DEAD_END, {}
    if element.default_flow and element.default_flow not in element.outgoing:
        yield element, BAD_DEFAULT, {"flow": element.default_flow}
    for flow in (process.flows[each] for each in element.outgoing):
        if flow.condition is None:
            continue
        if element.type != "exclusiveGateway" and not chooses(element):
            yield element, STRAY_CONDITION, {"flow": flow.id}
        elif not flow.is_feel:
            yield element, NOT_FEEL, {"flow": flow.id, "condition": flow.condition}
    if element.type != "exclusiveGateway" and _all_closed(process, element):
        yield element, NO_DEFAULT, {}


def _all_closed(process: ProcessOutline, element: Element) -> bool:
    """Whether it can happen that no way out of an activity or inclusive gateway is open."""
    conditions = [process.flows[flow].condition for flow in element.outgoing if flow != element.default_flow]
    return bool(conditions) and len(conditions) == len(element.outgoing) and all(conditions)


def _gateway(process: ProcessOutline, element: Element, circles: dict[str, int]) -> Iterator[Fault]:
    if element.type in ("exclusiveGateway", "inclusiveGateway"):
        yield from _exclusive(process, element)
    elif element.type == "parallelGateway":
        yield from _join(process, element, circles)
    elif element.type == "eventBasedGateway":
        if len(element.outgoing) < 2:
            yield element, FEW_EVENTS, {}
        targets = [process.elements.get(process.flows[flow].target) for flow in element.outgoing]
        for target in targets:
            if target is not None and (target.type not in _AWAITING or len(target.incoming) != 1):
                yield target, NOT_AN_EVENT, {}


def _exclusive(process: ProcessOutline, element: Element) -> Iterator[Fault]:
    others = [flow for flow in element.outgoing if flow != element.default_flow]
    if len(element.outgoing) < 2:
        return
    bare = [flow for flow in others if not process.flows[flow].condition]
    if process.foreign and element.type == "inclusiveGateway":
        bare = []  # always taken
    implied = process.foreign and len(bare) == 1 and len(others) > 1 and others == element.outgoing
    for flow in bare:
        yield element, IMPLIED_DEFAULT if implied else NO_CONDITION, {"flow": flow}
    if implied:
        return
    if len(others) == len(element.outgoing) and element.type == "exclusiveGateway":
        yield element, NO_DEFAULT, {}


def _join(process: ProcessOutline, element: Element, circles: dict[str, int]) -> Iterator[Fault]:
    sources = [process.flows[flow].source for flow in element.incoming]
    if len(sources) < 2:
        return
    back = [circles.get(source) == circles[element.id] for source in sources]
    if any(back) and not all(back):
        yield element, STALLS, {}


def _entries(process: ProcessOutline) -> list[str]:
    """Where tokens come from: the start events of the process."""
    return [
        e.id for e in process.elements.values() if e.type == "startEvent" and e.parent == process.element.id
    ]


def _reach(process: ProcessOutline, begin: Iterable[str]) -> set[str]:
    """What tokens can come to from `begin`, that included."""
    inside = _entered_with(process)
    reached: set[str] = set()
    stack = list(begin)
    while stack:
        at = stack.pop()
        if at not in reached and at in process.elements:
            reached.add(at)
            stack.extend(_next(process, inside, at))
    return reached


def _next(process: ProcessOutline, inside: dict[str, list[str]], at: str) -> list[str]:
    """Where a token at an element can come to next: along flows, into subprocesses, by boundary events."""
    flows = [process.flows[flow].target for flow in process.elements[at].outgoing]
    return [target for target in (*flows, *inside.get(at, ())) if target in process.elements]


def _circles(process: ProcessOutline) -> dict[str, int]:
    """Element → the number of its circle: two have the same if a token can go from each to the other (Tarjan)."""
    inside = _entered_with(process)
    met: dict[str, int] = {}
    lowest: dict[str, int] = {}
    circles: dict[str, int] = {}
    open_ones: list[str] = []
    for begin in process.elements:
        stack = [] if begin in met else [(begin, iter(_next(process, inside, begin)))]
        if stack:
            met[begin] = lowest[begin] = len(met)
            open_ones.append(begin)
        while stack:
            at, following = stack[-1]
            for target in following:
                if target not in met:
                    met[target] = lowest[target] = len(met)
                    open_ones.append(target)
                    stack.append((target, iter(_next(process, inside, target))))
                    break
                if target not in circles:
                    lowest[at] = min(lowest[at], met[target])
            else:
                stack.pop()
                if stack:
                    lowest[stack[-1][0]] = min(lowest[stack[-1][0]], lowest[at])
                if lowest[at] == met[at]:
                    while circles.get(at) is None:
                        circles[open_ones.pop()] = met[at]
    return circles


def _begins(process: ProcessOutline, element: Element) -> bool:
    """Whether its scope begins with this element."""
    return element.type == "startEvent" or (process.is_ad_hoc(element.parent) and not element.incoming)


def _entered_with(process: ProcessOutline) -> dict[str, list[str]]:
    """Element → what a token at it can come to otherwise than by a flow."""
    inside: dict[str, list[str]] = {}
    elements = process.elements
    for element in elements.values():
        if element.attached_to:
            inside.setdefault(element.attached_to, []).append(element.id)
            inside.setdefault(element.id, []).extend([element.handler] if element.handler else [])
        elif _begins(process, element) and element.parent != process.element.id:
            inside.setdefault(element.parent, []).append(element.id)
        elif element.triggered_by_event:
            around = element.parent
            starts = [e.id for e in elements.values() if e.type == "startEvent" and e.parent == around]
            for start in starts:
                inside.setdefault(start, []).append(element.id)
    return inside
