"""Reading the ledger: a page from a key on, all rows, totals and groups.

A page is found by the columns that it is looked for and sorted by alone; the others are read for its rows only.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Label,
    ScalarSelect,
    Select,
    Subquery,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from registry import areas, id_numbers
from registry.columns import Midnight, Moment, Money
from registry.errors import Impossible
from registry.history import SHANGHAI
from registry.ledger.columns import Column
from registry.ledger.sources import DAY, LIST, MONEY, NUMBER, PLACE, TRUTH
from registry.models import Area, GuaranteeCheck, Household, IncomeSheet, Monitoring, Warning

STATES = ("在监测", "已移出", "全部")
PAGE = 50
_AT_ONCE = 500
_LATEST = {
    Warning: (Warning.since,),
    IncomeSheet: (IncomeSheet.measured_on,),
    GuaranteeCheck: (GuaranteeCheck.checked_on,),
}
_EARLY = datetime(1900, 1, 1, tzinfo=UTC)
_LOWEST: Mapping[str, Any] = {MONEY: Decimal(-(10**13)), NUMBER: -1, TRUTH: False}


@dataclass(frozen=True)
class Wanted:
    """Which rows, in which order. What the reader may see: everything within `seen_areas`, and `seen_households`.

    `has` wants a column to hold a text, `least` and `most` bound an amount or a day, each by the column's key. `sort` is a
    column's key, downwards with a minus before it.
    """

    columns: tuple[Column, ...]
    today: date
    seen_areas: tuple[str, ...] = (areas.ROOT,)
    seen_households: tuple[int, ...] = ()
    within: str = areas.ROOT
    state: str = STATES[0]
    has: Mapping[str, str] = field(default_factory=dict)
    least: Mapping[str, str] = field(default_factory=dict)
    most: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    known: Mapping[str, Column] = field(default_factory=dict)
    """All columns of the ledger by key: one looks for and sorts by what is not shown, too."""


@dataclass(frozen=True)
class Page:
    """Rows in order, and where the next page begins if there is one."""

    rows: list[dict[str, Any]]
    next: str | None


def page(session: Session, wanted: Wanted, after: str | None = None, limit: int = PAGE) -> Page:
    """One page, `after` being the `next` of the page before. Each row is {column key: value}, and `key`, the household's."""
    sort, downwards = _sort(wanted)
    used = [*_looked_for(wanted), *([sort] if sort else [])]
    found = _found(wanted, used)
    order = _ordered(found, sort)
    query = select(found.c.key, order).limit(limit + 1)
    if after:
        at, key = _position(after, order)
        beyond = order < at if downwards else order > at
        query = query.where(or_(beyond, and_(order == at, found.c.key > key)))
    query = query.order_by(order.desc() if downwards else order, found.c.key)
    lines = session.execute(query.params(today=wanted.today)).all()
    further = lines[limit - 1] if len(lines) > limit else None
    return Page(
        _read(session, wanted, [line[0] for line in lines[:limit]]),
        _cursor(further[1], further[0]) if further else None,
    )


def rows(session: Session, wanted: Wanted, *, in_full: bool = False) -> Iterator[dict[str, Any]]:
    """All rows in order; `in_full`: ID numbers and accounts unmasked."""
    sort, downwards = _sort(wanted)
    found = _found(wanted, [*_looked_for(wanted), *([sort] if sort else [])])
    order = _ordered(found, sort)
    keys = session.scalars(
        select(found.c.key)
        .order_by(order.desc() if downwards else order, found.c.key)
        .params(today=wanted.today)
    ).all()
    for start in range(0, len(keys), _AT_ONCE):
        yield from _read(session, wanted, keys[start : start + _AT_ONCE], in_full=in_full)


def totals(session: Session, wanted: Wanted) -> dict[str, Any]:
    """`count` of the rows, and the sum of each shown column that adds up."""
    adding = [column for column in wanted.columns if column.source.adds_up]
    found = _found(wanted, [*_looked_for(wanted), *adding])
    query = select(func.count(), *(func.sum(found.c[column.key]) for column in adding)).select_from(found)
    count, *sums = session.execute(query.params(today=wanted.today)).one()
    return {
        "count": count,
        **{column.key: _sum(column, told) for column, told in zip(adding, sums, strict=True)},
    }


def grouped(session: Session, wanted: Wanted, by: Column) -> list[dict[str, Any]]:
    """For each value of the column `by`: `value`, `count`, and the sums of the shown columns that add up."""
    if not by.source.sorts:
        raise Impossible("sealed_column", "“{column}”是加密保存的，不能筛选、排序或分组。", column=by.name)
    adding = [column for column in wanted.columns if column.source.adds_up]
    found = _found(wanted, [*_looked_for(wanted), *adding, by])
    value = cast(found.c[by.key], Text) if by.source.kind == LIST else found.c[by.key]
    query = select(value, func.count(), *(func.sum(found.c[column.key]) for column in adding)).group_by(value)
    named = _names(session)
    groups: dict[Any, dict[str, Any]] = {}
    for raw, count, *sums in session.execute(query.params(today=wanted.today)):
        listed = json.loads(raw) if by.source.kind == LIST and raw else raw
        shown = _shown(by, listed, named, in_full=False)
        group = groups.setdefault(
            shown, {"value": shown, "count": 0, **{c.key: _sum(c, None) for c in adding}}
        )
        group["count"] += count
        for column, told in zip(adding, sums, strict=True):
            group[column.key] += _sum(column, told)
    return sorted(groups.values(), key=lambda group: (-group["count"], str(group["value"])))


def _found(wanted: Wanted, used: Sequence[Column]) -> Subquery:
    """The households that fit, with the columns `used`."""
    columns = list({column.key: column for column in used}.values())
    query = _select(columns).where(_seen(wanted), areas.within(Household.area, wanted.within))
    if wanted.state != STATES[2]:
        query = query.where(
            Monitoring.ended_on.is_(None) if wanted.state == STATES[0] else Monitoring.ended_on.is_not(None)
        )
    for key, text in wanted.has.items():
        query = query.where(_holds(_column(wanted, key), text))
    for bounds, least in ((wanted.least, True), (wanted.most, False)):
        for key, told in bounds.items():
            query = query.where(_bounded(_column(wanted, key), told, least=least))
    return query.subquery()


def _select(columns: Sequence[Column]) -> Select[Any]:
    period = aliased(Monitoring)
    last = (
        select(period.key)
        .where(period.household_key == Household.key)
        .order_by(period.started_on.desc(), period.key.desc())
        .limit(1)
    )
    query = (
        select(Household.key.label("key"), *(_labelled(column) for column in columns))
        .select_from(Household)
        .join(Monitoring, Monitoring.key == last.correlate(Household).scalar_subquery())
    )
    for table in dict.fromkeys(column.source.joined for column in columns if column.source.joined):
        query = query.outerjoin(table, table.key == _latest(table))  # type: ignore[attr-defined]
    return query


def _labelled(column: Column) -> Label[Any]:
    return column.source.sql.label(column.key)  # type: ignore[no-any-return]


def _latest(table: Any) -> ScalarSelect[int]:
    """The key of the household's last row; of warnings, the last since its period began."""
    row = aliased(table)
    [on] = (getattr(row, column.key) for column in _LATEST[table])
    query = select(row.key).where(row.household_key == Household.key)
    if table is Warning:
        query = query.where(row.since >= Midnight(Monitoring.started_on))
    return (
        query.order_by(on.desc(), row.key.desc()).limit(1).correlate(Household, Monitoring).scalar_subquery()
    )


def _seen(wanted: Wanted) -> ColumnElement[bool]:
    return or_(
        Household.key.in_(wanted.seen_households),
        *(areas.within(Household.area, path) for path in wanted.seen_areas),
    )


def _looked_for(wanted: Wanted) -> list[Column]:
    return [_column(wanted, key) for key in (*wanted.has, *wanted.least, *wanted.most)]


def _column(wanted: Wanted, key: str) -> Column:
    column = wanted.known.get(key)
    if column is None:
        raise Impossible("unknown_column", "台账没有“{column}”这一列。", column=key)
    if not column.source.sorts:
        raise Impossible(
            "sealed_column", "“{column}”是加密保存的，不能筛选、排序或分组。", column=column.name
        )
    return column


def _holds(column: Column, text: str) -> ColumnElement[bool]:
    if column.source.kind == TRUTH:
        return column.source.sql.is_(text == "是")  # type: ignore[no-any-return]
    told = cast(column.source.sql, Text) if column.source.kind == LIST else column.source.sql
    return told.contains(text, autoescape=True)


def _bounded(column: Column, told: str, *, least: bool) -> ColumnElement[bool]:
    bound = _read_bound(column, told)
    sql = column.source.sql
    if isinstance(bound, date) and isinstance(sql.type, Moment):
        begins = datetime.combine(bound if least else bound + timedelta(days=1), time(), SHANGHAI)
        return sql >= begins if least else sql < begins  # type: ignore[no-any-return]
    return sql >= bound if least else sql <= bound  # type: ignore[no-any-return]


def _read_bound(column: Column, told: str) -> date | Decimal:
    try:
        return (
            date.fromisoformat(told) if column.source.kind == DAY else Decimal(told).quantize(Decimal("0.01"))
        )
    except (ValueError, InvalidOperation):
        raise Impossible(
            "not_a_bound", "“{column}”不能与“{told}”比较。", column=column.name, told=told
        ) from None


def _sort(wanted: Wanted) -> tuple[Column | None, bool]:
    key = wanted.sort.removeprefix("-")
    return (_column(wanted, key) if key else None), wanted.sort.startswith("-")


def _ordered(found: Subquery, sort: Column | None) -> ColumnElement[Any]:
    """What rows are sorted by; nothing sorts before everything."""
    if sort is None:
        return found.c.key
    column = found.c[sort.key]
    if sort.source.kind == LIST:
        return func.coalesce(cast(column, Text), "")
    if sort.source.kind == DAY:
        early = _EARLY if isinstance(column.type, Moment) else _EARLY.date()
        return func.coalesce(column, literal(early, column.type))
    return func.coalesce(column, literal(_LOWEST.get(sort.source.kind, ""), column.type))


def _read(
    session: Session, wanted: Wanted, keys: Sequence[int], *, in_full: bool = False
) -> list[dict[str, Any]]:
    query = _select(wanted.columns).where(Household.key.in_(keys))
    named = _names(session)
    found = {
        line[0]: {
            "key": line[0],
            **{
                column.key: _shown(column, raw, named, in_full=in_full)
                for column, raw in zip(wanted.columns, line[1:], strict=True)
            },
        }
        for line in session.execute(query.params(today=wanted.today))
    }
    return [found[key] for key in keys]


def _names(session: Session) -> dict[str, str]:
    return {area.path: area.name for area in session.execute(select(Area.path, Area.name))}


def _shown(column: Column, raw: Any, named: Mapping[str, str], *, in_full: bool) -> Any:
    source = column.source
    if source.kind == PLACE:
        above = areas.ancestors(raw)
        return named[above[min(source.level, len(above)) - 1]]
    if raw is None:
        return _sum(column, None) if source.adds_up else ""
    if source.secret and not in_full:
        return id_numbers.masked(raw)
    if isinstance(raw, datetime):
        return raw.astimezone(SHANGHAI).date()
    if source.kind == LIST:
        return "、".join(raw)
    return raw.removesuffix("、") if isinstance(raw, str) else raw


def _sum(column: Column, told: Any) -> Any:
    if column.source.kind == NUMBER:
        return int(told or 0)
    return told if isinstance(told, Decimal) else Decimal(told or 0)


def _cursor(value: Any, key: int) -> str:
    plain = (
        value.isoformat()
        if isinstance(value, date | datetime)
        else str(value)
        if isinstance(value, Decimal)
        else value
    )
    return base64.urlsafe_b64encode(json.dumps([plain, key]).encode()).decode()


def _position(cursor: str, order: ColumnElement[Any]) -> tuple[ColumnElement[Any], int]:
    kinds: dict[type, Any] = {Money: Decimal, Moment: datetime}
    kind = kinds.get(type(order.type)) or order.type.python_type
    read_as = kind.fromisoformat if issubclass(kind, date) else kind
    try:
        plain, key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return literal(read_as(plain), order.type), int(key)
    except (ValueError, TypeError, InvalidOperation):
        raise Impossible("no_such_page", "没有这一页，请从第一页看起。") from None
