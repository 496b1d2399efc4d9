"""Attributes: what a drawing names for the worklist to filter, sort and search by, kept on instances and open tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from engine import deployments, roles
from engine.feel import FeelError
from engine.host import Host
from engine.models.instances import ATTRIBUTES, Instance
from engine.models.worklist import NEVER, URGENT, TaskCandidate, UserTask

if TYPE_CHECKING:
    from engine.step import Run, Step

log = structlog.get_logger()


def refresh(step: Step, run: Run) -> bool:
    """Evaluate an instance's attributes anew if variables that they use have changed; whether its tasks must follow."""
    instance, drawn = run.instance, _drawn(run.process.attributes)
    if run.new:
        parent = step.runs.get(instance.parent_key or 0)
        for name in ATTRIBUTES:
            setattr(instance, name, getattr(parent.instance, name) if parent else None)
    if not drawn or not (run.new or run.migrated or _touched(step, run, drawn)):
        return False
    before = instance.attributes
    for name, value in _evaluate(run, drawn).items():
        setattr(instance, name, value)
    return not run.new and instance.attributes != before


def spread(session: Session, instance: Instance) -> None:
    """Carry an instance's attributes to its open tasks, and to what it called where that names none of its own."""
    tasks = sa.select(UserTask).where(UserTask.instance_key == instance.key, UserTask.state == "open")
    for task in session.scalars(tasks):
        for name in ATTRIBUTES:
            setattr(task, name, getattr(instance, name))
        offer(session, task)
    children = sa.select(Instance).where(Instance.parent_key == instance.key, Instance.state == "active")
    for child in session.scalars(children):
        own = deployments.process(session, child.definition_key).attributes
        for name in ATTRIBUTES:
            if name not in own:
                setattr(child, name, getattr(instance, name))
        spread(session, child)


def offer(session: Session, task: UserTask) -> None:
    """Let worklists find an open task where it now waits."""
    session.execute(sa.delete(TaskCandidate).where(TaskCandidate.task_key == task.key))
    found = candidates(
        task.key, task.groups, task.users, task.area, task.subject, task.due, priority=task.priority
    )
    if found:
        session.execute(sa.insert(TaskCandidate), found)


def candidates(
    key: int,
    groups: Iterable[str],
    users: Iterable[str],
    area: str | None,
    subject: str | None,
    due: datetime | None,
    *,
    priority: int,
) -> list[dict[str, Any]]:
    """The rows by which an open task is found: one for each group where it has a place, one for each named user."""
    places = {(group, roles.place(group, area, subject)) for group in groups} | {("", user) for user in users}
    rank = 0 if priority >= URGENT else 1
    return [
        {"group": group, "place": place, "task_key": key, "rank": rank, "due": due or NEVER}
        for group, place in sorted(places, key=str)
        if place is not None
    ]


def _drawn(attributes: dict[str, str]) -> dict[str, str]:
    return {name: attributes[name] for name in ATTRIBUTES if name in attributes}


def _touched(step: Step, run: Run, drawn: dict[str, str]) -> bool:
    changed = {name for _, name, _ in run.machine.scopes.changed}
    evaluator = step.runtime.evaluator
    return any(changed & set(evaluator.names(expression)) for expression in drawn.values())


def _evaluate(run: Run, drawn: dict[str, str]) -> dict[str, str | None]:
    """What is not known yet is None; an expression that fails leaves all as they were, and must not stop the case."""
    host = run.machine.host
    assert isinstance(host, Host)
    try:
        values = host.evaluate_all(drawn, run.machine.scopes.view())
    except FeelError as error:
        log.warning("attribute_failed", process=run.process.id, reason=error.kind)
        return {}
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)
