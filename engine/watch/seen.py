"""The statements over the history of the cases that a viewer sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import sight
from engine.identity import Viewer
from engine.models.instances import Incident, Instance, Passage
from engine.models.worklist import UserTask


@dataclass(frozen=True)
class Asked:
    """Which cases: those within an area (`""`: everywhere), and what they did from `since` until before `until`."""

    area: str
    since: datetime
    until: datetime


class Seen:
    """The statements over the cases that the viewer sees."""

    def __init__(self, viewer: Viewer, process_id: str, asked: Asked) -> None:
        self.process_id, self.asked = process_id, asked
        self.instances = sa.and_(self._about(Instance), sight.seen(viewer, Instance))
        self.tasks = sa.and_(self._about(UserTask), sight.seen(viewer, UserTask))

    def _about(self, rows: type[Instance] | type[UserTask]) -> sa.ColumnElement[bool]:
        of_process = rows.process_id == self.process_id
        within = rows.area.startswith(self.asked.area, autoescape=True)
        return sa.and_(of_process, within) if self.asked.area else of_process

    def waiting(self) -> sa.Select[Any]:
        """(element, how many stand there, since when the first does)."""
        there = self._there()
        return sa.select(there.c.element, sa.func.count(), sa.func.min(there.c.at)).group_by(there.c.element)

    def stuck(self) -> sa.Select[str, int]:
        """(element, how many stand there by an incident)."""
        return (
            sa.select(Incident.element, sa.func.count())
            .join(Instance, Instance.key == Incident.instance_key)
            .where(self.instances, Incident.state == "open")
            .group_by(Incident.element)
        )

    def times(self, minutes: Any, at_once: Sequence[str]) -> sa.Select[Any]:
        """(element, how often completed, median and ninth decile in whole minutes), but for elements passed `at_once`.

        Minutes are counted before they are ranked: a year of many cases has few thousand different ones.
        """
        took = minutes(UserTask.created_at, UserTask.ended_at)
        tasks = (
            sa.select(UserTask.element, took.label("minutes"), sa.func.count().label("count"))
            .where(self.tasks, UserTask.state == "completed", self._in_period(UserTask.ended_at))
            .group_by(UserTask.element, took)
        )
        took = minutes(Passage.entered_at, Passage.left_at)
        passages = (
            sa.select(Passage.element, took.label("minutes"), sa.func.count().label("count"))
            .join(Instance, Instance.key == Passage.instance_key)
            .where(self.instances, self._ran(), Passage.element.not_in(at_once))
            .where(Passage.state == "completed", self._in_period(Passage.left_at))
            .group_by(Passage.element, took)
        )
        return _ranked(sa.union_all(tasks, passages).subquery())

    def whole(self, minutes: Any, length: int) -> sa.Select[Any]:
        """(area, how many ended, median and ninth decile of their whole time), by the first `length` characters of the area's path."""
        area, took = _cut(length), minutes(Instance.started_at, Instance.ended_at)
        ended = (
            sa.select(area.label("element"), took.label("minutes"), sa.func.count().label("count"))
            .where(self.instances, Instance.state == "completed", self._in_period(Instance.ended_at))
            .group_by(area, took)
        )
        return _ranked(ended.subquery())

    def running(self, length: int) -> sa.Select[Any]:
        """(area, how many run now)."""
        area = _cut(length)
        running = sa.select(area, sa.func.count()).where(self.instances, Instance.state == "active")
        return running.group_by(area)

    def there(self, element: str) -> sa.Select[Any]:
        """(instance, since when) of those that stand at an element, the longest first."""
        found = self._there(element)
        return (
            sa.select(Instance, found.c.at)
            .join(found, found.c.instance_key == Instance.key)
            .order_by(found.c.at, Instance.key)
        )

    def taken(self, flows: Sequence[str]) -> sa.Select[Any]:
        """(flow, how often it was taken)."""
        tasks = sa.select(UserTask.via).where(
            self.tasks, UserTask.via.in_(flows), self._in_period(UserTask.created_at)
        )
        passages = (
            sa.select(Passage.via)
            .join(Instance, Instance.key == Passage.instance_key)
            .where(self.instances, self._ran(), Passage.via.in_(flows), self._in_period(Passage.entered_at))
        )
        each = sa.union_all(tasks, passages).subquery()
        return sa.select(each.c.via, sa.func.count()).group_by(each.c.via)

    def _there(self, element: str | None = None) -> Any:
        """(instance_key, element, at) of what stands somewhere, or at one element."""
        running = Instance.state == "active"
        tasks = (
            sa.select(UserTask.instance_key, UserTask.element, UserTask.created_at.label("at"))
            .join(Instance, Instance.key == UserTask.instance_key)
            .where(self.instances, running, UserTask.state == "open")
        )
        passages = (
            sa.select(Passage.instance_key, Passage.element, Passage.entered_at.label("at"))
            .join(Instance, Instance.key == Passage.instance_key)
            .where(self.instances, running, Passage.state == "active")
        )
        if element is not None:
            tasks, passages = (
                tasks.where(UserTask.element == element),
                passages.where(Passage.element == element),
            )
        return sa.union_all(tasks, passages).subquery()

    def _in_period(self, at: Any) -> sa.ColumnElement[bool]:
        return sa.and_(at >= self.asked.since, at < self.asked.until)

    def _ran(self) -> sa.ColumnElement[bool]:
        """Instances that ran in the period at all: spares a look at the passages of the others."""
        over = sa.or_(Instance.ended_at.is_(None), Instance.ended_at >= self.asked.since)
        return sa.and_(Instance.started_at < self.asked.until, over)


def _ranked(each: Any) -> sa.Select[Any]:
    """(element, count, median and ninth decile) of counted minutes, by nearest rank."""
    total = sa.func.sum(each.c.count).over(partition_by=each.c.element)
    upto = sa.func.sum(each.c.count).over(partition_by=each.c.element, order_by=each.c.minutes)
    ranked = sa.select(each.c.element, each.c.minutes, total.label("total"), upto.label("upto")).subquery()

    def tenths(number: int) -> sa.ColumnElement[Any]:
        reached = ranked.c.upto * 10 >= ranked.c.total * number
        return sa.func.min(sa.case((reached, ranked.c.minutes)))

    told = sa.select(ranked.c.element, sa.func.max(ranked.c.total), tenths(5), tenths(9))
    return told.group_by(ranked.c.element)


def _cut(length: int) -> sa.ColumnElement[Any]:
    """The area's path as far as the level of the areas that are told apart; written out, since it is grouped by."""
    return sa.func.substr(Instance.area, 1, sa.literal_column(str(int(length))))


def minutes(dialect: str) -> Any:
    """How a store tells the whole minutes between two moments."""
    if dialect == "sqlite":
        return lambda begun, over: sa.cast((_days(over) - _days(begun)) * 1440 + _ROUNDED, sa.Integer)
    return lambda begun, over: sa.cast(sa.func.floor(sa.extract("epoch", over - begun) / 60), sa.BigInteger)


_days = sa.func.julianday
_ROUNDED = 0.001
"""SQLite tells days as a fraction: a whole number of minutes must not come out a trifle less."""
