"""Measures of assistance (F4.5) and the notices that go to households."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.columns import Money
from registry.models.base import Base, Fact, Keyed


class Measure(Fact, Base):
    """One measure for one household, from choice (选定) to 销号."""

    __tablename__ = "measure"
    __table_args__ = (Index("ix_measure_of", "household_key", "state"),)

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    category: Mapped[int] = mapped_column(Integer)
    """1–6 of F4.5"""
    code: Mapped[str] = mapped_column(String(20), default="")
    """Row of the catalogue (`registry/data/measures.csv`); empty for a measure outside it."""
    name: Mapped[str] = mapped_column(String(100))
    departments: Mapped[list[str]] = mapped_column(JSON)
    """Codes; the first is the one that answers for it."""
    fund_source: Mapped[str] = mapped_column(String(20), default="")
    planned_amount: Mapped[Decimal | None] = mapped_column(Money)
    paid_amount: Mapped[Decimal | None] = mapped_column(Money)
    due: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(10))
    """选定, 已计划, 已落实, 无法落实 or 已销号"""
    plan: Mapped[str] = mapped_column(Text, default="")
    delivered_on: Mapped[date | None]
    delivery: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    closed_on: Mapped[date | None]
    opened_on: Mapped[date]


class Notice(Keyed, Base):
    """A text for a household, to be told by a channel that leaves the house or by hand (`delivered_at` null until then)."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_of", "household_key", "written_at"),
        Index(
            "ix_notice_waiting",
            "written_at",
            sqlite_where=text("delivered_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL"),
        ),
    )

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    """When it was recorded that the household knows."""
    delivered_on: Mapped[date | None]
    delivered_by: Mapped[str] = mapped_column(String(100), default="")
    """A user's name, or the worker."""
    delivered_how: Mapped[str] = mapped_column(String(20), default="")
    """当面, 电话, 书面送达, 张贴, 网页, 邮件 or 短信"""
    failed: Mapped[str] = mapped_column(Text, default="")
    """What the channels say who have given it up; empty once the household knows."""
