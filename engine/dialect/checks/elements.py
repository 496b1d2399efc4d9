"""Tasks, subprocesses and calls, each by itself: is it of a kind that runs, and does it say what it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.dialect import timers
from engine.dialect.build import SPECS, THROWS
from engine.dialect.model import Element
from engine.dialect.outline import ProcessOutline
from engine.findings import rule

if TYPE_CHECKING:
    from engine.dialect.checks import Fault

UNSUPPORTED = rule("unsupported_element", "暂不支持“{type}”这种图元")
NO_JOB_TYPE = rule("no_job_type", "没有写明任务类型（taskDefinition type）")
NO_SCRIPT = rule("no_script", "脚本任务没有 FEEL 表达式和结果变量（zeebe:script）")
NO_DECISION = rule("no_decision", "规则任务没有写明决策编号和结果变量（zeebe:calledDecision）")
NO_CALLED = rule("no_called_process", "没有写明调用哪个流程（zeebe:calledElement processId）")
BAD_BINDING = rule("bad_binding", "绑定方式“{binding}”不支持，只能是 latest、deployment 或 versionTag")
NO_ACTIVE = rule("no_active_elements", "临时子流程没有写明要做哪些（zeebe:adHoc activeElementsCollection）")
NO_TAG = rule("no_version_tag", "按版本标签绑定，却没有写明标签（versionTag）")
BAD_RETRIES = rule("bad_retries", "重试次数“{retries}”不是整数")
BAD_PRIORITY = rule("bad_priority", "优先级“{priority}”不是 0 到 100 的整数")
BAD_DATE = rule("bad_date", "期限“{date}”不是 ISO 8601 的日期")
ENDLESS = rule("endless_loop", "循环标记没有写明条件（loopCondition），也没有写明最多几次（loopMaximum）")
BAD_MAXIMUM = rule("bad_maximum", "循环的最多次数“{most}”不是正整数")
NO_COLLECTION = rule(
    "no_collection", "多实例没有写明集合（inputCollection），也没有写明次数（loopCardinality）"
)
BAD_COUNT = rule("bad_count", "多实例的次数“{count}”不是整数，也不是以“=”开头的表达式")
HALF_OUTPUT = rule("half_output", "多实例的结果集合与结果元素要么都写，要么都不写")
IN_FLOW = rule("handler_in_flow", "补偿活动只由补偿事件启动，不能有流入、流出")
NO_HANDLING = rule("handler_of_nothing", "没有补偿事件连到这个补偿活动")
BAD_TARGET = rule("bad_target", "映射的目标“{target}”不是变量名")
NO_SOURCE = rule("no_source", "映射到“{target}”的来源是空的")
STAYS = rule(
    "stays_in_office",
    "这一步标了可以带下乡（offline），但用密码签名的、没有表单的要在有信号时办，带不走",
    "warning",
)

_JOBS = ("scriptTask", "businessRuleTask")
_BOUND = ("calledDecision", "calledElement", "formDefinition")
_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def faults(process: ProcessOutline, element: Element) -> Iterator[Fault]:
    """Faults of one element that do not depend on the others."""
    if element.type not in SPECS:
        yield element, UNSUPPORTED, {"type": element.type}
        return
    if element.compensates:
        yield from _handles(process, element)
    yield from _needs(element)
    yield from _settings(element)
    yield from _loop(element)
    yield from _offline(element)
    for target, source in element.mappings.inputs + element.mappings.outputs:
        if not _TARGET.fullmatch(target):
            yield element, BAD_TARGET, {"target": target}
        if source in ("", "="):
            yield element, NO_SOURCE, {"target": target}


def _offline(element: Element) -> Iterator[Fault]:
    """What is marked to be done without a signal must be able to: a password is asked where it can be checked."""
    asked = element.properties.get("signature") == "password" or not element.form_id
    if element.properties.get("offline") == "true" and asked:
        yield element, STAYS, {}


def _handles(process: ProcessOutline, element: Element) -> Iterator[Fault]:
    if element.incoming or element.outgoing:
        yield element, IN_FLOW, {}
    if element.id not in process.handlers:
        yield element, NO_HANDLING, {}


def _needs(element: Element) -> Iterator[Fault]:
    def lacks(extension: str, *attributes: str) -> bool:
        return any(not element.setting(extension, attribute) for attribute in attributes)

    job = "taskDefinition" in element.zeebe
    sends = element.event is not None and element.event.kind == "message" and element.type in THROWS
    if sends or element.type in ("serviceTask", "sendTask") or (job and element.type in _JOBS):
        if lacks("taskDefinition", "type"):
            yield element, NO_JOB_TYPE, {}
    elif element.type == "scriptTask" and lacks("script", "expression", "resultVariable"):
        yield element, NO_SCRIPT, {}
    elif element.type == "businessRuleTask" and lacks("calledDecision", "decisionId", "resultVariable"):
        yield element, NO_DECISION, {}
    elif element.type == "adHocSubProcess" and lacks("adHoc", "activeElementsCollection"):
        yield element, NO_ACTIVE, {}
    elif element.type == "callActivity" and lacks("calledElement", "processId"):
        yield element, NO_CALLED, {}


def _settings(element: Element) -> Iterator[Fault]:
    for extension in _BOUND:
        binding = element.setting(extension, "bindingType", "latest")
        if binding == "versionTag":
            if not element.setting(extension, "versionTag"):
                yield element, NO_TAG, {}
        elif binding not in ("latest", "deployment"):
            yield element, BAD_BINDING, {"binding": binding}
    for attribute in ("dueDate", "followUpDate"):
        date = element.setting("taskSchedule", attribute)
        if date and not date.startswith("=") and not _is_date(date):
            yield element, BAD_DATE, {"date": date}
    retries = element.setting("taskDefinition", "retries", "3") or "3"
    if not retries.startswith("=") and not re.fullmatch(r"\d{1,4}", retries):
        yield element, BAD_RETRIES, {"retries": retries}
    priority = element.setting("priorityDefinition", "priority", "50") or "50"
    if not priority.startswith("=") and not re.fullmatch(r"\d{1,2}|100", priority):
        yield element, BAD_PRIORITY, {"priority": priority}


def _is_date(text: str) -> bool:
    try:
        timers.parse_date(text)
    except ValueError:
        return False
    return True


def _loop(element: Element) -> Iterator[Fault]:
    loop = element.loop
    if loop is None:
        return
    if loop.repeats:
        if not loop.again and not loop.most:
            yield element, ENDLESS, {}
        if loop.most and not re.fullmatch(r"[1-9]\d{0,5}", loop.most):
            yield element, BAD_MAXIMUM, {"most": loop.most}
        return
    if not loop.input_collection and not loop.cardinality:
        yield element, NO_COLLECTION, {}
    if loop.cardinality and not re.fullmatch(r"=.+|\d{1,4}", loop.cardinality, re.DOTALL):
        yield element, BAD_COUNT, {"count": loop.cardinality}
    if bool(loop.output_collection) != bool(loop.output_element):
        yield element, HALF_OUTPUT, {}
