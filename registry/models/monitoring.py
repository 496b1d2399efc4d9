"""What monitoring adds to a household: its period, the warnings, and the guarantees as found at each visit."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.columns import Money
from registry.models.base import Base, Fact


class Monitoring(Fact, Base):
    """A period in which a household is monitored (F4.3): from inclusion to 移出. At most one is open."""

    __tablename__ = "monitoring"
    __table_args__ = (
        Index(
            "uq_monitoring_open",
            "household_key",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_monitoring_of", "household_key", "started_on"),
    )

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    kind: Mapped[str] = mapped_column(String(10))
    """监测对象类别: 脱贫不稳定户 or 边缘易致贫户 (F4.1)"""
    grounds: Mapped[list[int]] = mapped_column(JSON)
    """Which of F4.2's grounds 1–4."""
    channel: Mapped[str] = mapped_column(String(10))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reasons: Mapped[list[str] | None] = mapped_column(JSON)


class Warning(Fact, Base):
    """A warning level (F4.4) that holds from `since` until the next row."""

    __tablename__ = "warning"
    __table_args__ = (Index("ix_warning_latest", "household_key", "since"),)

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    level: Mapped[str] = mapped_column(String(2))
    """红, 黄 or 蓝"""
    reasons: Mapped[list[str]] = mapped_column(JSON)
    decided_by: Mapped[str] = mapped_column(String(100))
    since: Mapped[datetime]


class GuaranteeCheck(Fact, Base):
    """两不愁三保障 and water as found on a day; true where something is lacking."""

    __tablename__ = "guarantee_check"
    __table_args__ = (Index("ix_guarantee_check_latest", "household_key", "checked_on"),)

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    phase: Mapped[str] = mapped_column(String(10))
    checked_on: Mapped[date]
    food: Mapped[bool]
    clothing: Mapped[bool]
    education: Mapped[bool]
    medical: Mapped[bool]
    housing: Mapped[bool]
    water: Mapped[bool]


class LivingExpenses(Fact, Base):
    """生活必需支出 of a household that is not asked for its income (S12), yuan a year for all members together."""

    __tablename__ = "living_expenses"
    __table_args__ = (Index("ix_living_expenses_latest", "household_key", "checked_on"),)

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    phase: Mapped[str] = mapped_column(String(10))
    checked_on: Mapped[date]
    food: Mapped[Decimal] = mapped_column(Money)
    clothing: Mapped[Decimal] = mapped_column(Money)
    housing: Mapped[Decimal] = mapped_column(Money)
    heating: Mapped[Decimal] = mapped_column(Money)
    utilities: Mapped[Decimal] = mapped_column(Money)
    medical: Mapped[Decimal] = mapped_column(Money)
    education: Mapped[Decimal] = mapped_column(Money)
    other: Mapped[Decimal] = mapped_column(Money)
