"""When a case is in a lawful state: it has ended as it is drawn, or all that it waits for will come."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.models.identity import UserGrant
from engine.models.instances import Incident, Instance, Job, Timer
from engine.models.worklist import TaskCandidate, UserTask


def unlawful(session: Session, now: datetime) -> Iterator[str]:
    """What stands in no lawful state, each with the reason.

    Lawful is a case that has come to an end event of its drawing, or one that runs and waits for a task that somebody
    has an account for, or for a moment still to come. Nothing may stand still: no incident, no job that nobody serves,
    no task that is nobody's, no timer whose moment is past.
    """
    for case in session.scalars(_strays()):
        yield f"{case.process_id} {case.key} ({case.title}): {case.state}, waits for nothing that will come"
    for incident in session.scalars(sa.select(Incident)):
        yield f"incident at {incident.element} of {incident.instance_key}: {incident.message}"
    for job in session.scalars(sa.select(Job)):
        yield f"job {job.type} at {job.element} of {job.instance_key}: nobody serves it"
    for timer in session.scalars(sa.select(Timer).where(Timer.due <= now)):
        yield f"timer {timer.element} of {timer.instance_key}: was due at {timer.due}"
    served = sa.exists().where(
        TaskCandidate.task_key == UserTask.key,
        UserGrant.role == TaskCandidate.group,
        UserGrant.place == TaskCandidate.place,
    )
    for task in session.scalars(sa.select(UserTask).where(UserTask.state == "open", sa.not_(served))):
        yield f"task {task.element} {task.key} in {task.area}: nobody has an account for it"


def _strays() -> sa.Select[tuple[Instance]]:
    """Cases that have neither ended where their drawing ends nor wait for a person or a moment."""
    tasks = sa.select(UserTask.case_key).where(UserTask.state == "open")
    timers = sa.select(Instance.case_key).join(Timer, Timer.instance_key == Instance.key)
    ended = sa.and_(Instance.state == "completed", Instance.end_event.is_not(None))
    waits = sa.and_(
        Instance.state == "active",
        sa.or_(Instance.key.in_(tasks), Instance.key.in_(timers)),
    )
    return sa.select(Instance).where(Instance.parent_key.is_(None), sa.not_(sa.or_(ended, waits)))
