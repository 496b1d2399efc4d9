"""Where the tasks that wait for a viewer stand in the tables: the ranges that a page of the worklist is read from.

A page costs the same among a million tasks as among a thousand. Each grant of the viewer is one range of an index of
`task_candidate`, by age, or by due moment with what is urgent in a range before; a page takes at most its own length
from each range and merges them. Filters are looked up along the range.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.clock import SHANGHAI
from engine.errors import InvalidInput
from engine.identity import Viewer
from engine.models.worklist import NEVER, URGENT, TaskCandidate, UserTask

OPEN, MINE, GROUP, DONE = "open", "mine", "group", "done"
BOXES = (OPEN, MINE, GROUP, DONE)
DUE = ("overdue", "today", "week")
SORTS = ("due", "created", "title", "level", "step")


@dataclass(frozen=True)
class Filter:
    """What a viewer looks for. `box`: all that waits for him, what he claimed, what nobody has, what he did.

    `area` is a path prefix; `text` is looked for in title and `attribute.search`; `subjects`, when not None, are the
    only subjects wanted (found elsewhere, by an ID number for instance), taken as an alternative to `text`.
    `marked`: a property and its value that the drawing gives the step.
    """

    box: str = OPEN
    process: str | None = None
    step: str | None = None
    area: str | None = None
    level: str | None = None
    due: str | None = None
    text: str | None = None
    subjects: frozenset[str] | None = None
    marked: tuple[str, str] | None = None


class Position(NamedTuple):
    """Where a task stands in an order: urgent (0) or not (1), what it is sorted by, its key."""

    rank: int
    value: Any
    key: int

    def cursor(self) -> str:
        """As an address carries it."""
        shown = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return base64.urlsafe_b64encode(json.dumps([self.rank, shown, self.key]).encode()).decode()


def read_position(cursor: str | None, sort: str) -> Position | None:
    """The position that a cursor carries. InvalidInput."""
    if not cursor:
        return None
    try:
        rank, value, key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return Position(int(rank), datetime.fromisoformat(value) if sort == "due" else value, int(key))
    except (ValueError, TypeError) as error:
        raise InvalidInput("after", detail="翻页的位置读不懂") from error


def waiting(
    viewer: Viewer, wanted: Filter, now: datetime, sort: str, start: Position | None, limit: int
) -> Iterator[sa.Select[Any]]:
    """One SELECT (key, rank, sort) a place where tasks wait for the viewer, each in order and no longer than `limit`.

    By due moment each place has two, what is urgent apart; any other order goes by itself alone.
    """
    for rank in (0, 1) if sort == "due" else (1,):
        if start is None or start.rank <= rank:
            after = start if start and start.rank == rank else None
            yield from _of_rank(viewer, wanted, now, sort, rank, after, limit)


def merged(ranges: Sequence[sa.Select[Any]]) -> sa.Select[Any]:
    """The ranges as one, each task once, in order."""
    together = sa.union(*(sa.select(each.subquery()) for each in ranges)).subquery().c
    return sa.select(together.key, together.rank, together.sort).order_by(
        together.rank, together.sort, together.key
    )


def conditions(viewer: Viewer, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    """What a task must be to be wanted, but for box `MINE` and `DONE` and its due moment."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.box == OPEN:
        found.append(sa.or_(UserTask.assignee.is_(None), UserTask.assignee.in_(viewer.names)))
    if wanted.box == GROUP:
        found.append(UserTask.assignee.is_(None))
    for column, value in (
        (UserTask.process_id, wanted.process),
        (UserTask.element, wanted.step),
        (UserTask.level, wanted.level),
    ):
        if value:
            found.append(column == value)
    if wanted.area:
        found.append(UserTask.area.startswith(wanted.area, autoescape=True))
    if wanted.text or wanted.subjects is not None:
        found.append(sa.or_(*_looked_for(wanted)))
    if wanted.marked:
        name, value = wanted.marked
        found.append(UserTask.properties[name].as_string() == value)
    return found


def _of_rank(
    viewer: Viewer, wanted: Filter, now: datetime, sort: str, rank: int, start: Position | None, limit: int
) -> Iterator[sa.Select[Any]]:
    wished, apart = conditions(viewer, wanted), sort == "due"
    if wanted.box == MINE:
        due: Any = sa.func.coalesce(UserTask.due, NEVER)
        mine = _columns(UserTask.key, rank, sort, due).where(
            UserTask.assignee == viewer.name,
            UserTask.state == "open",
            *wished,
            *_due(due, wanted.due, now),
        )
        if apart:
            mine = mine.where(UserTask.priority >= URGENT if rank == 0 else UserTask.priority < URGENT)
        yield _ordered(mine, sort, due, UserTask.key, start, limit)
        return
    for group, place in (*viewer.grants, *(("", name) for name in viewer.names)):
        due = TaskCandidate.due
        found = (
            _columns(TaskCandidate.task_key, rank, sort, due)
            .join(UserTask, UserTask.key == TaskCandidate.task_key)
            .where(TaskCandidate.group == group, TaskCandidate.place == place, *wished)
            .where(*_due(due, wanted.due, now))
        )
        if apart:
            found = found.where(TaskCandidate.rank == rank)
        yield _ordered(found, sort, due, TaskCandidate.task_key, start, limit)


def _columns(key: Any, rank: int, sort: str, due: Any) -> sa.Select[Any]:
    return sa.select(key.label("key"), sa.literal(rank).label("rank"), _sort_key(sort, due).label("sort"))


def _looked_for(wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.text:
        yield UserTask.title.contains(wanted.text, autoescape=True)
        yield UserTask.search.contains(wanted.text.lower(), autoescape=True)
    yield UserTask.subject.in_(wanted.subjects or ())


def _due(column: Any, due: str | None, now: datetime) -> list[sa.ColumnElement[bool]]:
    """Overdue: before now. Today and this week: from now to the end of today, of the seventh day, in Shanghai."""
    if due is None:
        return []
    if due == "overdue":
        return [column < now]
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + timedelta(days=1 if due == "today" else 7)
    return [column >= now, column < end]


def _sort_key(sort: str, due: Any) -> Any:
    return {
        "due": due,
        "created": sa.null(),
        "title": sa.func.coalesce(UserTask.search, UserTask.title, ""),
        "step": UserTask.name,
        "level": sa.case({"红": 0, "黄": 1, "蓝": 2}, value=UserTask.level, else_=3),
    }[sort]


def _ordered(
    select: sa.Select[Any], sort: str, due: Any, key: Any, start: Position | None, limit: int
) -> sa.Select[Any]:
    if sort == "created":
        if start:
            select = select.where(key > start.key)
        return select.order_by(key).limit(limit)
    column = _sort_key(sort, due)
    if start:
        select = select.where(sa.or_(column > start.value, sa.and_(column == start.value, key > start.key)))
        if sort == "due":
            select = select.where(column >= start.value)  # lets the index begin there
    return select.order_by(column, key).limit(limit)
