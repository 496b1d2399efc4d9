"""What the tables keep of an instance's position: frozen before a migration, renamed by it, put back when it is undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import attributes
from engine.dialect.model import Process
from engine.models.base import Base, Moment
from engine.models.instances import Incident, Instance, Job, Passage, SignalWait, Subscription, Timer
from engine.models.worklist import UserTask

Frozen = dict[str, list[dict[str, Any]]]

SUBSCRIPTIONS: tuple[type[Timer] | type[Subscription] | type[SignalWait], ...] = (
    Timer,
    Subscription,
    SignalWait,
)
WAITS: tuple[type[Timer] | type[Subscription] | type[SignalWait] | type[Job], ...] = (*SUBSCRIPTIONS, Job)
DRAWN = (
    "definition_key",
    "process_id",
    "element",
    "name",
    "form_id",
    "properties",
    "groups",
    "users",
    "priority",
)
"""What a user task has from its drawing. Who has it, its draft, when it came and when it is due are its own."""


def freeze(session: Session, instance: Instance) -> Frozen:
    """The instance's rows that a migration may change, as JSON."""
    return {
        table.__tablename__: [_plain(row) for row in session.scalars(_open(table, instance.key))]
        for table in (*WAITS, UserTask, Passage, Incident)
    }


def end(session: Session, instance: Instance, tokens: Collection[str]) -> None:
    """Take away the subscriptions of these tokens, which have no place any more."""
    if not tokens:
        return
    unsubscribe(session, instance, tokens)
    gone = sa.update(Passage).where(Passage.instance_key == instance.key, Passage.token.in_(tokens))
    session.execute(gone.values(state="cancelled", left_at=session.info["step"]["at"]))


def unsubscribe(session: Session, instance: Instance, tokens: Collection[str]) -> None:
    """Take away the subscriptions of these tokens."""
    for table in SUBSCRIPTIONS:
        session.execute(sa.delete(table).where(table.instance_key == instance.key, table.token.in_(tokens)))


def rename(session: Session, instance: Instance, process: Process, elements: Mapping[str, str]) -> None:
    """Give every open row the element that it stands at in the new drawing; a task follows it in name and form too."""
    for table in (*WAITS, Passage, Incident):
        for row in session.scalars(_open(table, instance.key)):
            row.element = elements.get(row.element, row.element)
    for task in session.scalars(_open(UserTask, instance.key)):
        task.element = elements.get(task.element, task.element)
        drawn = process.elements[task.element]
        task.definition_key, task.process_id = instance.definition_key, instance.process_id
        task.name, task.form_id = process.named(task.element), drawn.form_id
        task.properties = dict(drawn.properties)


def assign(session: Session, instance: Instance, tasks: Mapping[str, Mapping[str, Any]]) -> None:
    """What was evaluated anew for user tasks, by token. Somebody who has taken a task keeps it, and so does a due moment."""
    for task in session.scalars(_open(UserTask, instance.key).where(UserTask.token.in_(tasks))):
        data = tasks[task.token]
        task.groups, task.users = list(data["candidate_groups"]), list(data["candidate_users"])
        task.priority = data["priority"]
        task.assignee = task.assignee or data["assignee"]
        task.due = task.due or data["due_date"]
        task.follow_up = task.follow_up or data["follow_up_date"]
        attributes.offer(session, task)


def retype(session: Session, instance: Instance, process: Process, jobs: Mapping[str, str]) -> None:
    """Offer these jobs under another type."""
    for job in session.scalars(_open(Job, instance.key).where(Job.token.in_(jobs))):
        job.type, job.headers = jobs[job.token], dict(process.elements[job.element].headers)


def restore(session: Session, instance: Instance, frozen: Frozen) -> None:
    """Put the rows back as they were frozen. Who has taken a task meanwhile keeps it."""
    for table in WAITS:
        session.execute(sa.delete(table).where(table.instance_key == instance.key))
        if rows := frozen[table.__tablename__]:
            session.execute(sa.insert(table), [_typed(table, row) for row in rows])
    _restore_passages(session, instance, frozen["passage"])
    tasks = {row["token"]: _typed(UserTask, row) for row in frozen["user_task"]}
    for task in session.scalars(_open(UserTask, instance.key)):
        for name in DRAWN:
            setattr(task, name, tasks[task.token][name])
        attributes.offer(session, task)
    elements = {row["key"]: row["element"] for row in frozen["incident"]}
    for incident in session.scalars(_open(Incident, instance.key)):
        incident.element = elements.get(incident.key, incident.element)


def _restore_passages(session: Session, instance: Instance, frozen: list[dict[str, Any]]) -> None:
    of_instance = Passage.instance_key == instance.key
    tokens = [row["token"] for row in frozen]
    session.execute(
        sa.delete(Passage).where(of_instance, Passage.state == "active", Passage.token.not_in(tokens))
    )
    for row in frozen:
        values = {"element": row["element"], "state": "active", "left_at": None}
        session.execute(sa.update(Passage).where(of_instance, Passage.token == row["token"]).values(values))


def _open(table: Any, instance_key: int) -> sa.Select[Any]:
    state = {"user_task": "open", "passage": "active", "incident": "open"}.get(table.__tablename__)
    found = sa.select(table).where(table.instance_key == instance_key)
    return found if state is None else found.where(table.state == state)


def _plain(row: Base) -> dict[str, Any]:
    return {
        attribute.key: _json(getattr(row, attribute.key)) for attribute in sa.inspect(type(row)).column_attrs
    }


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _typed(table: type[Base], row: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {attribute.key: attribute.columns[0].type for attribute in sa.inspect(table).column_attrs}
    return {name: _value(kinds[name], value) for name, value in row.items()}


def _value(kind: Any, value: Any) -> Any:
    if isinstance(value, str) and isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    return bytes.fromhex(value) if isinstance(value, str) and isinstance(kind, sa.LargeBinary) else value
