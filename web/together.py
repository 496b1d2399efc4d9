"""Many tasks of one step done together: each with its own outcome, each in a transaction of its own (批量办理).

What the form knows is handed in as it stands; the reviewer adds an outcome and an opinion to each. A task that is refused
keeps its reason, and the others go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from engine import background, identity, instances, worklist
from engine.errors import InvalidAnswer, Refusal
from engine.identity import Viewer
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from web import casefile, places, reading

MOST = 300
"""Tasks that one batch takes."""
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
    """Open tasks of one step. `outcomes`: (value, label) as the form offers them; `manner`: how the step is signed."""

    tasks: Sequence[UserTask]
    outcomes: list[tuple[str, str]]
    has_opinion: bool
    manner: str


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
    fields = {
        field.get("key"): field for field in reading.fields(reading.schema_of(runtime, session, tasks[0]))
    }
    offered = fields.get(OUTCOME, {}).get("values", [])
    outcomes = [(str(one["value"]), str(one.get("label", one["value"]))) for one in offered]
    return Together(tasks, outcomes, OPINION in fields, _manner(tasks[0]))


@background.kind("together", "批量办理")
def do(runtime: Runtime, job: background.Job) -> dict[str, Any]:
    """Complete task after task with what was decided of each; what is refused is told with its reason."""
    decided: list[dict[str, Any]] = job.arguments["decided"]
    so_far: dict[str, Any] = job.cursor or {"at": 0, "refused": []}
    while so_far["at"] < len(decided):
        with job.unit() as session:
            one = decided[so_far["at"]]
            reason = _complete(runtime, session, job, int(one["task"]), one["given"])
            refused = [*so_far["refused"], [one["task"], reason]] if reason else so_far["refused"]
            so_far = {"at": so_far["at"] + 1, "refused": refused}
            job.cursor = so_far
            job.report(so_far["at"], len(decided), session)
    left = [("task", key) for key, _reason in so_far["refused"]]
    onward = (
        f"{job.arguments['page']}?{urlencode([*left, ('job', job.key)])}" if left else job.arguments["list"]
    )
    return {"done": len(decided) - len(left), "refused": so_far["refused"], "next": onward}


def _complete(
    runtime: Runtime, session: Session, job: background.Job, key: int, given: Mapping[str, Any]
) -> str:
    """Why the task was refused, "" when it is done."""
    try:
        with session.begin_nested():
            viewer = identity.named(session, job.actor)
            task = worklist.get(session, viewer, key)
            instances.refuse_closed(session, task)
            answer = {**reading.prefilled(runtime, session, viewer, task), **given}
            places.refuse_foreign(session, viewer, task, answer)

            def sign(task: UserTask, answer: Mapping[str, Any]) -> None:
                if _manner(task):
                    papers = casefile.prints_of(runtime, session, viewer, task, answer)
                    casefile.freeze(runtime, session, viewer, task, papers)

            request = f"together {job.key} {key}"
            instances.complete(runtime, session, key, answer, viewer, request_id=request, sign=sign)
            worklist.drop_draft(session, viewer, key)
    except InvalidAnswer as refusal:
        return "；".join(f"{path}：{fault}" for path, fault in refusal.errors.items())
    except Refusal as refusal:
        return str(refusal)
    return ""


def _manner(task: UserTask) -> str:
    return str((task.properties or {}).get("signature", ""))
