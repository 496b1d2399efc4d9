"""Visits without a signal (下乡): the tasks that may be taken along on a phone, and what goes along with each.

A drawing says of a step that it may (`offline`, see docs/architecture.md). What is taken along leaves the house: it is
claimed, so that colleagues see who has it, and the case's journal tells who took it and until when the phone keeps it.
The answer comes back by the task's own door (`tasks.preview`, `tasks.complete`), where authority is decided as always.
"""

from typing import Any

from sqlalchemy.orm import Session

from engine import instances, journal, settings, worklist
from engine.errors import Refusal
from engine.identity import Viewer
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from web import bar, places, reading

OFFLINE = ("offline", "true")
"""The property by which a drawing lets a step be done without a signal."""
KEPT_DAYS = "offline_days"
"""The dated setting: days that a phone keeps what was taken along."""
MOST = 200
"""Tasks that the page lists, those due first: more than anybody visits before the next signal."""


class NotCarried(Refusal):
    """A step that its drawing keeps in the office."""

    status, code = 422, "not_carried"
    message = "“{step}”不能带下乡办理。"
    mend = "请在待办里打开这一步，有信号时办理。"


def waiting(runtime: Runtime, session: Session, viewer: Viewer) -> tuple[list[UserTask], bool]:
    """The viewer's open tasks that may be taken along, those due first, at most `MOST`; and whether there are more."""
    wanted = worklist.Filter(marked=OFFLINE)
    page = worklist.search(session, viewer, wanted, runtime.clock.now(), limit=MOST)
    return [task for task in page.tasks if _may_leave(task)], page.next is not None


def take(runtime: Runtime, session: Session, viewer: Viewer, key: int) -> dict[str, Any]:
    """Claim a task for the viewer and give what its form needs without a signal; told in the case's journal.

    NotCarried, TaskTaken, TaskDone, TaskGone, NotAllowed.
    """
    task = worklist.get(session, viewer, key)
    instances.lock(session, task.case_key)
    worklist.claim(session, viewer, key)
    schema = reading.schema_of(runtime, session, task)
    if schema is None or not _may_leave(task):
        raise NotCarried(step=task.name)
    now = runtime.clock.now()
    days = settings.in_force(session, now)[KEPT_DAYS]
    body = {"task": str(key), "element": task.element, "days": days}
    journal.append(session, task.case_key, "task_carried", viewer.name, body, now)
    known = reading.known(session, task, schema)
    return {
        "key": str(key),
        "name": task.name,
        **_whose(known, task),
        "submit": task.properties.get("submit", task.name),
        "signed": "signature" in task.properties,
        "schema": schema,
        "data": {**known, "areas": places.villages(session, viewer, departments=True)},
        "draft": worklist.draft(session, viewer, key).data,
        "said": [
            {"step": each.step, "who": each.who, "outcome": each.outcome, "opinion": each.opinion}
            for each in reading.said(session, task.case_key, limit=6, subject=task.subject)
            if not each.void
        ],
        "days": days,
    }


def _may_leave(task: UserTask) -> bool:
    """Whether the drawing says so; a password is asked where it can be checked."""
    properties = task.properties or {}
    name, value = OFFLINE
    return properties.get(name) == value and properties.get("signature") != "password" and bool(task.form_id)


def _whose(known: dict[str, Any], task: UserTask) -> dict[str, Any]:
    """The identity bar's words: whose case this is, where, at which level, when due."""
    shown = bar.of(known, task)
    return {
        "title": shown.title,
        "place": shown.place,
        "level": shown.level,
        "due": shown.due.isoformat() if shown.due else None,
    }
