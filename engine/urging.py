"""Urging those for whom a task waits: a reminder (催办), or a place before all that is not urgent (加急)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import attributes, authority, instances, journal
from engine.clock import SHANGHAI
from engine.errors import InvalidInput, Refusal
from engine.identity import Viewer, display_names
from engine.models.journal import Entry
from engine.models.worklist import URGENT, UserTask

USUAL = 50
"""The priority of a task of which its drawing says nothing."""
LONGEST = 200
LATEST = 50
"""Entries of a case that are looked through for what was said of one task."""


class RemindedToday(Refusal):
    """A task is reminded of once a day, whoever does it."""

    status, code = 409, "reminded_today"
    message = "今天已由{who}催办过。"
    mend = "同一任务一天只催办一次；着急的请直接联系经办人，或由有权人员加急。"


def remind(session: Session, viewer: Viewer, key: int, words: str, now: datetime) -> UserTask:
    """Remind those for whom the task waits; `words` may be empty. NotFound, NotAllowed, TaskDone, TaskGone, RemindedToday."""
    task = _asked(session, viewer, key, "task.remind")
    if reminded_today(task, now):
        who = task.reminded_by or ""
        raise RemindedToday(who=display_names(session, [who])[who])
    task.reminded_at, task.reminded_by = now, viewer.name
    _keep(session, viewer, task, "task_reminded", words, now)
    return task


def hurry(session: Session, viewer: Viewer, key: int, reason: str, now: datetime) -> UserTask:
    """Put the task before all that is not urgent, for a reason. NotFound, NotAllowed, TaskDone, TaskGone, InvalidInput."""
    return _rank(session, viewer, key, URGENT, "task_hurried", reason, now)


def relax(session: Session, viewer: Viewer, key: int, reason: str, now: datetime) -> UserTask:
    """Let the task be as urgent as any other again, for a reason. As `hurry`."""
    return _rank(session, viewer, key, USUAL, "task_relaxed", reason, now)


def words(session: Session, task: UserTask) -> list[str]:
    """What was said with the latest reminder, and why the task is urgent: as far as either holds now."""
    wanted = [
        kind for kind, holds in (("task_hurried", task.urgent), ("task_reminded", task.reminded_at)) if holds
    ]
    found = {}
    for kind in wanted:
        told = sa.select(Entry.body).where(Entry.case_key == task.case_key, Entry.kind == kind)
        latest = session.scalars(told.order_by(Entry.number.desc()).limit(LATEST))
        found[kind] = next((body["reason"] for body in latest if body["task"] == str(task.key)), "")
    return [text for text in found.values() if text]


def reminded_today(task: UserTask, now: datetime) -> bool:
    """Whether the task was reminded of on this day in Shanghai."""
    at = task.reminded_at
    return at is not None and at.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date()


def _rank(
    session: Session, viewer: Viewer, key: int, priority: int, kind: str, reason: str, now: datetime
) -> UserTask:
    if not reason.strip():
        raise InvalidInput("reason", detail="请写明原因")
    task = _asked(session, viewer, key, "task.hurry")
    if task.urgent != (priority >= URGENT):
        task.priority = priority
        attributes.offer(session, task)
        _keep(session, viewer, task, kind, reason, now)
    return task


def _asked(session: Session, viewer: Viewer, key: int, verb: str) -> UserTask:
    """The open task, its case locked, that the viewer may do `verb` to."""
    task, _, _ = instances.locked(session, key)
    authority.permit(session, viewer, verb, area=task.area, subject=task.subject, case_key=task.case_key)
    instances.refuse_closed(session, task)
    return task


def _keep(session: Session, viewer: Viewer, task: UserTask, kind: str, words: str, now: datetime) -> None:
    body = {
        "task": str(task.key),
        "element": task.element,
        "step": task.name,
        "reason": words.strip()[:LONGEST],
    }
    journal.append(session, task.case_key, kind, viewer.name, body, now)
    session.flush()
