"""The journal: what was done, by whom, chained so that no entry can be changed unseen."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, present


class Entry(Base):
    """One entry of a case's chain; case 0 is the house's own (users, deployments, settings).

    `body` holds no personal data. `values` seals what a step wrote (instance → scope → name → value): each value is
    kept here, once. `values_digest` is keyed, so that the chain stays whole when values must be erased.
    """

    __tablename__ = "entry"
    __table_args__ = (present("uq_entry_request_id", "request_id", unique=True),)
    case_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    body: Mapped[dict[str, Any]]
    values: Mapped[bytes | None]
    values_digest: Mapped[bytes | None]
    hash: Mapped[bytes]
    request_id: Mapped[str | None]


class HouseChain(Base):
    """The head of the house's own chain (one row); a case's head is on its instance."""

    __tablename__ = "house_chain"
    case_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    journal_length: Mapped[int]
    journal_head: Mapped[bytes | None]


class Anchor(Base):
    """All chains' heads at one moment, as one digest that can be printed or kept elsewhere."""

    __tablename__ = "anchor"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    digest: Mapped[bytes]
    heads: Mapped[bytes]  # compressed lines "case number hash"
    hash: Mapped[bytes]
