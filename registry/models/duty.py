"""Duties and standing of a household: support of the old (F4.5.5), and eligibility lost by conduct (S05)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.columns import Money
from registry.models.base import Base, Fact


class SupportDuty(Fact, Base):
    """A supporter (赡养人) who owes support to an old person of the household: persuaded, agreed, or brought to court."""

    __tablename__ = "support_duty"

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"), index=True)
    supported: Mapped[str] = mapped_column(String(50))
    supporter: Mapped[str] = mapped_column(String(50))
    relation: Mapped[str] = mapped_column(String(20), default="")
    """Of the supporter to the supported."""
    state: Mapped[str] = mapped_column(String(10))
    """宣传中, 已履行, 已签协议, 未履行, 已移送 or 已了结"""
    agreed_on: Mapped[date | None]
    until: Mapped[date | None]
    monthly_amount: Mapped[Decimal | None] = mapped_column(Money)
    terms: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    """What the last check or the court found."""


class Disqualification(Fact, Base):
    """A household's eligibility for assistance and relief taken away (S05); at most one holds."""

    __tablename__ = "disqualification"
    __table_args__ = (
        Index(
            "uq_disqualification_open",
            "household_key",
            unique=True,
            sqlite_where=text("restored_on IS NULL"),
            postgresql_where=text("restored_on IS NULL"),
        ),
    )

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    conducts: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(100))
    restored_on: Mapped[date | None]
    restored_because: Mapped[str] = mapped_column(Text, default="")
