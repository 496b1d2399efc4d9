"""The history of every fact."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, Keyed
from registry.secrets import Encrypted


class FactChange(Keyed, Base):
    """One row of a fact as it was changed: who, when, in which task, and each field before and after.

    `fields` is JSON `{field: [before, after]}`, encrypted, since it holds ID numbers and phones too.
    """

    __tablename__ = "fact_change"
    __table_args__ = (Index("ix_fact_change_of", "household_key", "at"),)

    household_key: Mapped[int]
    subject: Mapped[str] = mapped_column(String(30))
    """The table of the fact."""
    subject_key: Mapped[int]
    fields: Mapped[str] = mapped_column(Encrypted("fact_change.fields"))
    actor: Mapped[str] = mapped_column(String(100))
    task: Mapped[str | None] = mapped_column(String(40))
    """Key of the engine's task or instance, as text; empty for an import."""
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why, where somebody was asked for it: a correction of the ledger."""

    Fields = dict[str, tuple[Any, Any]]
