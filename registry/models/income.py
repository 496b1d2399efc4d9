"""Income sheets: what a household earned and spent, as told, and the figures made of it."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.columns import Money
from registry.models.base import Base, Fact


class IncomeSheet(Fact, Base):
    """One measuring of a household's income; sums in yuan a head and year, as `registry.income.assess` made them."""

    __tablename__ = "income_sheet"
    __table_args__ = (Index("ix_income_sheet_latest", "household_key", "measured_on"),)

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    phase: Mapped[str] = mapped_column(String(10))
    """认定, 跟踪 or 移出"""
    measured_on: Mapped[date]
    population: Mapped[int] = mapped_column(Integer)
    line: Mapped[Decimal] = mapped_column(Money)
    """The poverty line in force on that day."""
    net: Mapped[Decimal] = mapped_column(Money)
    disposable: Mapped[Decimal] = mapped_column(Money)
    expected_disposable: Mapped[Decimal] = mapped_column(Money)
    previous: Mapped[Decimal] = mapped_column(Money)
    rigid_expense: Mapped[Decimal] = mapped_column(Money)

    periods: Mapped[list["IncomePeriod"]] = relationship(back_populates="sheet", lazy="selectin")


class IncomePeriod(Fact, Base):
    """The household's sums of one period of a sheet, in yuan a year for all members together."""

    __tablename__ = "income_period"

    household_key: Mapped[int] = mapped_column(ForeignKey("household.key"))
    sheet_key: Mapped[int] = mapped_column(ForeignKey("income_sheet.key"), index=True)
    period: Mapped[str] = mapped_column(String(20))
    """this_year, previous_year, same_period or forecast"""
    wage: Mapped[Decimal] = mapped_column(Money)
    """工资性收入"""
    operating: Mapped[Decimal] = mapped_column(Money)
    """生产经营性收入"""
    property: Mapped[Decimal] = mapped_column(Money)
    """财产性收入"""
    transfer: Mapped[Decimal] = mapped_column(Money)
    """转移性收入"""
    operating_cost: Mapped[Decimal] = mapped_column(Money)
    """生产经营性支出"""
    transfer_cost: Mapped[Decimal] = mapped_column(Money)
    """转移性支出: 个人缴纳的社保和医保, 赡养支出, 税"""
    self_paid: Mapped[Decimal] = mapped_column(Money)
    """合规自付支出"""
    reimbursed: Mapped[Decimal] = mapped_column(Money)
    """理赔收入"""

    sheet: Mapped[IncomeSheet] = relationship(back_populates="periods")
