"""What a column of the 防返贫台账 may show: each fact by its name, as an expression over a household and its last period.

Facts of the latest warning, income sheet and guarantee check come from rows that are joined when a column asks for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, ScalarSelect, Select, bindparam, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from registry.checks import HEAD, LABOUR
from registry.measures import CLOSED, NOT_DELIVERED
from registry.models import GuaranteeCheck, Household, IncomeSheet, Measure, Member, Monitoring, Warning
from registry.monitoring import GUARANTEES

TEXT, LIST, MONEY, NUMBER, DAY, TRUTH, PLACE = "text", "list", "money", "number", "day", "truth", "place"


@dataclass(frozen=True)
class Source:
    """A fact: the SQL that reads it, its kind, the table it is joined from, and the column of the household it is.

    `sealed`: encrypted, so that it can be shown but not looked for or sorted by; `secret`: masked unless revealed.
    """

    sql: Any
    kind: str
    joined: type | None = None
    household: str = ""
    sealed: bool = False
    secret: bool = False
    level: int = 0
    """Of a place: how deep in the tree."""

    @property
    def adds_up(self) -> bool:
        """Whether a sum over households means something: a sum of incomes a head does not."""
        return self.kind in (MONEY, NUMBER) and self.joined is not IncomeSheet

    @property
    def sorts(self) -> bool:
        """Whether rows can be looked for and sorted by it."""
        return not self.sealed


def _household(name: str, kind: str, *, sealed: bool = False, secret: bool = False) -> Source:
    return Source(getattr(Household, name), kind, household=name, sealed=sealed, secret=secret)


def _head(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    return _members(column, Member.relation == HEAD).limit(1).scalar_subquery()


def _count(*which: Any) -> ScalarSelect[int]:
    return _members(func.count(), *which).scalar_subquery()


def _members(what: Any, *which: Any) -> Select[Any]:
    return (
        select(what)
        .select_from(Member)
        .where(Member.household_key == Household.key, Member.left_on.is_(None), *which)
        .correlate(Household)
    )


def _measures(what: Any, *which: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Over all measures of the household."""
    return (
        select(what)
        .select_from(Measure)
        .where(Measure.household_key == Household.key, *which)
        .correlate(Household)
        .scalar_subquery()
    )


def _lacking() -> ColumnElement[str]:
    found: ColumnElement[str] = literal("")
    for name, column in GUARANTEES.items():
        found = found.concat(case((getattr(GuaranteeCheck, column), f"{name}、"), else_=""))
    return found


SOURCES: Mapping[str, Source] = {
    "area.county": Source(Household.area, PLACE, level=2),
    "area.township": Source(Household.area, PLACE, level=3),
    "area.village": Source(Household.area, PLACE, level=4),
    "household.national_number": _household("national_number", TEXT),
    "household.village_group": _household("village_group", TEXT),
    "household.address": _household("address", TEXT),
    "household.head_name": _household("head_name", TEXT),
    "household.kind": _household("kind", TEXT),
    "household.attribute": _household("attribute", TEXT),
    "household.destitute": _household("destitute", TRUTH),
    "household.resettled": _household("resettled", TRUTH),
    "household.resettlement": _household("resettlement", TEXT),
    "household.military_family": _household("military_family", TRUTH),
    "household.causes": _household("causes", LIST),
    "household.causes_note": _household("causes_note", TEXT),
    "household.phone": _household("phone", TEXT, sealed=True),
    "household.account": _household("account", TEXT, sealed=True, secret=True),
    "household.filed_by": _household("filed_by", TEXT),
    "head.id_number": Source(_head(Member.id_number), TEXT, sealed=True, secret=True),
    "members.count": Source(_count(), NUMBER),
    "members.labour": Source(_count(Member.labour.in_(LABOUR)), NUMBER),
    "members.students": Source(_count(Member.student != ""), NUMBER),
    "members.low_income_relief": Source(_count(Member.low_income_relief), NUMBER),
    "monitoring.kind": Source(Monitoring.kind, TEXT),
    "monitoring.channel": Source(Monitoring.channel, TEXT),
    "monitoring.started_on": Source(Monitoring.started_on, DAY),
    "monitoring.ended_on": Source(Monitoring.ended_on, DAY),
    "monitoring.end_reasons": Source(Monitoring.end_reasons, LIST),
    "warning.level": Source(Warning.level, TEXT, Warning),
    "warning.since": Source(Warning.since, DAY, Warning),
    "warning.reasons": Source(Warning.reasons, LIST, Warning),
    "guarantees.lacking": Source(_lacking(), TEXT, GuaranteeCheck),
    "income.measured_on": Source(IncomeSheet.measured_on, DAY, IncomeSheet),
    "income.net": Source(IncomeSheet.net, MONEY, IncomeSheet),
    "income.disposable": Source(IncomeSheet.disposable, MONEY, IncomeSheet),
    "income.expected_disposable": Source(IncomeSheet.expected_disposable, MONEY, IncomeSheet),
    "income.rigid_expense": Source(IncomeSheet.rigid_expense, MONEY, IncomeSheet),
    "measures.names": Source(_measures(func.aggregate_strings(Measure.name, "、")), TEXT),
    "measures.count": Source(_measures(func.count()), NUMBER),
    "measures.open": Source(_measures(func.count(), Measure.state != CLOSED), NUMBER),
    "measures.late": Source(
        _measures(
            func.count(), Measure.due < bindparam("today", type_=Date), Measure.state.in_(NOT_DELIVERED)
        ),
        NUMBER,
    ),
    "measures.planned": Source(_measures(func.sum(Measure.planned_amount)), MONEY),
    "measures.paid": Source(_measures(func.sum(Measure.paid_amount)), MONEY),
}
