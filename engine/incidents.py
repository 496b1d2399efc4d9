"""Incidents: what could not go on stands before the element that failed, until somebody mends the cause and retries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from engine import records
from engine.errors import NotFound, Refusal, Stale
from engine.keys import new_key
from engine.models.instances import Incident, Instance, Job
from engine.runtime import Runtime
from engine.step import Failure, Step, take

if TYPE_CHECKING:
    from engine.instances import Actor

log = structlog.get_logger()


def keep(step: Step, failures: Sequence[Failure]) -> None:
    """After a step was written: open an incident for each element that failed, resolve those that went on."""
    by_ordinal = {run.ordinal: run for run in step.runs.values()}
    stuck = {key: run for key, run in step.runs.items() if run.was_stuck or run.machine.queue}
    if not stuck:
        return
    known: dict[tuple[int, str | None], Incident] = {
        (each.instance_key, each.token): each
        for each in step.session.scalars(
            sa.select(Incident).where(
                Incident.instance_key.in_(stuck), Incident.state == "open", Incident.kind != "job"
            )
        )
    }
    failed: dict[tuple[int, str | None], Failure] = {
        (by_ordinal[f.ordinal].instance.key, f.token): f for f in failures if f.ordinal in by_ordinal
    }
    for place, failure in failed.items():
        if not step.runs[place[0]].machine.holds(place[1] or ""):
            continue  # what else happened in the step took it away
        if place in known:
            known[place].message, known[place].at = _told(failure.cause), step.now
        else:
            step.session.add(_incident(step, place, failure))
    for place, incident in known.items():
        waiting = {token.id for token in step.runs[place[0]].machine.queue}
        if place not in failed and place[1] not in waiting:
            _resolve(incident, step.actor, step.now)
    step.session.flush()


def retry(runtime: Runtime, session: Session, key: int, actor: Actor) -> Incident:
    """Try the failed element again: the incident is resolved, or tells why it still fails. NotFound, Stale."""
    from engine.instances import locked_instance, name_of

    incident = session.get(Incident, key)
    if incident is None:
        raise NotFound("故障", key)
    instance, case = locked_instance(session, incident.instance_key)
    session.refresh(incident)
    if incident.state != "open":
        raise Stale("故障已处理")
    if incident.kind == "job":
        _open_job(session, incident, name_of(actor), runtime.clock.now())
        return incident

    def act(step: Step) -> None:
        step.load(instance).held.discard(incident.token or "")

    step, failures = take(runtime, session, name_of(actor), case, act, about=instance.key)
    body = {"instance": str(instance.key), "element": incident.element, "incident": str(key)}
    records.write(step, "retried", body)
    keep(step, failures)
    return incident


def open_job_incident(session: Session, job: Job, message: str, at: datetime) -> None:
    """A worker outside has used up a job's retries."""
    session.add(
        Incident(
            key=new_key(),
            case_key=job.case_key,
            instance_key=job.instance_key,
            element=job.element,
            token=job.token,
            kind="job",
            message=message,
            state="open",
            at=at,
        )
    )


def close_job(session: Session, instance_key: int, token: str, actor: str, at: datetime) -> None:
    """A job that had failed was done after all."""
    theirs = sa.and_(Incident.instance_key == instance_key, Incident.token == token)
    for incident in session.scalars(sa.select(Incident).where(theirs, Incident.state == "open")):
        _resolve(incident, actor, at)


def close(session: Session, case_key: int, actor: str, at: datetime) -> None:
    """Nothing is left to mend in instances of the case that are over."""
    over = sa.select(Instance.key).where(Instance.case_key == case_key, Instance.state != "active")
    incidents = sa.select(Incident).where(Incident.instance_key.in_(over), Incident.state == "open")
    for incident in session.scalars(incidents):
        _resolve(incident, actor, at)


def open_of(session: Session, case_key: int) -> Sequence[Incident]:
    """A case's open incidents, the oldest first."""
    statement = sa.select(Incident).where(Incident.case_key == case_key, Incident.state == "open")
    return session.scalars(statement.order_by(Incident.key)).all()


def _incident(step: Step, place: tuple[int, str | None], failure: Failure) -> Incident:
    return Incident(
        key=new_key(),
        case_key=step.runs[place[0]].instance.case_key,
        instance_key=place[0],
        element=failure.element,
        token=place[1],
        kind=failure.cause.code if isinstance(failure.cause, Refusal) else "program",
        message=_told(failure.cause),
        state="open",
        at=step.now,
    )


def _told(cause: BaseException) -> str:
    """What an administrator reads. A foreign exception's text may hold personal data: only its kind is kept."""
    if isinstance(cause, Refusal):
        return str(cause)
    log.error("step_failed", error=type(cause).__name__, exc_info=cause)
    message = getattr(cause, "message", None)
    code = getattr(cause, "code", None)
    if isinstance(code, str) and isinstance(message, str):
        return f"{message}（{code}）"
    return f"程序出错：{type(cause).__name__}"


def _resolve(incident: Incident, actor: str, at: datetime) -> None:
    incident.state, incident.resolved_by, incident.resolved_at = "resolved", actor, at


def _open_job(session: Session, incident: Incident, actor: str, at: datetime) -> None:
    job = session.get(Job, (incident.instance_key, incident.token))
    if job is not None:
        job.state, job.retries, job.locked_until, job.worker = "open", 1, None, None
    _resolve(incident, actor, at)
    session.flush()
