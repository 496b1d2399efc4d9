"""Problems found in a household's case by supervision or gap checks, from finding to 销号 (F5.4, F5.5, S23)."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, Fact


class Problem(Fact, Base):
    """One problem of one household: found, mended (整改), looked at again, closed (清零)."""

    __tablename__ = "problem"
    __table_args__ = (
        Index("ix_problem_of", "household_key", "state"),
        Index("ix_problem_state", "state", "due"),
    )

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    source: Mapped[str] = mapped_column(String(10))
    """督导 or 查缺补漏"""
    detail: Mapped[str] = mapped_column(Text)
    fixer: Mapped[str] = mapped_column(String(40))
    """The role that is to mend it: `county_office`, `township_cadre` …"""
    due: Mapped[date]
    found_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    """待整改, 已整改 or 已销号"""
    fix: Mapped[str] = mapped_column(Text, default="")
    fixed_on: Mapped[date | None]
    closed_on: Mapped[date | None]
