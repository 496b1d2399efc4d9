"""Income of a household: what was told of each period, and the figures a head that the rules compare.

All sums are decimals; each figure is divided by the population once, at the end, and rounded to fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.dates import whole_months
from registry.errors import Impossible
from registry.history import acting
from registry.models import IncomePeriod, IncomeSheet
from registry.money import NotMoney, to_fen, yuan

PERIODS = ("this_year", "previous_year", "same_period", "forecast")
COMPONENTS = (
    "wage", "operating", "property", "transfer", "operating_cost", "transfer_cost", "self_paid", "reimbursed",
)  # fmt: skip
PHASES = ("认定", "跟踪", "移出")
ENTRY_MULTIPLE = Decimal("1.5")
"""F4.2.1: below 1.5 times the line a household comes into question."""


@dataclass(frozen=True)
class Sums:
    """One period's sums of the whole household, yuan a year."""

    wage: Decimal = Decimal(0)
    operating: Decimal = Decimal(0)
    property: Decimal = Decimal(0)
    transfer: Decimal = Decimal(0)
    operating_cost: Decimal = Decimal(0)
    transfer_cost: Decimal = Decimal(0)
    self_paid: Decimal = Decimal(0)
    reimbursed: Decimal = Decimal(0)


def net(sums: Sums) -> Decimal:
    """家庭纯收入 = 工资性 + 生产经营性 + 财产性 + 转移性 − 生产经营性支出."""
    return sums.wage + sums.operating + sums.property + sums.transfer - sums.operating_cost


def disposable(sums: Sums) -> Decimal:
    """家庭可支配收入 = 纯收入 − 转移性支出 (社保和医保个人缴费、赡养支出、税)."""
    return net(sums) - sums.transfer_cost


def rigid(sums: Sums) -> Decimal:
    """刚性支出 that nobody paid back: 自付 − 理赔, never below nothing."""
    return max(sums.self_paid - sums.reimbursed, Decimal(0))


@dataclass(frozen=True)
class Assessment:
    """The figures of a sheet, yuan a head and year; `drop_ratio` is between 0 and 1 (more than 1: income below zero)."""

    net: Decimal
    disposable: Decimal
    expected_disposable: Decimal
    previous: Decimal
    drop_ratio: Decimal
    rigid_expense: Decimal
    entry_exit_trap: bool


def read_sums(told: Mapping[str, Any] | None) -> Sums:
    """One period of an answer. Impossible (`not_money`) names the cell; what was not told is 0."""
    sums = {}
    for name in COMPONENTS:
        try:
            sums[name] = yuan((told or {}).get(name))
        except NotMoney:
            raise Impossible("not_money", "“{cell}”不是金额。", cell=name) from None
    return Sums(**sums)


def calculate(income: Mapping[str, Sums], population: int, line: Decimal) -> Assessment:
    """The figures by the document's formulas, of `this_year`, `previous_year` and `forecast`.

    - Compared is with `same_period` where it was told, else with the previous year.
    - Expected disposable income: the forecast of the next 12 months less the rigid expense that it foresees and nobody
      pays back (F4.4.1). Where no forecast was told, this year's figures are taken to go on.
    - Entry is measured on disposable income at 1.5 × the line, exit on net income at 1 ×: a household that meets both is
      in the trap, and a person decides.
    """
    if population < 1:
        raise Impossible("no_population", "没有家庭成员，不能计算人均收入。")
    this, previous = income.get("this_year", Sums()), income.get("previous_year", Sums())
    before, forecast = income.get("same_period", previous), income.get("forecast", this)
    net_a_head, disposable_a_head = _a_head(net(this), population), _a_head(disposable(this), population)
    return Assessment(
        net=net_a_head,
        disposable=disposable_a_head,
        expected_disposable=_a_head(disposable(forecast) - rigid(forecast), population),
        previous=_a_head(disposable(previous), population),
        drop_ratio=_drop(disposable(this), disposable(before)),
        rigid_expense=_a_head(rigid(this), population),
        entry_exit_trap=net_a_head > line and disposable_a_head < line * ENTRY_MULTIPLE,
    )


def _a_head(amount: Decimal, population: int) -> Decimal:
    return to_fen(amount / population)


def _drop(this: Decimal, before: Decimal) -> Decimal:
    # Cut, not rounded: a drop one fen short of a threshold must not reach it.
    if before <= 0:
        return Decimal(0)
    return max(1 - this / before, Decimal(0)).quantize(Decimal("1E-12"), ROUND_DOWN)


def assess(
    session: Session,
    household_key: int,
    population: int,
    income: Mapping[str, Mapping[str, Any]],
    phase: str,
    line: Decimal,
) -> Assessment:
    """Calculate the figures of what was told and keep both as a sheet of today."""
    if phase not in PHASES:
        raise Impossible("unknown_phase", "没有“{phase}”这个阶段。", phase=phase)
    periods = {period: read_sums(income[period]) for period in PERIODS if income.get(period)}
    if "this_year" not in periods:
        raise Impossible("no_income", "没有填写本年度收支。")
    figures = calculate(periods, population, line)
    sheet = IncomeSheet(
        household_key=household_key,
        phase=phase,
        measured_on=acting(session).day,
        population=population,
        line=line,
        net=figures.net,
        disposable=figures.disposable,
        expected_disposable=figures.expected_disposable,
        previous=figures.previous,
        rigid_expense=figures.rigid_expense,
    )
    sheet.periods = [
        IncomePeriod(household_key=household_key, period=period, **vars(sums))
        for period, sums in periods.items()
    ]
    session.add(sheet)
    session.flush()
    return figures


def latest(session: Session, household_key: int) -> IncomeSheet | None:
    """The household's last sheet."""
    return session.scalars(_sheets(household_key).limit(1)).first()


def _sheets(household_key: int) -> Any:
    return (
        select(IncomeSheet)
        .where(IncomeSheet.household_key == household_key)
        .order_by(IncomeSheet.measured_on.desc(), IncomeSheet.key.desc())
    )


def as_told(sheet: IncomeSheet | None) -> dict[str, dict[str, float]] | None:
    """A sheet in the shape in which it was answered; None for none."""
    if sheet is None:
        return None
    return {
        period.period: {name: float(getattr(period, name)) for name in COMPONENTS} for period in sheet.periods
    }


def months_above_line(session: Session, household_key: int, today: date) -> int:
    """Whole months for which every sheet up to now has shown a net income above the line of its day (F4.3.6)."""
    since: date | None = None
    newest_first = (
        select(IncomeSheet.measured_on, IncomeSheet.net, IncomeSheet.line)
        .where(IncomeSheet.household_key == household_key)
        .order_by(IncomeSheet.measured_on.desc(), IncomeSheet.key.desc())
        # Most stop soon, and a household may have been measured hundreds of times.
        .execution_options(yield_per=12)
    )
    with session.execute(newest_first) as rows:
        for measured_on, net_a_head, line in rows:
            if net_a_head <= line:
                break
            since = measured_on
    return whole_months(since, today) if since else 0
