"""Measures of assistance (F4.5) from choice to 销号, and the catalogue they are chosen from."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import monitoring, told
from registry.errors import Impossible
from registry.history import acting
from registry.models import Measure
from registry.money import NotMoney, yuan
from registry.sources import fitting

STATES = ("选定", "已计划", "已落实", "无法落实", "已销号")
CLOSED = "已销号"
NOT_DELIVERED = ("选定", "已计划")
"""States in which a measure that is past its due day is late."""
CATEGORIES = (
    "产业发展与就业",
    "稳定补贴收入",
    "社会帮扶与保险",
    "综合性社会保障",
    "扶志与赡养",
    "重大灾害或变故救助",
)
"""The six categories of F4.5, in short."""


@dataclass(frozen=True)
class CatalogueRow:
    """A kind of measure: what it is, its clause, who answers for it, who pays, what proves it."""

    code: str
    category: int
    name: str
    clause: str
    departments: tuple[str, ...]
    fund_source: str
    evidence: str


@cache
def catalogue() -> Mapping[str, CatalogueRow]:
    """The measures of S01–S16, by code."""
    text = (files("registry") / "data" / "measures.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["code"]: CatalogueRow(
            row["code"],
            int(row["category"]),
            row["name"],
            row["clause"],
            tuple(row["departments"].split()),
            row["fund_source"],
            row["evidence"],
        )
        for row in rows
    }


def get(session: Session, key: int) -> Measure:
    """The measure; Impossible (`unknown_measure`) where there is none."""
    measure = session.get(Measure, key)
    if measure is None:
        raise Impossible("unknown_measure", "没有编号为 {key} 的帮扶措施。", key=str(key))
    return measure


def open_one(session: Session, household_key: int, chosen: Mapping[str, Any]) -> Measure:
    """Record a chosen measure: its catalogue row fills in what was not told, the source by the kind of household (F6.2)."""
    row = catalogue().get(told.text(chosen.get("code")))
    category = told.number(chosen.get("category")) or (row.category if row else None)
    name = told.text(chosen.get("name")) or (row.name if row else "")
    department = told.text(chosen.get("department"))
    if category not in range(1, 7) or not name:
        raise Impossible("incomplete_measure", "帮扶措施要有名称和类别（1—6）。")
    if not department and not row:
        raise Impossible("measure_without_department", "帮扶措施“{name}”没有责任部门。", name=name)
    others = row.departments if row else ()
    measure = Measure(
        household_key=household_key,
        category=category,
        code=row.code if row else "",
        departments=list(dict.fromkeys([department, *others] if department else others)),
        fund_source=told.text(chosen.get("fund_source"))
        or usual_source(session, household_key, chosen.get("code")),
        planned_amount=_sum(chosen.get("planned_amount")),
        due=told.day(chosen.get("due")),
        state="选定",
        opened_on=acting(session).day,
    )
    told.assign(measure, {"name": name}, {"name": told.text})
    session.add(measure)
    session.flush()
    return measure


def usual_source(session: Session, household_key: int, code: Any) -> str:
    """Where the money of a measure of the catalogue comes from for this kind of household (F6.2); "" outside it."""
    row = catalogue().get(told.text(code))
    return fitting(row.fund_source, monitoring.kind(session, household_key)) if row else ""


def taken_over(session: Session, household_key: int, code: str, detail: str) -> Measure:
    """Record a measure of the catalogue that was carried out before the case came here: closed, on a day nobody told."""
    measure = open_one(session, household_key, {"code": code})
    measure.delivery = detail
    measure.result = "接管时已实施"
    measure.state = CLOSED
    session.flush()
    return measure


def plan(session: Session, key: int, facts: Mapping[str, Any]) -> Measure:
    """Record the department's plan: `plan`, and what it changes of `planned_amount`, `fund_source` and `due`."""
    measure = _still_open(session, key)
    measure.plan = told.text(facts.get("plan"))
    if facts.get("planned_amount") not in (None, ""):
        measure.planned_amount = _sum(facts["planned_amount"])
    if facts.get("fund_source"):
        measure.fund_source = told.text(facts["fund_source"])
    if facts.get("due"):
        measure.due = told.day(facts["due"])
    measure.state = "已计划"
    session.flush()
    return measure


def deliver(session: Session, key: int, facts: Mapping[str, Any]) -> Measure:
    """Record the delivery: `outcome` (已落实, 无法落实), `delivery` (or `opinion`: why not), `delivered_on`, `paid_amount`."""
    measure = _still_open(session, key)
    measure.state = "无法落实" if facts.get("outcome") == "无法落实" else "已落实"
    measure.delivery = told.text(facts.get("delivery") or facts.get("opinion"))
    measure.delivered_on = told.day(facts.get("delivered_on")) or acting(session).day
    if facts.get("paid_amount") not in (None, ""):
        measure.paid_amount = _sum(facts["paid_amount"])
    session.flush()
    return measure


def close(session: Session, key: int, facts: Mapping[str, Any]) -> Measure:
    """销号: record the `result`; from here on the measure does not change."""
    measure = _still_open(session, key)
    measure.result = told.text(facts.get("result"))
    measure.closed_on = acting(session).day
    measure.state = CLOSED
    session.flush()
    return measure


def count_open(session: Session, household_key: int) -> int:
    """How many measures of the household are not closed."""
    query = select(func.count()).where(Measure.household_key == household_key, Measure.state != CLOSED)
    return session.scalar(query.select_from(Measure)) or 0


def of(session: Session, household_key: int) -> list[Measure]:
    """All measures of a household, oldest first."""
    query = select(Measure).where(Measure.household_key == household_key)
    return list(session.scalars(query.order_by(Measure.opened_on, Measure.key)))


def shown(measure: Measure) -> dict[str, Any]:
    """A measure as processes carry it."""
    return {
        "key": str(measure.key),
        "category": measure.category,
        "code": measure.code,
        "name": measure.name,
        "department": measure.departments[0],
        "departments": list(measure.departments),
        "fund_source": measure.fund_source,
        "planned_amount": _number(measure.planned_amount),
        "paid_amount": _number(measure.paid_amount),
        "due": _iso(measure.due),
        "closed_on": _iso(measure.closed_on),
        "state": measure.state,
    }


def _still_open(session: Session, key: int) -> Measure:
    measure = get(session, key)
    if measure.state == CLOSED:
        raise Impossible("measure_closed", "帮扶措施“{name}”已销号，不能再改。", name=measure.name)
    return measure


def _sum(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return yuan(value)
    except NotMoney:
        raise Impossible("not_money", "“{cell}”不是金额。", cell=str(value)) from None


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
