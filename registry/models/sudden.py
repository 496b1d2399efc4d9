"""The list of households that fell into hardship at one blow (S18)."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, Fact


class SuddenRisk(Fact, Base):
    """An entry of the list of S18, from 发现 to 销号. A household has at most one that is open."""

    __tablename__ = "sudden_risk"
    __table_args__ = (
        Index(
            "uq_sudden_risk_open",
            "household_key",
            unique=True,
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index("ix_sudden_risk_of", "household_key", "found_on"),
    )

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    cause: Mapped[str] = mapped_column(String(20))
    """因病, 因学, 因灾 …"""
    detail: Mapped[str] = mapped_column(Text)
    found_on: Mapped[date]
    found_by: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(10))
    """处置中, 已销号 or 不属实"""
    closed_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(Text, default="")
