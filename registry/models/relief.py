"""Relief decided for one household by itself (F4.5.6, S08, S12), and the payments by stages that follow."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.columns import Money
from registry.models.base import Base, Fact


class Relief(Fact, Base):
    """A decision once and for all (一次审批) about what a household gets; its payments are the stages."""

    __tablename__ = "relief"
    __table_args__ = (Index("ix_relief_of", "household_key", "decided_on"),)

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    kind: Mapped[str] = mapped_column(String(10))
    """一事一议 or 临时救助"""
    reason: Mapped[str] = mapped_column(Text)
    approved_amount: Mapped[Decimal] = mapped_column(Money)
    """The sum of what its payments plan."""
    decided_on: Mapped[date]
    closed_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(Text, default="")


class Payment(Fact, Base):
    """One stage (分阶段) of a relief: what is planned from which fund, and what was paid by whom and when."""

    __tablename__ = "payment"
    __table_args__ = (Index("ix_payment_of", "household_key"),)

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    relief_key: Mapped[int] = mapped_column(ForeignKey("relief.key"), index=True)
    stage: Mapped[int] = mapped_column(Integer)
    fund_source: Mapped[str] = mapped_column(String(20))
    department: Mapped[str] = mapped_column(String(20))
    """Code of the department that pays."""
    planned_amount: Mapped[Decimal] = mapped_column(Money)
    due: Mapped[date]
    paid_amount: Mapped[Decimal | None] = mapped_column(Money)
    paid_on: Mapped[date | None]
    paid_by: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str] = mapped_column(String(10))
    """待发放, 已发放 or 停止发放"""
    note: Mapped[str] = mapped_column(Text, default="")
    """Voucher, or why it was stopped."""
