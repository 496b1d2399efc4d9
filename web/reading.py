"""What pages read of a case: its task, its earlier steps' opinions, its form, and who may see it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import authority, deployments, instances, mending, values, worklist
from engine.dialect.model import Process
from engine.errors import NotFound
from engine.identity import Viewer, display_names
from engine.models.deployments import Definition
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime

ASKED_ANEW = ("outcome", "opinion", "return_to", "mend")
"""What each step says for itself: the last step's must not stand in the next one's form."""


@dataclass(frozen=True)
class Said:
    """What an earlier step of the case said: by whom, when, with which outcome and reason."""

    step: str
    who: str
    at: datetime
    outcome: str
    opinion: str
    mend: str
    instance_key: int
    task_key: int
    title: str
    """Whom it was about: a case of a list speaks of many households."""
    void: bool
    """The case was put back to before this step: it is done again."""


def case(session: Session, viewer: Viewer, key: int, verb: str = "case.see") -> Instance:
    """The root instance of a case that the viewer may see. `NotFound`, `NotAllowed`."""
    found = session.get(Instance, key)
    if found is None or found.parent_key is not None:
        raise NotFound("案卷", key)
    authority.permit(session, viewer, verb, area=found.area, subject=found.subject, case_key=found.key)
    return found


def may_see_case(session: Session, viewer: Viewer, key: int) -> bool:
    """Whether the viewer sees the whole case: who does a step of a list need not."""
    root = session.get_one(Instance, key)
    return authority.may(session, viewer, "case.see", area=root.area, subject=root.subject, case_key=root.key)


def process_of(session: Session, row: Instance | UserTask) -> Process:
    """The drawing, in its version, of an instance or a task."""
    return deployments.process(session, row.definition_key)


def schema_of(runtime: Runtime, session: Session, task: UserTask) -> dict[str, Any] | None:
    """The form that a task asks with, as it was deployed with its case."""
    if task.form_id is None:
        return None
    asked = deployments.asked(session, task.definition_key, task.element)
    return deployments.form(session, runtime.evaluator, asked)


def known(session: Session, task: UserTask, schema: dict[str, Any]) -> dict[str, Any]:
    """What the case knows already, as the form is prefilled with it."""
    instance = session.get_one(Instance, task.instance_key)
    found = instances.variables(session, instance, task.token)
    asked = _asked(schema)
    return {
        name: value
        for name, value in found.items()
        if name not in asked or not (name in ASKED_ANEW or name.endswith("_signature"))
    }


def fields(schema: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Every component of a form, those in groups too."""
    for component in (schema or {}).get("components", ()):
        yield component
        yield from fields(component)


def prefilled(runtime: Runtime, session: Session, viewer: Viewer, task: UserTask) -> dict[str, Any]:
    """What the form would hand in if nobody touched it: what is known of what it asks, and over it the viewer's draft."""
    schema = schema_of(runtime, session, task) or {}
    asked = _asked(schema)
    ready = {name: value for name, value in known(session, task, schema).items() if name in asked}
    return {**ready, **worklist.draft(session, viewer, task.key).data}


def said(session: Session, case_key: int, limit: int = 20, subject: str | None = None) -> list[Said]:
    """The latest completed steps of a case with what they said, the newest first.

    `subject`: only those about this household, or about none: who does one household's step of a list sees no other's.
    """
    wanted = sa.select(UserTask).where(UserTask.case_key == case_key, UserTask.state == "completed")
    if subject is not None:
        wanted = wanted.where(sa.or_(UserTask.subject == subject, UserTask.subject.is_(None)))
    tasks = session.scalars(wanted.order_by(UserTask.ended_at.desc(), UserTask.key.desc()).limit(limit)).all()
    people = display_names(
        session, {name for t in tasks for name in (t.completed_by, t.completed_for) if name}
    )
    void = mending.void(session, case_key)
    return [_said(session, task, people, task.key in void) for task in tasks]


def tasks(session: Session, case_key: int, state: str = "open") -> list[UserTask]:
    """The tasks of a case in one state, the oldest first."""
    wanted = sa.select(UserTask).where(UserTask.case_key == case_key, UserTask.state == state)
    return list(session.scalars(wanted.order_by(UserTask.key)))


def variables(session: Session, case: Instance, names: frozenset[str]) -> dict[str, Any]:
    """What a case knows under these names: its own variables, and where it has none yet, what its running parts know."""
    running = sa.select(Instance).where(Instance.case_key == case.key, Instance.state == "active")
    found: dict[str, Any] = {}
    for part in (case, *session.scalars(running.order_by(Instance.key))):
        told = values.variables(session, part, names=names)
        found = {**told, **{name: value for name, value in found.items() if value is not None}}
    return found


def _said(session: Session, task: UserTask, people: dict[str, str], void: bool) -> Said:
    answer = values.answer(session, task)
    assert task.ended_at is not None
    return Said(
        task.name,
        _who(task, people),
        task.ended_at,
        _text(answer.get("outcome")),
        _text(answer.get("opinion")),
        _text(answer.get("mend")),
        task.instance_key,
        task.key,
        task.title or "",
        void,
    )


def _who(task: UserTask, people: dict[str, str]) -> str:
    """Who did the step, and in whose place."""
    by = people[task.completed_by or ""]
    return (
        _("%(who)s（代%(absent)s）", who=by, absent=people[task.completed_for]) if task.completed_for else by
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _asked(schema: Mapping[str, Any]) -> set[str]:
    """The variables that a form asks for."""
    return {field["key"].split(".")[0] for field in fields(schema) if field.get("key")}


def process_names(session: Session, keys: set[int]) -> dict[int, str]:
    """Definition key → what the drawing calls the process."""
    rows = session.execute(
        sa.select(Definition.key, Definition.name, Definition.id).where(Definition.key.in_(keys))
    )
    return {row.key: row.name or row.id for row in rows}
