"""Events: what each waits for or throws, and whether it may at that place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.dialect import timers
from engine.dialect.build import THROWS
from engine.dialect.model import Element, Event
from engine.dialect.outline import ProcessOutline
from engine.findings import rule

if TYPE_CHECKING:
    from engine.dialect.checks import Fault

MANY_EVENTS = rule("many_events", "一个图元上只能有一个事件定义")
NO_EVENT = rule("no_event", "没有写明是什么事件")
BAD_EVENT = rule("bad_event", "这里不能用“{kind}”事件")
UNRESOLVED = rule("unresolved_reference", "“{kind}”引用的“{reference}”在文件中没有定义")
NO_MESSAGE = rule("no_message", "没有写明等哪个消息")
NO_KEY = rule("no_correlation_key", "消息“{name}”没有写明按什么关联（zeebe:subscription correlationKey）")
NO_CODE = rule("no_code", "抛出的“{kind}”没有代码")
CODE_EXPRESSION = rule("code_expression", "“{kind}”的代码要直接写明，不能是表达式")
NO_TIMER = rule("no_timer", "没有写明何时（日期、时长或周期）")
BAD_TIMER = rule("bad_timer", "“{value}”不是 ISO 8601 的日期、时长或周期，也不是 cron")
NO_SIGNAL = rule("no_signal", "没有写明是哪个信号")
NO_TRUTH = rule("no_event_condition", "条件事件没有写明以“=”开头的条件")
ONLY_ASKED = rule("starts_on_request", "条件不会自己启动流程，只能由人或程序启动", "warning")
NO_HANDLER = rule("no_handler", "补偿事件没有连到补偿活动")
UNDOES_NOTHING = rule("undoes_nothing", "要补偿的“{activity}”不在这一层，或没有补偿活动")
NOT_CANCELLED = rule("not_cancelled", "事务里有取消结束事件，事务上却没有取消边界事件")
NO_CYCLE = rule("no_cycle", "周期定时只能用在流程开始、非中断的边界事件和事件子流程上")
LOOSE_LINK = rule("loose_link", "链接“{name}”在同一层里没有恰好一个同名的另一端")
ATTACHED = rule("attached_to_nothing", "边界事件没有贴在任务、子流程或调用上")
ERROR_INTERRUPTS = rule("error_interrupts", "错误事件总是中断的，不能画成非中断")
UNCAUGHT = rule(
    "uncaught_error",
    "错误“{code}”在本流程里没有事件接住；调用本流程的也不接住，案件就停在这里成为故障",
    "warning",
)
CAUGHT_TWICE = rule("caught_twice", "同一处有两个事件捕获同样的“{kind}”（{code}）")

_ACTIVITIES = ("Task", "task", "subProcess", "adHocSubProcess", "transaction", "callActivity")
_WAITED = {"timer", "message", "signal", "conditional"}
_CAUGHT = _WAITED | {"error", "escalation"}
_THROWN = {None, "message", "signal", "escalation", "compensate"}
_SOME_TIME = datetime(2024, 1, 31, tzinfo=UTC)


def faults(process: ProcessOutline, element: Element) -> Iterator[Fault]:
    """Faults of one event element."""
    if element.type == "receiveTask":
        yield from _received(process, element)
    if not element.type.endswith("Event"):
        return
    if len(element.events) > 1:
        yield element, MANY_EVENTS, {}
        return
    allowed = _allowed(process, element)
    event = element.event
    if event is None:
        if None not in allowed:
            yield element, NO_EVENT, {}
    elif event.kind not in allowed:
        yield element, BAD_EVENT, {"kind": event.kind}
    else:
        yield from _definition(process, element, event)
    if element.type == "boundaryEvent":
        yield from _attached(process, element)


def _allowed(process: ProcessOutline, element: Element) -> set[str | None]:
    """The kinds of event that may stand at an element; None: a plain one."""
    if element.type == "startEvent":
        parent = process.elements.get(element.parent)
        if parent is None:
            return {None, *_WAITED} if process.foreign else {None, *_WAITED} - {"conditional"}
        return set(_CAUGHT) if parent.triggered_by_event else {None}
    around = process.elements.get(element.attached_to or element.parent)
    cancel = ["cancel"] if around and around.type == "transaction" else []
    places: dict[str, set[str | None]] = {
        "endEvent": {*_THROWN, "error", "terminate", *cancel},
        "intermediateThrowEvent": {*_THROWN, "link"},
        "intermediateCatchEvent": {*_WAITED, "link"},
        "boundaryEvent": {*_CAUGHT, "compensate", *cancel},
    }
    return places.get(element.type, {None})


def _received(process: ProcessOutline, element: Element) -> Iterator[Fault]:
    if element.event is None:
        yield element, NO_MESSAGE, {}
    else:
        yield from _definition(process, element, element.event)


def _definition(process: ProcessOutline, element: Element, event: Event) -> Iterator[Fault]:
    if event.kind == "link" and not element.linked:
        yield element, LOOSE_LINK, {"name": event.name or ""}
    elif not event.resolved:
        yield element, UNRESOLVED, {"kind": event.kind, "reference": event.reference}
    elif event.kind == "timer":
        yield from _timer(process, element, event)
    elif event.kind == "message" and element.type in THROWS:
        pass  # a job sends it
    elif event.kind == "message":
        starts_process = element.type == "startEvent" and element.parent not in process.elements
        if not event.name:
            yield element, NO_MESSAGE, {}
        elif not event.correlation_key and not starts_process and not process.foreign:
            yield element, NO_KEY, {"name": event.name}
    elif event.kind == "signal":
        if not event.name:
            yield element, NO_SIGNAL, {}
    elif event.kind == "conditional":
        if element.type == "startEvent" and element.parent not in process.elements:
            yield element, ONLY_ASKED, {}
        elif not (event.value or "").startswith("=") or event.value == "=":
            yield element, NO_TRUTH, {}
    elif event.kind == "compensate":
        yield from _undoing(process, element, event)
    elif event.kind == "cancel" and element.type == "endEvent":
        if element.parent not in process.cancellable:
            yield element, NOT_CANCELLED, {}
    elif event.kind in ("error", "escalation"):
        throws = element.type in ("endEvent", "intermediateThrowEvent")
        if throws and not event.name and not process.foreign:
            yield element, NO_CODE, {"kind": event.kind}
        elif (event.name or "").startswith("="):
            yield element, CODE_EXPRESSION, {"kind": event.kind}
        if event.kind == "error" and not throws and not element.interrupting:
            yield element, ERROR_INTERRUPTS, {}


def _undoing(process: ProcessOutline, element: Element, event: Event) -> Iterator[Fault]:
    if element.type == "boundaryEvent":
        if element.handler is None:
            yield element, NO_HANDLER, {}
        return
    if event.reference and event.reference not in process.undoable:
        yield element, UNDOES_NOTHING, {"activity": event.reference}


def _timer(process: ProcessOutline, element: Element, event: Event) -> Iterator[Fault]:
    if not event.timer_kind or not event.value or event.value == "=":
        yield element, NO_TIMER, {}
        return
    starts_process = element.type == "startEvent" and element.parent not in process.elements
    repeats = starts_process or (element.type in ("boundaryEvent", "startEvent") and not element.interrupting)
    if event.timer_kind == "cycle" and not repeats and not process.foreign:
        yield element, NO_CYCLE, {}
    if not event.value.startswith("="):
        try:
            timers.schedule(event.timer_kind, event.value, _SOME_TIME)
        except ValueError:
            yield element, BAD_TIMER, {"value": event.value}


def _attached(process: ProcessOutline, element: Element) -> Iterator[Fault]:
    host = process.elements.get(element.attached_to or "")
    if (
        host is None
        or not host.type.endswith(_ACTIVITIES)
        or host.triggered_by_event
        or host.parent != element.parent
    ):
        yield element, ATTACHED, {}


def catching(process: ProcessOutline) -> Iterator[Fault]:
    """Faults in who catches which error or escalation: two at one place, or nobody."""
    caught: set[tuple[str | None, str, str | None]] = set()
    for element in process.elements.values():
        event = element.event
        if (
            event
            and event.kind in ("error", "escalation")
            and element.type in ("boundaryEvent", "startEvent")
        ):
            here = (_place(process, element), event.kind, event.name)
            if here in caught:
                yield element, CAUGHT_TWICE, {"kind": event.kind, "code": event.name or "任意"}
            caught.add(here)
    for element in process.elements.values():
        event = element.event
        if event and event.kind == "error" and element.type == "endEvent" and not process.foreign:
            around = _around(process, element)
            if not any((scope, "error", code) in caught for scope in around for code in (event.name, None)):
                yield element, UNCAUGHT, {"code": event.name or ""}


def _around(process: ProcessOutline, element: Element) -> list[str]:
    """The scopes that an element lies in, the innermost first."""
    scopes = [element.parent]
    while (outer := process.elements.get(scopes[-1])) is not None:
        scopes.append(outer.parent)
    return scopes


def _place(process: ProcessOutline, element: Element) -> str | None:
    """Where an event catches: the activity that it is on, or the scope around its event subprocess."""
    if element.type == "boundaryEvent":
        return element.attached_to
    inside = process.elements.get(element.parent)
    return inside.parent if inside else None
