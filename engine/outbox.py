"""The outbox: work outside the database that a transaction asks for, done afterwards, at least once.

A receiver knows a parcel that comes twice by its key. One that cannot be delivered is tried again ever more seldom,
and given up after `MOST_ATTEMPTS`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from engine.keys import new_key
from engine.models.outbox import Parcel
from engine.runtime import Runtime

log = structlog.get_logger()

Carrier = Callable[[int, dict[str, Any]], None]
"""Delivers a parcel (its key, its payload); raises when it could not."""

CLAIM = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=30)
MOST_ATTEMPTS = 12
AT_ONCE = 10


def put(
    session: Session, kind: str, payload: Mapping[str, Any], at: datetime, case_key: int | None = None
) -> int:
    """Ask, in this transaction, for something to be carried out by the carrier of `kind`; the parcel's key."""
    parcel = Parcel(
        key=new_key(),
        case_key=case_key,
        kind=kind,
        payload=session.info["vault"].seal(dict(payload)),
        state="waiting",
        due=at,
        attempts=0,
    )
    session.add(parcel)
    return parcel.key


def send(runtime: Runtime, carriers: Mapping[str, Carrier]) -> int:
    """Deliver what is due and has a carrier; how many parcels were delivered."""
    claim, parcels = _claim(runtime, list(carriers))
    return sum(_deliver(runtime, carriers[kind], key, claim, payload) for key, kind, payload in parcels)


def _claim(runtime: Runtime, kinds: list[str]) -> tuple[int, list[tuple[int, str, dict[str, Any]]]]:
    now, claim = runtime.clock.now(), secrets.randbits(62)
    due = (
        sa.select(Parcel)
        .where(
            Parcel.state == "waiting",
            Parcel.due <= now,
            Parcel.kind.in_(kinds),
            sa.or_(Parcel.claimed_until.is_(None), Parcel.claimed_until <= now),
        )
        .order_by(Parcel.due)
        .limit(AT_ONCE)
    )
    with runtime.database.read() as session:
        if session.execute(due).first() is None:
            return claim, []
    with runtime.database.begin() as session:
        found = session.scalars(due.with_for_update(skip_locked=True)).all()
        for parcel in found:
            parcel.claim, parcel.claimed_until = claim, now + CLAIM
        return claim, [(p.key, p.kind, session.info["vault"].unseal(p.payload)) for p in found]


def _deliver(runtime: Runtime, carrier: Carrier, key: int, claim: int, payload: dict[str, Any]) -> bool:
    error: str | None = None
    try:
        carrier(key, payload)
    except Exception as failure:
        error = type(failure).__name__
        log.warning("parcel_not_delivered", parcel=key, error=error)
    with runtime.database.begin() as session:
        parcel = session.get_one(Parcel, key, with_for_update=True)
        if parcel.claim != claim:  # somebody else took over, we were too slow
            return False
        parcel.attempts += 1
        parcel.claim = parcel.claimed_until = None
        parcel.error = error
        if error is None:
            parcel.state = "sent"
        elif parcel.attempts >= MOST_ATTEMPTS:
            parcel.state = "failed"
        else:
            parcel.due = runtime.clock.now() + FIRST_PAUSE * 2 ** (parcel.attempts - 1)
    return error is None
