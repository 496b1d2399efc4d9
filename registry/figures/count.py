"""Counting: one SELECT a group, by village, as of the end of a day in China."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Text,
    case,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from registry import areas
from registry.columns import Midnight
from registry.figures.group import Group
from registry.history import SHANGHAI
from registry.measures import CLOSED, NOT_DELIVERED
from registry.models import Household, Measure, Member, Monitoring, Payment, Relief, Warning
from registry.monitoring import LEVELS as GRADED

UNGRADED = "未定级"
LEVELS = (*GRADED, UNGRADED)
ONCE_POOR = "脱贫户"
MEASURES = "帮扶措施"


@dataclass(frozen=True)
class Figures:
    """What is counted of an area, as of the end of `day`, with what flowed from `since` up to then (both included).

    Every group has `place`: the area one level below in which it lies (the area itself, at a village).
    - `registered`: `kind` of household → `households`, `people`.
    - `monitored`: `kind` (脱贫不稳定户, 边缘易致贫户) and `level` (红, 黄, 蓝, 未定级) → `households`, `people`.
    - `causes`: `cause` → `households` monitored; a household with two causes counts for each.
    - `flows`: `kind`, `way` (纳入, 移出), `month` (`2020-05`) → `households`.
    - `measures`: `category` (1–6), `state`, `department` (the answering one), `fund_source`, `kind` of the household, `late`
      (due, not delivered) → `measures`, `planned`, `paid` (yuan). Those opened by the day, in the state of now.
    - `funds`: `origin` (帮扶措施, 一事一议, 临时救助), `fund_source`, `kind` of the household → `planned`, `paid` (yuan): all the money.
    """

    area: str
    day: date
    since: date
    registered: Group
    monitored: Group
    causes: Group
    flows: Group
    measures: Group
    funds: Group

    @property
    def share(self) -> Decimal | None:
        """Monitored people by 建档立卡 people, which F4.1 wants about 0.05; None where nobody is registered as such."""
        poor = self.registered.sum("people", kind=ONCE_POOR)
        return Decimal(self.monitored.sum("people")) / poor if poor else None


def of(session: Session, area: str, day: date, *, since: date) -> Figures:
    """Count everything within `area`."""
    end = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    monitored = list(_monitored(session, area, day, end))
    measures = list(_measures(session, area, day))
    return Figures(
        area,
        day,
        since,
        registered=Group(list(_registered(session, area, day, end))),
        monitored=Group(monitored),
        causes=Group(list(_causes(session, area, day))),
        flows=Group(list(_flows(session, area, since, day))),
        measures=Group(measures),
        funds=Group([*_spent_on(measures), *_payments(session, area, day)]),
    )


def _registered(session: Session, area: str, day: date, end: datetime) -> Iterator[dict[str, Any]]:
    people = (
        select(Household.key, func.count(Member.key).label("people"))
        .join(Member, Member.household_key == Household.key)
        .where(_inside(area), Household.recorded_at < end, _here(day))
        .group_by(Household.key)
        .subquery()
    )
    query = (
        select(Household.area, Household.kind, func.count(), func.sum(people.c.people))
        .join(people, people.c.key == Household.key)
        .group_by(Household.area, Household.kind)
    )
    for village, kind, households, count in session.execute(query):
        yield {"place": _below(area, village), "kind": kind, "households": households, "people": int(count)}


def _monitored(session: Session, area: str, day: date, end: datetime) -> Iterator[dict[str, Any]]:
    people = (
        select(func.count(Member.key))
        .where(Member.household_key == Monitoring.household_key, _here(day))
        .correlate(Monitoring)
        .scalar_subquery()
    )
    each = (
        _periods(area, day)
        .add_columns(Monitoring.kind, _level(end).label("level"), people.label("people"))
        .subquery()
    )
    query = select(
        each.c.area, each.c.kind, each.c.level, func.count(), cast(func.sum(each.c.people), Integer)
    ).group_by(each.c.area, each.c.kind, each.c.level)
    for village, kind, level, households, count in session.execute(query):
        yield {
            "place": _below(area, village),
            "kind": kind,
            "level": level or UNGRADED,
            "households": households,
            "people": count,
        }


def _causes(session: Session, area: str, day: date) -> Iterator[dict[str, Any]]:
    causes = cast(Household.causes, Text)
    query = _periods(area, day).add_columns(causes, func.count()).group_by(Household.area, causes)
    for village, listed, households in session.execute(query):
        for cause in json.loads(listed):
            yield {"place": _below(area, village), "cause": cause, "households": households}


def _flows(session: Session, area: str, since: date, day: date) -> Iterator[dict[str, Any]]:
    for way, on in (("纳入", Monitoring.started_on), ("移出", Monitoring.ended_on)):
        month = func.substr(cast(on, Text), 1, 7).label("month")  # both stores write 2020-05-20
        query = (
            select(Household.area, Monitoring.kind, month, func.count())
            .join(Household, Household.key == Monitoring.household_key)
            .where(_inside(area), on.between(since, day))
            .group_by(Household.area, Monitoring.kind, month)
        )
        for village, kind, when, households in session.execute(query):
            yield {
                "place": _below(area, village),
                "kind": kind,
                "way": way,
                "month": when,
                "households": households,
            }


def _measures(session: Session, area: str, day: date) -> Iterator[dict[str, Any]]:
    state = case((Measure.closed_on > day, "已落实"), else_=Measure.state).label("state")
    departments = cast(Measure.departments, Text).label("departments")
    dimensions = (
        Household.area,
        Measure.category,
        state,
        departments,
        Measure.fund_source,
        _kind(Measure.household_key).label("kind"),
        case((Measure.due < day, Measure.state.in_(NOT_DELIVERED)), else_=False).label("late"),
    )
    each = (
        select(*dimensions, Measure.planned_amount, Measure.paid_amount)
        .join(Household, Household.key == Measure.household_key)
        .where(_inside(area), Measure.opened_on <= day)
        .subquery()
    )
    told = list(each.c)[: len(dimensions)]
    query = select(
        *told, func.count(), func.sum(each.c.planned_amount), func.sum(each.c.paid_amount)
    ).group_by(*told)
    for village, category, stands, of, source, kind, late, count, planned, paid in session.execute(query):
        yield {
            "place": _below(area, village),
            "category": category,
            "state": stands,
            "department": json.loads(of)[0],
            "fund_source": source,
            "kind": kind or "",
            "late": bool(late) and stands != CLOSED,
            "measures": count,
            "planned": planned or Decimal(0),
            "paid": paid or Decimal(0),
        }


def _spent_on(measures: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The money of the measures, as rows of `funds`."""
    for row in measures:
        told = {name: row[name] for name in ("place", "fund_source", "kind", "planned", "paid")}
        yield {"origin": MEASURES, **told}


def _payments(session: Session, area: str, day: date) -> Iterator[dict[str, Any]]:
    """The money of reliefs decided by the day: what was approved, and what was paid by then."""
    each = (
        select(
            Household.area,
            Relief.kind,
            Payment.fund_source,
            _kind(Payment.household_key).label("monitored_as"),
            Payment.planned_amount,
            case((Payment.paid_on <= day, Payment.paid_amount), else_=None).label("paid_amount"),
        )
        .join(Relief, Relief.key == Payment.relief_key)
        .join(Household, Household.key == Payment.household_key)
        .where(_inside(area), Relief.decided_on <= day)
        .subquery()
    )
    told = list(each.c)[:4]
    sums = [func.sum(each.c.planned_amount), func.sum(each.c.paid_amount)]
    query = select(*told, *sums).group_by(*told)
    for village, origin, source, kind, planned, paid in session.execute(query):
        yield {
            "place": _below(area, village),
            "origin": origin,
            "fund_source": source,
            "kind": kind or "",
            "planned": planned or Decimal(0),
            "paid": paid or Decimal(0),
        }


def _periods(area: str, day: date) -> Select[Any]:
    """The periods of monitoring in which `day` lies."""
    return (
        select(Household.area)
        .join(Monitoring, Monitoring.household_key == Household.key)
        .where(
            _inside(area),
            Monitoring.started_on <= day,
            or_(Monitoring.ended_on.is_(None), Monitoring.ended_on > day),
        )
    )


def _inside(area: str) -> ColumnElement[bool]:
    """Within the area. Of the whole city nothing is asked, so that the few monitored lead to their households, not the
    other way round."""
    return true() if area == areas.ROOT else areas.within(Household.area, area)


def _here(day: date) -> ColumnElement[bool]:
    return or_(Member.left_on.is_(None), Member.left_on > day)


def _level(end: datetime) -> ScalarSelect[str]:
    """The last warning before `end` since the period began."""
    return (
        select(Warning.level)
        .where(
            Warning.household_key == Monitoring.household_key,
            Warning.since < end,
            Warning.since >= Midnight(Monitoring.started_on),
        )
        .order_by(Warning.since.desc(), Warning.key.desc())
        .limit(1)
        .correlate(Monitoring)
        .scalar_subquery()
    )


def _kind(household_key: InstrumentedAttribute[int]) -> ScalarSelect[str]:
    """As what the household of a measure or payment was last monitored."""
    return (
        select(Monitoring.kind)
        .where(Monitoring.household_key == household_key)
        .order_by(Monitoring.started_on.desc(), Monitoring.key.desc())
        .limit(1)
        .correlate(household_key.class_)
        .scalar_subquery()
    )


def _below(area: str, village: str) -> str:
    """The path one level below `area` in which the village lies; the village itself where nothing is between."""
    rest = village.removeprefix(area)
    return area + rest.partition("/")[0] + "/" if rest else village
