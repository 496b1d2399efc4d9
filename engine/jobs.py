"""Jobs: service tasks that no operation here serves. A worker outside activates, completes or fails them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import incidents, instances, records
from engine.errors import NotFound, Stale
from engine.instances import Actor, name_of
from engine.machine import NotWaiting
from engine.models.instances import Instance, Job
from engine.runtime import Runtime
from engine.step import Step, take


@dataclass(frozen=True)
class Activated:
    """A job in a worker's hands until `deadline`, with what it needs."""

    key: int
    type: str
    instance: Instance
    element: str
    token: str
    variables: dict[str, Any]
    headers: dict[str, Any]
    retries: int
    worker: str
    deadline: datetime


def activate(
    runtime: Runtime, session: Session, job_type: str, worker: str, timeout: timedelta, limit: int = 32
) -> list[Activated]:
    """Take up to `limit` open jobs of a type, the oldest first; nobody else gets them before `timeout` is over."""
    now = runtime.clock.now()
    free = sa.or_(Job.locked_until.is_(None), Job.locked_until <= now)
    found = session.execute(
        sa.select(Job, Instance)
        .join(Instance, Instance.key == Job.instance_key)
        .where(Job.type == job_type, Job.state == "open", free)
        .order_by(Job.key)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Job)
    ).all()
    for job, _ in found:
        job.worker, job.locked_until = worker, now + timeout
    session.flush()
    vault = session.info["vault"]
    return [
        Activated(
            job.key,
            job.type,
            instance,
            job.element,
            job.token,
            vault.unseal(job.inputs),
            job.headers,
            job.retries,
            worker,
            now + timeout,
        )
        for job, instance in found
    ]


def complete(
    runtime: Runtime, session: Session, key: int, variables: Mapping[str, Any], actor: Actor
) -> Instance:
    """The job is done: its case goes on with the result. NotFound when it is not (or no longer) waiting."""
    return _answer(
        runtime,
        session,
        key,
        actor,
        "job_done",
        dict(variables),
        lambda machine, token: machine.complete(token, variables),
    )


def throw_error(
    runtime: Runtime,
    session: Session,
    key: int,
    code: str,
    message: str,
    variables: Mapping[str, Any],
    actor: Actor,
) -> Instance:
    """The job ends in a BPMN error, which a boundary event must catch. Stale when none does."""

    def throw(machine: Any, token: str) -> None:
        if not machine.throw_error(token, code, message, variables):
            raise Stale(f"没有边界事件接住错误“{code}”")

    given = {"code": code, "message": message, "variables": dict(variables)}
    return _answer(runtime, session, key, actor, "job_error", given, throw)


def fail(
    runtime: Runtime,
    session: Session,
    key: int,
    retries: int,
    message: str,
    actor: Actor,
    backoff: timedelta = timedelta(0),
) -> None:
    """The worker could not do it: offered again after `backoff` while `retries` are left, else an incident."""
    job, _, _ = _locked(session, key)
    now = runtime.clock.now()
    job.retries, job.worker, job.locked_until = max(retries, 0), None, now + backoff
    if job.retries == 0 and job.state == "open":
        job.state = "failed"
        incidents.open_job_incident(session, job, message[:500], now)
    session.flush()


def change(
    runtime: Runtime, session: Session, key: int, retries: int | None, timeout: timedelta | None
) -> None:
    """Give a job so many tries, or whoever has it so much time from now. NotFound, Stale (nobody has it)."""
    job, _, _ = _locked(session, key)
    if timeout is not None:
        if job.worker is None:
            raise Stale("作业不在任何人手里")
        job.locked_until = runtime.clock.now() + timeout
    if retries is not None:
        job.retries = retries
    session.flush()


def _answer(
    runtime: Runtime,
    session: Session,
    key: int,
    actor: Actor,
    kind: str,
    given: Mapping[str, Any],
    effect: Callable[[Any, str], None],
) -> Instance:
    job, instance, case = _locked(session, key)
    element, token = job.element, job.token

    def act(step: Step) -> None:
        step.given = given
        try:
            effect(step.load(instance).machine, token)
        except NotWaiting as error:
            raise NotFound("作业", key) from error

    step, failures = take(runtime, session, name_of(actor), case, act, about=instance.key)
    body = {"instance": str(instance.key), "element": element, "token": token, "job": str(key)}
    records.write(step, kind, body)
    incidents.close_job(session, instance.key, token, name_of(actor), step.now)
    incidents.keep(step, failures)
    return instance


def _locked(session: Session, key: int) -> tuple[Job, Instance, Instance]:
    of_job = sa.select(Job.instance_key).where(Job.key == key)
    instance_key = session.scalar(of_job)
    if instance_key is None:
        raise NotFound("作业", key)
    instance, case = instances.locked_instance(session, instance_key)
    job = session.scalars(
        sa.select(Job).where(Job.key == key).execution_options(populate_existing=True)
    ).one_or_none()
    if job is None:
        raise NotFound("作业", key)
    return job, instance, case
