"""Camunda's way of searching: `filter`, `sort` and `page` of a request's body, turned into one SELECT.

A resource names its fields once (`Fields`); everything a caller may filter or sort by is in that list, so that no
name of a column and no operator ever comes from outside. Pages go by keyset: a cursor is the sort values of a row.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from web.api.problem import BadRequest

LIMIT = 100
MOST = 10_000
COUNTED = 10_000  # a total beyond it is not worth a scan; `hasMoreTotalItems` says so


def text(value: Any) -> str:
    """A filter's value that must be text."""
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def number(value: Any) -> int:
    """A filter's value that must be a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(value)
    return value


def key(value: Any) -> int:
    """A key: a decimal string outside, a 63-bit integer inside."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 19:
        raise ValueError(value)
    found = int(value)
    if found >= 2**63:
        raise ValueError(value)
    return found


def moment(value: Any) -> datetime:
    """An ISO 8601 date-time; one without an offset is UTC."""
    found = datetime.fromisoformat(text(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def flag(value: Any) -> bool:
    """A filter's value that must be true or false."""
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def one_of(words: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Reads Camunda's word for a state as ours."""

    def read(value: Any) -> Any:
        return words[text(value)]

    return read


@dataclass(frozen=True)
class Column:
    """What a field of the API stands for: a column or expression, and how a value for it is read."""

    of: Any
    read: Callable[[Any], Any] = text


Fields = Mapping[str, Column]


class Sort(BaseModel):
    """One line of `sort`."""

    model_config = ConfigDict(extra="forbid")
    field: str
    order: str = Field(default="ASC", pattern="^(ASC|DESC|asc|desc)$")


class Page(BaseModel):
    """`page`: a limit, with an offset or a cursor of an answer before."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    limit: int = Field(default=LIMIT, ge=0, le=MOST)
    offset: int = Field(default=0, ge=0, le=1_000_000, alias="from")
    after: str | None = Field(default=None, max_length=1000)
    before: str | None = Field(default=None, max_length=1000)


class Query(BaseModel):
    """A search request's body."""

    model_config = ConfigDict(extra="forbid")
    filter: dict[str, Any] = {}
    sort: list[Sort] = Field(default=[], max_length=4)
    page: Page = Page()


def condition(given: Mapping[str, Any], fields: Fields) -> ColumnElement[bool]:
    """The filter as one condition: all its fields, and any one of `$or`."""
    found = [true()]
    for name, wanted in given.items():
        if name == "$or":
            found.append(
                or_(false(), *(condition(_mapping(name, each), fields) for each in _several(name, wanted)))
            )
        elif name == "tenantId":
            found.append(true() if wanted in ("<default>", {"$eq": "<default>"}) else false())
        elif name in fields:
            found.append(_compared(name, fields[name], wanted))
        else:
            raise BadRequest(f"filter.{name}", _("不能按此项筛选"))
    return and_(*found)


def _compared(name: str, column: Column, wanted: Any) -> ColumnElement[bool]:
    operators = wanted if isinstance(wanted, dict) else {"$eq": wanted}
    try:
        return and_(true(), *(OPERATORS[op](column, value) for op, value in operators.items()))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRequest(f"filter.{name}", _("此项的值不能用来筛选")) from error


def _like(column: Column, pattern: Any) -> ColumnElement[bool]:
    """Camunda's wildcards: `*` any text, `?` one character, a backslash before either means itself."""
    made, literal = "", False
    for char in text(pattern):
        if char == "\\" and not literal:
            literal = True
            continue
        wild = {"*": "%", "?": "_"}.get(char) if not literal else None
        made += wild or ("\\" + char if char in "%_\\" else char)
        literal = False
    return column.of.like(made, escape="\\")


OPERATORS: Mapping[str, Callable[[Column, Any], ColumnElement[bool]]] = {
    "$eq": lambda c, v: c.of == c.read(v),
    "$neq": lambda c, v: c.of != c.read(v),
    "$gt": lambda c, v: c.of > c.read(v),
    "$gte": lambda c, v: c.of >= c.read(v),
    "$lt": lambda c, v: c.of < c.read(v),
    "$lte": lambda c, v: c.of <= c.read(v),
    "$in": lambda c, v: c.of.in_([c.read(each) for each in _several("$in", v)]),
    "$notIn": lambda c, v: c.of.not_in([c.read(each) for each in _several("$notIn", v)]),
    "$exists": lambda c, v: c.of.is_not(None) if flag(v) else c.of.is_(None),
    "$like": _like,
}


def _several(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > 1000:
        raise BadRequest(f"filter.{name}", _("此处要一个列表，不超过 1000 项"))
    return value


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadRequest(f"filter.{name}", _("此处的每一项都要是一组条件"))
    return value


@dataclass(frozen=True)
class Order:
    """One column of the order, with its direction."""

    column: Any
    falling: bool = False

    def by(self) -> list[Any]:
        """ORDER BY terms; what is absent stands last, either way."""
        return [self.column.is_(None), self.column.desc() if self.falling else self.column.asc()]

    def reversed_by(self) -> list[Any]:
        return [self.column.is_(None).desc(), self.column.asc() if self.falling else self.column.desc()]

    def beyond(self, value: Any, back: bool) -> ColumnElement[bool]:
        """Rows that stand strictly behind `value` (before it when `back`)."""
        if value is None:
            return self.column.is_not(None) if back else false()
        if back:
            return self.column > value if self.falling else self.column < value
        further = self.column < value if self.falling else self.column > value
        return or_(further, self.column.is_(None))

    def same(self, value: Any) -> ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == value


def ordered(asked: Sequence[Sort], fields: Fields, unique: Sequence[Any]) -> list[Order]:
    """The order asked for, ended by the key's columns so that no two rows are alike."""
    for each in asked:
        if each.field not in fields:
            raise BadRequest(f"sort.{each.field}", _("不能按此项排序"))
    return [Order(fields[s.field].of, s.order.upper() == "DESC") for s in asked] + [
        Order(each) for each in unique
    ]


def run(
    session: Session, statement: Select[Any], asked: Query, fields: Fields, *unique: Any
) -> tuple[list[Any], dict[str, Any]]:
    """Runs a search: its rows, and the `page` of the answer.

    `statement` selects what the caller may see; its rows' last columns are added here, for the cursors. `unique`: the columns
    that together tell its rows apart, in the order in which rows come that are alike otherwise.
    """
    found = statement.where(condition(asked.filter, fields))
    order = ordered(asked.sort, fields, unique)
    back = asked.page.before is not None
    cursor = asked.page.before or asked.page.after
    paged = found.add_columns(*(o.column for o in order))
    if cursor:
        paged = paged.where(_from_cursor(order, _read_cursor(cursor, len(order)), back))
    terms = [term for o in order for term in (o.reversed_by() if back else o.by())]
    rows = session.execute(paged.order_by(*terms).offset(asked.page.offset).limit(asked.page.limit)).all()
    if back:
        rows.reverse()
    total = session.scalar(
        select(func.count()).select_from(
            found.order_by(None).with_only_columns(unique[0]).limit(COUNTED + 1).subquery()
        )
    )
    return [row[0] if len(row) == 1 + len(order) else row for row in rows], {
        "totalItems": min(total or 0, COUNTED),
        "hasMoreTotalItems": (total or 0) > COUNTED,
        "startCursor": _cursor(rows[0], len(order)) if rows else None,
        "endCursor": _cursor(rows[-1], len(order)) if rows else None,
    }


def _from_cursor(order: list[Order], values: list[Any], back: bool) -> ColumnElement[bool]:
    steps = []
    for place, (each, value) in enumerate(zip(order, values, strict=True)):
        same = (o.same(v) for o, v in zip(order[:place], values[:place], strict=True))
        steps.append(and_(*same, each.beyond(value, back)))
    return or_(*steps)


def _cursor(row: Any, columns: int) -> str:
    values = [{"at": v.isoformat()} if isinstance(v, datetime) else v for v in tuple(row)[-columns:]]
    return base64.b64encode(json.dumps(values).encode()).decode()


def _read_cursor(cursor: str, columns: int) -> list[Any]:
    try:
        values = json.loads(base64.b64decode(cursor.encode(), validate=True))
        if not isinstance(values, list) or len(values) != columns:
            raise ValueError(cursor)
        return [_cursor_value(v) for v in values]
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadRequest("page", _("这个分页位置不属于这次查询")) from error


def _cursor_value(value: Any) -> Any:
    if isinstance(value, dict):
        return moment(value.get("at"))
    if isinstance(value, list):
        raise ValueError(value)
    return value
