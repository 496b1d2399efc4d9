"""Tasks of one step that are done from one page: each with its own outcome, signed and handed in by itself (批量办理).

What the form knows is handed in as it stands; the reviewer adds an outcome and an opinion to each. The page sends each task
the way that a task's own page does: its papers are shown first, and only what was shown is signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine import worklist
from engine.errors import Refusal
from engine.identity import Viewer
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from web import reading

MOST = 300
"""Tasks that one page takes."""
OUTCOME, OPINION = "outcome", "opinion"


class NotTogether(Refusal):
    """Tasks of several steps, or of a step that cannot be done without opening each."""

    status, code = 422, "not_together"
    message = "这些任务不能一起办：{reason}"
    mend = "请只选同一步骤、用密码确认或不用签字的任务，一次不超过300件。"

    REASONS = {
        "several": "不是同一个步骤",
        "strokes": "这一步要手写签名",
        "none": "没有还没办的任务",
        "many": "选得太多",
    }


@dataclass(frozen=True)
class Together:
    """Open tasks of one step.

    `known`: by task key, what its form would hand in untouched; `outcomes`: (value, label) as the form offers them;
    `labels`: of the form's fields by key or path; `manner`: how the step is signed, "" where it is not.
    """

    tasks: Sequence[UserTask]
    known: Mapping[int, dict[str, Any]]
    outcomes: Sequence[tuple[str, str]]
    labels: Mapping[str, str]
    manner: str

    @property
    def has_opinion(self) -> bool:
        """Whether the form asks for an opinion."""
        return OPINION in self.labels


def can(task: UserTask) -> bool:
    """Whether a task may be done with others: strokes are drawn one by one."""
    return task.state == "open" and task.form_id is not None and _manner(task) != "strokes"


def gather(runtime: Runtime, session: Session, viewer: Viewer, keys: Sequence[int]) -> Together:
    """The open ones among these tasks. NotTogether."""
    if len(keys) > MOST:
        raise NotTogether(reason=NotTogether.REASONS["many"])
    tasks = [task for key in keys if (task := worklist.get(session, viewer, key)).state == "open"]
    if not tasks:
        raise NotTogether(reason=NotTogether.REASONS["none"])
    if len({(task.process_id, task.element, task.form_id) for task in tasks}) > 1:
        raise NotTogether(reason=NotTogether.REASONS["several"])
    if not can(tasks[0]):
        raise NotTogether(reason=NotTogether.REASONS["strokes"])
    fields = list(reading.fields(reading.schema_of(runtime, session, tasks[0])))
    offered = next((field.get("values", []) for field in fields if field.get("key") == OUTCOME), [])
    return Together(
        tasks,
        {task.key: reading.prefilled(runtime, session, viewer, task) for task in tasks},
        [(str(one["value"]), str(one.get("label", one["value"]))) for one in offered],
        {
            field.get("key") or field["path"]: str(field.get("label", ""))
            for field in fields
            if field.get("key") or field.get("path")
        },
        _manner(tasks[0]),
    )


def _manner(task: UserTask) -> str:
    return str((task.properties or {}).get("signature", ""))
