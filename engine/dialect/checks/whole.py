"""The file as a whole: is there a process to run, and can each thing be told from the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine import roles
from engine.dialect.model import Element
from engine.dialect.outline import Outline, ProcessOutline
from engine.findings import rule

if TYPE_CHECKING:
    from engine.dialect.checks import Fault

NO_PROCESS = rule("no_process", "文件里没有流程")
EMPTY = rule("empty_process", "流程里什么都没有画")
NOT_EXECUTABLE = rule(
    "not_executable", "文件里没有流程标为可执行（isExecutable），按要求全部当作可执行", "warning"
)
FOREIGN = rule(
    "foreign_dialect",
    "这是其他软件画的图，没有写明的按常理补足：服务任务等外部程序处理，消息不写关联值时由等得最久的案件收到",
    "warning",
)
LEFT_OUT = rule("left_out", "流程没有标为可执行，不会部署", "warning")
REPEATED_ID = rule("repeated_id", "编号“{id}”在文件中出现不止一次")
NO_ID = rule("no_id", "有一个 {type} 没有编号（id）")
BAD_ID = rule("bad_id", "编号“{id}”含有不能用的字符")
UNKNOWN_STARTER = rule("unknown_starter", "start.groups 里的“{group}”不是角色")
BAD_ABOUT = rule("bad_about", "start.about 只能是 household 或 area，不能是“{about}”")
TOO_MANY = rule("too_many_elements", "图里有 {count} 个图元和流，最多 {most} 个；请拆成几个流程")

MOST_PARTS = 7_000
"""Elements and flows in one file: what is checked pair by pair must not take an administrator's upload for ever."""

_ID = re.compile(r"[\w{][\w.:{}-]{0,249}")


def too_many(drawn: Outline) -> Iterator[Fault]:
    """The one fault of a file that is too large for all others to be looked for."""
    count = sum(len(process.elements) + len(process.flows) for process in drawn.processes)
    if count > MOST_PARTS:
        yield None, TOO_MANY, {"count": count, "most": MOST_PARTS}


def faults(drawn: Outline, chosen: list[ProcessOutline]) -> Iterator[Fault]:
    """Faults of the file. `chosen`: the processes that are to run."""
    if not drawn.processes:
        yield None, NO_PROCESS, {}
    for process in drawn.processes:
        if process not in chosen:
            yield process.element, LEFT_OUT if chosen else EMPTY, {}
            continue
        if not process.elements:
            yield process.element, EMPTY, {}
        if not process.executable:
            yield process.element, NOT_EXECUTABLE, {}
        if process.foreign:
            yield process.element, FOREIGN, {}
        yield from _ids(process)
        yield from _start(process.element)


def _ids(process: ProcessOutline) -> Iterator[Fault]:
    if not process.element.id:
        yield process.element, NO_ID, {"type": "process"}
    for kind in process.nameless:
        yield process.element, NO_ID, {"type": kind}
    for element_id in process.repeated:
        yield _at(process, element_id), REPEATED_ID, {"id": element_id}
    for element_id in (process.element.id, *process.elements, *process.flows):
        if element_id and not _ID.fullmatch(element_id):
            yield _at(process, element_id), BAD_ID, {"id": element_id}


def _start(process: Element) -> Iterator[Fault]:
    """Who is to start it by hand, and about what."""
    for group in filter(None, map(str.strip, process.properties.get("start.groups", "").split(","))):
        if not roles.known(group) and group != "department":
            yield process, UNKNOWN_STARTER, {"group": group}
    about = process.properties.get("start.about", "area")
    if about not in ("household", "area"):
        yield process, BAD_ABOUT, {"about": about}


def _at(process: ProcessOutline, element_id: str) -> Element:
    return process.elements.get(element_id, process.element)
