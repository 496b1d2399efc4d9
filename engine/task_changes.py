"""Changing what a task says of itself: for whom it waits, until when, how urgent it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import attributes, authority, instances, journal
from engine.identity import Viewer

CHANGEABLE = ("groups", "users", "due", "follow_up", "priority")


def change(session: Session, viewer: Viewer, key: int, changes: Mapping[str, Any], now: datetime) -> None:
    """Change some of `CHANGEABLE`, for who may hand tasks over. The journal keeps which. NotFound, NotAllowed, TaskDone, TaskGone."""
    task, _, _ = instances.locked(session, key)
    authority.permit(
        session, viewer, "task.hand_over", area=task.area, subject=task.subject, case_key=task.case_key
    )
    instances.refuse_closed(session, task)
    changed = [name for name in CHANGEABLE if name in changes and getattr(task, name) != changes[name]]
    if not changed:
        return
    for name in changed:
        setattr(task, name, changes[name])
    attributes.offer(session, task)
    body = {"task": str(key), "element": task.element, "changed": changed}
    journal.append(session, task.case_key, "task_changed", viewer.name, body, now)
    session.flush()
