"""What belongs to the ledgers themselves: entries of the plain ones, and the column sets that people keep."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.columns import AreaPath
from registry.models.base import Base, Fact, Keyed


class LedgerEntry(Fact, Base):
    """A line of a plain ledger (`registry/data/entries/*.yaml`), of an area or of a household; ended, never deleted."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_of", "ledger", "area", "key"),)

    ledger: Mapped[str] = mapped_column(String(30))
    area: Mapped[str] = mapped_column(AreaPath, ForeignKey("area.path"))
    about: Mapped[int | None] = mapped_column(ForeignKey("household.key"), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field → what was told, as JSON: days as ISO texts, money as texts of yuan."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ended_because: Mapped[str] = mapped_column(String(200), default="")

    @property
    def household_key(self) -> int:
        """Whose history it is in: the household's that it is about, else its own."""
        return self.about or self.key


class ColumnSet(Keyed, Base):
    """Columns of a ledger that somebody chose, under a name of his; `shared` with everybody who sees the ledger."""

    __tablename__ = "column_set"
    __table_args__ = (UniqueConstraint("ledger", "owner", "name"),)

    ledger: Mapped[str] = mapped_column(String(30))
    owner: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(30))
    columns: Mapped[list[str]] = mapped_column(JSON)
    shared: Mapped[bool] = mapped_column(Boolean, default=False)
