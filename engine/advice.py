"""Camunda's own rules (`@camunda/linting`, run in V8) as advice on a drawing in our dialect.

They tell of things that ours do not look for. What they would refuse and this engine runs, it runs: so all of it is warning,
and nothing is said of an element of which our rules speak already.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterator
from threading import Lock
from typing import Any

from engine.dialect import Reading
from engine.feel import Evaluator, FeelError
from engine.findings import Finding, Rule, rule

LARGEST = 500_000
"""Bytes of a drawing up to which advice is given: theirs reads the whole file into objects."""

OTHER = rule("camunda_advice", "Camunda 的检查提示：{reason}", "warning")
SENTENCES: dict[str, Rule] = {
    "no-loop": rule("advice_no_loop", "这些步骤连成一圈，中间没有人办或等待的一步，会一直绕下去", "warning"),
    "no-duplicate-sequence-flows": rule(
        "advice_twice_the_way", "有两条流起点、终点相同，会走两次", "warning"
    ),
    "no-bpmndi": rule("advice_not_drawn", "图上没有画出来", "warning"),
    "user-task-definition": rule("advice_no_form", "用户任务没有表单，办理时没有要填的", "warning"),
    "variable-name": rule("advice_variable_name", "变量名不合 FEEL 的写法，表达式里不好引用", "warning"),
    "duplicate-task-headers": rule("advice_headers", "任务说明（taskHeaders）里有重复的键", "warning"),
    "no-gateway-join-fork": rule("advice_join_fork", "网关既汇合又分开，不易看懂，最好画成两个", "warning"),
}
LEFT_OUT = {
    "executable-process",  # of what is not executable our own rule speaks
    "start-event-required",  # the standard lets it be implied
    "element-type", "timer", "escalation-boundary-event-attached-to-ref", "no-interrupting-event-subprocess",  # run here
    "loop-characteristics", "link-event", "signal-reference", "no-multiple-none-start-events", "event-based-gateway-target",
    "zeebe-user-task", "connector-properties", "secrets", "agent-tool-documentation", "agent-tool-output-key",  # not ours
    "agent-fromai-contract", "no-job-priority-definition", "no-business-id",
}  # fmt: skip

_MOST_KEPT = 512
_kept: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()
_kept_lock = Lock()


def advise(evaluator: Evaluator, file: str, xml: bytes, reading: Reading) -> list[Finding]:
    """What Camunda's rules say of a drawing that works, beyond what was found in it."""
    if not reading.works or len(xml) > LARGEST or any(p.foreign for p in reading.processes.values()):
        return []
    spoken_of = {finding.element_id for finding in reading.findings}
    return list(_told(reading, file, _reports(evaluator, xml), spoken_of))


def _told(
    reading: Reading, file: str, reports: list[dict[str, Any]], spoken_of: Collection[str | None]
) -> Iterator[Finding]:
    elements = {key: e for process in reading.processes.values() for key, e in process.elements.items()}
    undrawn = set() if any(e.x is not None for e in elements.values()) else {"no-bpmndi"}
    for report in reports:
        if report["rule"] in LEFT_OUT | undrawn or report["id"] in spoken_of:
            continue
        why = SENTENCES.get(report["rule"], OTHER)
        params = {"reason": report["message"]} if why is OTHER else {}
        at = elements.get(report["id"])
        place = (at.name, at.x, at.y) if at else (None, None, None)
        yield Finding(
            file, report["id"], place[0], why.name, why.message, params, why.severity, place[1], place[2]
        )


def _reports(evaluator: Evaluator, xml: bytes) -> list[dict[str, Any]]:
    """What they found, kept by content: a draft is checked again and again with files that did not change."""
    digest = hashlib.sha256(xml).hexdigest()
    with _kept_lock:
        if digest in _kept:
            _kept.move_to_end(digest)
            return _kept[digest]
    try:
        found: list[dict[str, Any]] = evaluator.call("lint", xml=xml.decode("utf-8", "replace"))
    except FeelError:
        return []  # too slow or too large for advice; our own rules have spoken
    with _kept_lock:
        _kept[digest] = found
        if len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found
