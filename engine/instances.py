"""Cases: begun, answered and ended here, each event in one transaction that the caller commits.

`actor` is who does it. A `Viewer` is asked for his authority over the task; a plain name is the program itself (the
worker, an import, a scenario) and is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from engine import (
    authority,
    deployments,
    documents,
    forms,
    incidents,
    journal,
    offers,
    records,
    typed,
    values,
)
from engine.errors import InvalidAnswer, InvalidInput, NotFound, Stale, TaskDone, TaskGone
from engine.identity import User, Viewer, display_names
from engine.machine import NotAStart, NotWaiting
from engine.models.deployments import Definition
from engine.models.instances import Instance, Passage
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.scopes import ROOT
from engine.step import Step, take

Actor = Viewer | str

# Made once: to build a statement costs as much as to run it.
_case = aliased(Instance)
_TASK = (
    sa.select(UserTask, Instance, _case)
    .join(Instance, Instance.key == UserTask.instance_key)
    .join(_case, _case.key == UserTask.case_key)
    .where(UserTask.key == sa.bindparam("key"))
    .execution_options(populate_existing=True)
)
_INSTANCE = (
    sa.select(Instance, _case)
    .join(_case, _case.key == Instance.case_key)
    .where(Instance.key == sa.bindparam("key"))
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Passed:
    """An element that an instance entered. `who`: the person who completed it; `via`: the flow taken to it.

    `state`: active, completed or cancelled. `task`: the user task's key where it is one.
    """

    instance_key: int
    token: str
    element: str
    via: str | None
    state: str
    entered_at: datetime
    left_at: datetime | None
    who: str | None = None
    task: int | None = None


def start(
    runtime: Runtime,
    session: Session,
    process_id: str,
    variables: Mapping[str, Any],
    actor: Actor,
    *,
    version: int | None = None,
    element: str | None = None,
    tags: Sequence[str] = (),
    request_id: str | None = None,
) -> Instance:
    """Begin a case: the process's latest version (or that one), at its start event (or at `element`).

    A `Viewer` starts what its drawing offers to him, there where it begins. NotFound, NotAllowed, AlreadyRunning.
    """
    if request_id and (done := journal.seen(session, request_id)):
        return session.get_one(Instance, done.case_key)
    definition = deployments.definition(session, "process", process_id, version=version)
    process = deployments.process(session, definition.key)
    if isinstance(actor, Viewer):
        variables = offers.given(runtime, process, actor, variables)
        if process.starters is not None and element not in {None, *(s.element_id for s in process.starts)}:
            raise InvalidInput("element", detail=f"不能从“{element}”开始")

    def act(step: Step) -> None:
        try:
            step.begin(definition, variables, element=element, tags=list(tags))
        except NotAStart as error:
            raise InvalidInput("element", detail=f"不能从“{error}”开始") from error

    case = begin(runtime, session, definition, actor, act, request_id)
    if isinstance(actor, Viewer):
        authority.starting_as(actor, process.starters, case.area, case.subject)
    offers.refuse_second(session, case, process)
    return case


def begin(
    runtime: Runtime,
    session: Session,
    definition: Definition,
    actor: Actor,
    act: Any,
    request_id: str | None = None,
) -> Instance:
    """The first step of a new case, for whatever starts one."""
    body: dict[str, Any] = {"process": definition.id, "version": definition.version}
    try:
        with session.begin_nested():
            step, failures = take(runtime, session, name_of(actor), None, act)
            if step.began_at is not None:
                body["element"] = step.began_at
            records.write(step, "started", body, request_id=request_id)
    except IntegrityError:
        done = journal.seen(session, request_id) if request_id else None
        if done is None:
            raise
        return session.get_one(Instance, done.case_key)  # the same request came twice at once
    incidents.keep(step, failures)
    assert step.case is not None
    return step.case


def complete(
    runtime: Runtime,
    session: Session,
    task_key: int,
    answer: Mapping[str, Any],
    actor: Actor,
    *,
    request_id: str | None = None,
    sign: Callable[[UserTask, Mapping[str, Any]], None] | None = None,
) -> Instance:
    """Answer a user task and let its case go on; returns the task's instance.

    A repeated `request_id` has no second effect. `sign` is called once in the step, with the task and its checked
    answer, before the case goes on: it freezes what this answer signs. NotFound, NotAllowed, TaskDone (who was first), TaskGone, InvalidAnswer,
    ForeignFile.
    """
    task, instance, case = locked(session, task_key)
    if request_id and journal.seen(session, request_id):
        return instance
    absent = _permit(session, actor, task) if isinstance(actor, Viewer) else None
    refuse_closed(session, task)
    checked, files = _checked(runtime, session, task, instance, answer)
    if isinstance(actor, Viewer):  # the program itself, as a rehearsal or an import, sends no files
        documents.adopt(session, files, instance.case_key, actor.name)
    if sign is not None:
        sign(task, checked)

    def act(step: Step) -> None:
        run = step.load(instance)
        try:
            run.machine.complete(task.token, checked)
        except NotWaiting as error:
            raise Stale(task.name) from error

    step, failures = take(runtime, session, name_of(actor), case, act, about=task.key)
    body = {"instance": str(instance.key), "element": task.element, "task": str(task.key)}
    if absent is not None:
        task.completed_for = body["for"] = absent.name
    records.write(step, "completed", body, answered=(task, checked), request_id=request_id)
    incidents.keep(step, failures)
    return instance


def cancel(runtime: Runtime, session: Session, instance_key: int, actor: Actor, reason: str) -> Instance:
    """End an instance before its end, with all that it called; `reason` is kept in the journal. NotFound, Stale."""
    instance, case = locked_instance(session, instance_key)
    if instance.state != "active":
        raise Stale(f"流程 {instance.key} 已结束")

    def act(step: Step) -> None:
        step.cancel(step.load(instance))

    step, failures = take(runtime, session, name_of(actor), case, act, about=instance.key)
    records.write(step, "cancelled", {"instance": str(instance.key), "reason": reason})
    incidents.close(session, instance.case_key, name_of(actor), step.now)
    incidents.keep(step, failures)
    return instance


def get(session: Session, key: int) -> Instance:
    """The instance of that key. NotFound."""
    found = session.get(Instance, key)
    if found is None:
        raise NotFound("流程", key)
    return found


def variables(session: Session, instance: Instance, token: str = ROOT) -> dict[str, Any]:
    """The variables in force in an instance, or seen from one of its tokens (a user task's `token`)."""
    return values.variables(session, instance, token)


def history(session: Session, instance: Instance) -> list[Passed]:
    """The elements that an instance went through or is at, in the order of entering."""
    passages = sa.select(Passage).where(Passage.instance_key == instance.key)
    tasks = sa.select(UserTask).where(UserTask.instance_key == instance.key)
    found = [
        Passed(p.instance_key, p.token, p.element, p.via, p.state, p.entered_at, p.left_at)
        for p in session.scalars(passages)
    ]
    found += [
        Passed(
            t.instance_key,
            t.token,
            t.element,
            t.via,
            "active" if t.state == "open" else t.state,
            t.created_at,
            t.ended_at,
            t.completed_by,
            t.key,
        )
        for t in session.scalars(tasks)
    ]
    return sorted(found, key=lambda each: (len(each.token), each.token))  # numbered in base 36, as they came


def of_case(session: Session, case_key: int) -> list[Instance]:
    """All instances of a case, the root first."""
    return list(
        session.scalars(sa.select(Instance).where(Instance.case_key == case_key).order_by(Instance.key))
    )


# -- for what else moves cases


def name_of(actor: Actor) -> str:
    """The name that journal and rows keep."""
    return actor.name if isinstance(actor, Viewer) else actor


def lock(session: Session, case_key: Any) -> None:
    """Keep other steps of this case (a key, or a query for it) away until the end of the transaction."""
    if session.get_bind().dialect.name != "sqlite":  # there BEGIN IMMEDIATE keeps all writers away
        session.execute(sa.select(Instance.key).where(Instance.key == case_key).with_for_update())


def locked(session: Session, task_key: int) -> tuple[UserTask, Instance, Instance]:
    """A task, its instance and its case, locked. NotFound."""
    lock(session, sa.select(UserTask.case_key).where(UserTask.key == task_key).scalar_subquery())
    found = session.execute(_TASK, {"key": task_key}).one_or_none()
    if found is None:
        raise NotFound("任务", task_key)
    return found[0], found[1], found[2]


def locked_instance(session: Session, key: int) -> tuple[Instance, Instance]:
    """An instance and its case, locked. NotFound."""
    lock(session, sa.select(Instance.case_key).where(Instance.key == key).scalar_subquery())
    found = session.execute(_INSTANCE, {"key": key}).one_or_none()
    if found is None:
        raise NotFound("流程", key)
    return found[0], found[1]


def refuse_closed(session: Session, task: UserTask) -> None:
    """TaskDone names who was first; TaskGone when the procedure took the task back."""
    if task.state == "completed":
        who = task.completed_by or ""
        raise TaskDone(display_names(session, [who])[who], task.ended_at)
    if task.state == "cancelled":
        raise TaskGone()


def _permit(session: Session, viewer: Viewer, task: UserTask) -> User | None:
    """In whose place the viewer does the task (None: his own). Once it is closed nobody is its candidate, but who sees
    its case is told what became of it."""
    if task.state == "open":
        return authority.permit_task(session, viewer, task)
    authority.permit(
        session, viewer, "task.see", area=task.area, subject=task.subject, case_key=task.case_key
    )
    return None


def _checked(
    runtime: Runtime, session: Session, task: UserTask, instance: Instance, answer: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The answer as the task's form takes it, and the files in it. A task without a form takes any JSON object. InvalidAnswer."""
    if task.form_id is None:
        task.typed, task.brought = typed.count(answer, {})
        return dict(answer), []
    asked = deployments.asked(session, task.definition_key, task.element)
    schema = deployments.form(session, runtime.evaluator, asked)
    known = variables(session, instance, task.token)
    found = forms.check(runtime.evaluator, schema, answer, known, runtime.clock.now())
    if found.errors:
        raise InvalidAnswer(found.errors)
    task.typed, task.brought = typed.count(found.data, known)
    return dict(found.data), list(forms.attached(schema["components"], found.data))


__all__ = [
    "Actor", "Entry", "Passed", "begin", "cancel", "complete", "get", "history", "of_case", "start", "variables",
]  # fmt: skip
