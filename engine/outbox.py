"""The outbox: work outside the database that a transaction asks for, done afterwards, at least once.

A receiver knows a parcel that comes twice by its key. One that cannot be delivered is tried again ever more seldom,
and given up after `MOST_ATTEMPTS`; at once where the carrier knows that it never can be (`Undeliverable`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from engine import faults
from engine.keys import new_key
from engine.models.outbox import Parcel
from engine.runtime import Runtime

log = structlog.get_logger()


class Undeliverable(Exception):
    """To try again would not help. Its text is kept and shown: it must hold no private data."""


class Carrier(Protocol):
    """Takes parcels of one kind out of the house."""

    def carry(self, key: int, payload: dict[str, Any]) -> None:
        """Deliver the parcel of this key; raises when it could not, `Undeliverable` when it never can."""

    def settled(self, session: Session, payload: dict[str, Any], at: datetime, error: str | None) -> None:
        """In the transaction that marks the parcel as sent (no `error`) or given up: keep what became of it."""


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
    claim, until, parcels = _claim(runtime, list(carriers))
    sent = 0
    for key, kind, payload in parcels:
        if runtime.clock.now() >= until:
            break  # the others were slow: what is left is whoever's claims it next
        sent += _deliver(runtime, carriers[kind], key, claim, payload)
    return sent


def _claim(runtime: Runtime, kinds: list[str]) -> tuple[int, datetime, list[tuple[int, str, dict[str, Any]]]]:
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
        if not kinds or session.execute(due).first() is None:
            return claim, now, []
    with runtime.database.begin() as session:
        found = session.scalars(due.with_for_update(skip_locked=True)).all()
        for parcel in found:
            parcel.claim, parcel.claimed_until = claim, now + CLAIM
        opened = [(p.key, p.kind, session.info["vault"].unseal(p.payload)) for p in found]
    return claim, now + CLAIM, opened


def _deliver(runtime: Runtime, carrier: Carrier, key: int, claim: int, payload: dict[str, Any]) -> bool:
    error, never = None, False
    try:
        carrier.carry(key, payload)
    except Undeliverable as refused:
        error, never = str(refused), True
    except Exception as failure:
        error = type(failure).__name__  # its text may hold an address
    if error is not None:
        log.warning("parcel_not_delivered", parcel=key, error=error)
    faults.point("after_send")
    with runtime.database.begin() as session:
        parcel = session.get_one(Parcel, key, with_for_update=True)
        if parcel.claim != claim:  # somebody else took over, we were too slow
            return False
        now = runtime.clock.now()
        parcel.attempts += 1
        parcel.claim = parcel.claimed_until = None
        parcel.error = error
        if error is None:
            parcel.state = "sent"
        elif never or parcel.attempts >= MOST_ATTEMPTS:
            parcel.state = "failed"
        else:
            parcel.due = now + FIRST_PAUSE * 2 ** (parcel.attempts - 1)
        if parcel.state != "waiting":
            carrier.settled(session, payload, now, error)
    return error is None
