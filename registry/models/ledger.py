"""What belongs to the ledgers themselves: the column sets that people keep."""

from sqlalchemy import JSON, Boolean, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, Keyed


class ColumnSet(Keyed, Base):
    """Columns of a ledger that somebody chose, under a name of his; `shared` with everybody who sees the ledger."""

    __tablename__ = "column_set"
    __table_args__ = (UniqueConstraint("ledger", "owner", "name"),)

    ledger: Mapped[str] = mapped_column(String(30))
    owner: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(30))
    columns: Mapped[list[str]] = mapped_column(JSON)
    shared: Mapped[bool] = mapped_column(Boolean, default=False)
