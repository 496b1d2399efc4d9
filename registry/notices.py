"""Notices to households: written here in the step's transaction, delivered by whoever `waiting` hands them to."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import told
from registry.history import acting
from registry.models import Notice


def write(session: Session, household_key: int, kind: str, text: str) -> Notice:
    """Put down a notice of a `kind` (受理, 不予纳入, 纳入, 移出 …) for the household."""
    notice = Notice(
        household_key=household_key, kind=kind, text=told.text(text), written_at=acting(session).at
    )
    session.add(notice)
    session.flush()
    return notice


def waiting(session: Session, limit: int = 100) -> list[Notice]:
    """Notices not delivered yet, oldest first."""
    query = select(Notice).where(Notice.delivered_at.is_(None))
    return list(session.scalars(query.order_by(Notice.written_at, Notice.key).limit(limit)))


def of(session: Session, household_key: int) -> list[Notice]:
    """A household's notices, newest first."""
    query = select(Notice).where(Notice.household_key == household_key)
    return list(session.scalars(query.order_by(Notice.written_at.desc(), Notice.key.desc())))


def delivered(notice: Notice, at: datetime) -> None:
    """Mark the notice as delivered."""
    notice.delivered_at = at
