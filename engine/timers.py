"""Due timers: claimed by one worker at a time, fired once whatever dies.

A claim is an atomic update that stamps the row with a fencing token and an end. Whoever fires checks, with the case
locked, that the row still carries his token; firing deletes or moves the row in the same transaction as its effect. A
worker that dies leaves a claim that runs out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from engine import deployments, faults, incidents, instances, records
from engine.dialect import timers as schedules
from engine.machine import NotWaiting
from engine.models.instances import Timer, TimerStart
from engine.runtime import Runtime
from engine.step import Step, take

log = structlog.get_logger()

CLAIM = timedelta(seconds=60)
"""How long a claim lasts: far longer than a step, short enough for another worker to take over."""

AT_ONCE = 20
WORKER = "worker"


def fire_due(runtime: Runtime) -> int:
    """Claim and fire what is due, timers of cases and of starts; how many fired. Each fires in its own transaction."""
    claim, due = _claim(runtime, Timer)
    fired = sum(_try(runtime, partial(fire, row=row, claim=claim)) for row in due)
    claim, starts = _claim(runtime, TimerStart)
    return fired + sum(_try(runtime, partial(_start, row=row, claim=claim)) for row in starts)


def _try(runtime: Runtime, effect: Callable[[Runtime, Session], bool]) -> bool:
    """One timer that cannot fire keeps none of the others waiting; it is tried again when its claim runs out."""
    try:
        with runtime.database.begin() as session:
            return effect(runtime, session)
    except Exception:
        log.exception("timer_failed")
        return False


def fire(runtime: Runtime, session: Session, row: tuple[int, str], claim: int) -> bool:
    """Fire one claimed timer (instance key, token); False when somebody else did, or its token is gone."""
    instance_key, token = row
    instance, case = instances.locked_instance(session, instance_key)
    timer = session.get(Timer, (instance_key, token), populate_existing=True)
    if timer is None or timer.claim != claim:
        return False

    def act(step: Step) -> None:
        step.load(instance).machine.fire(token)

    try:
        step, failures = take(runtime, session, WORKER, case, act, about=instance.key)
    except NotWaiting:  # cannot be while rows and tokens agree; `fangfan check` tells
        session.delete(timer)
        return False
    body = {"instance": str(instance_key), "element": timer.element, "token": token}
    records.write(step, "fired", body)
    incidents.keep(step, failures)
    return True


def _claim(runtime: Runtime, table: type[Timer] | type[TimerStart]) -> tuple[int, list[Any]]:
    """Stamp some due rows with a new fencing token; the token, and the rows' keys."""
    now, claim = runtime.clock.now(), secrets.randbits(62)
    keys = tuple(table.__table__.primary_key)
    due = (
        sa.select(*keys)
        .where(table.due <= now, sa.or_(table.claimed_until.is_(None), table.claimed_until <= now))
        .order_by(table.due)
        .limit(AT_ONCE)
    )
    with runtime.database.read() as session:  # most looks find nothing, and shall keep no writer waiting
        if session.execute(due).first() is None:
            return claim, []
    with runtime.database.begin() as session:
        found = list(session.execute(due.with_for_update(skip_locked=True)))
        for row in found:
            session.execute(
                sa.update(table)
                .where(*(column == value for column, value in zip(keys, row, strict=True)))
                .values(claim=claim, claimed_until=now + CLAIM)
            )
    faults.point("after_claim")
    return claim, found


def _start(runtime: Runtime, session: Session, row: tuple[str, str], claim: int) -> bool:
    process_id, element = row
    start = session.get(TimerStart, (process_id, element), with_for_update=True)
    if start is None or start.claim != claim:
        return False
    definition = deployments.definition(session, "process", process_id)
    due = start.due

    def act(step: Step) -> None:
        step.begin(definition, {}, element=element)

    following = schedules.following(start.due, start.every, start.left)
    if following is None:
        session.delete(start)
    else:
        start.due, start.left = following.due, following.left
        start.claim = start.claimed_until = None
    instances.begin(
        runtime, session, definition, WORKER, act, request_id=f"{process_id} {element} {due.isoformat()}"
    )
    return True
