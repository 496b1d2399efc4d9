"""Department sheets that were compared, and the hidden problems found in them (F4.3.4)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, Keyed


class ComparedSheet(Keyed, Base):
    """A sheet by its content, compared for a quarter; the figures of the last time that it was."""

    __tablename__ = "compared_sheet"
    __table_args__ = (UniqueConstraint("quarter", "sha256"),)

    quarter: Mapped[str] = mapped_column(String(12))
    """2020年第3季度"""
    sha256: Mapped[str] = mapped_column(String(64))
    department: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    rows: Mapped[int] = mapped_column(Integer)
    matched: Mapped[int] = mapped_column(Integer)
    problems: Mapped[int] = mapped_column(Integer)
    compared_by: Mapped[str] = mapped_column(String(100))
    compared_at: Mapped[datetime]


class HiddenProblem(Keyed, Base):
    """What a rule found about a member in a quarter: once, however often the sheet comes."""

    __tablename__ = "hidden_problem"
    __table_args__ = (
        UniqueConstraint("quarter", "member_key", "department", "rule"),
        Index("ix_hidden_problem_open", "quarter", "handed_out_at"),
    )

    quarter: Mapped[str] = mapped_column(String(12))
    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"), index=True)
    member_key: Mapped[int] = mapped_column(ForeignKey("member.key"))
    department: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(40))
    problem: Mapped[str] = mapped_column(String(20))
    says: Mapped[str] = mapped_column(String(100))
    found_at: Mapped[datetime]
    handed_out_at: Mapped[datetime | None]
    """When it was given to be checked (核实)."""
