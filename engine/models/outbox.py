"""Work outside the database that a step asked for, kept in the same transaction and done afterwards."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class Parcel(Base):
    """One piece of such work. `payload` is sealed. Sent at least once: `key` lets the receiver know it again."""

    __tablename__ = "parcel"
    __table_args__ = (sa.Index("ix_parcel_due", "state", "due"),)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int | None] = mapped_column(index=True)
    kind: Mapped[str]
    payload: Mapped[bytes]
    state: Mapped[str] = mapped_column(sa.String(10))  # waiting, sent, failed
    due: Mapped[datetime]
    attempts: Mapped[int]
    claim: Mapped[int | None]
    claimed_until: Mapped[datetime | None]
    error: Mapped[str | None]
