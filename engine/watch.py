"""How a procedure runs: at each element how many wait now, how long it takes, and which ways are taken out of it.

Read off the history of tasks and passages by SQL, for the cases that a viewer sees. Elements are told apart by their id,
over all versions of the drawing that have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import sight
from engine.dialect.model import Process
from engine.identity import Viewer
from engine.models.instances import Incident, Instance, Passage
from engine.models.worklist import UserTask


@dataclass(frozen=True)
class Asked:
    """Which cases: those within an area (`""`: everywhere), and what they did from `since` until before `until`."""

    area: str
    since: datetime
    until: datetime


@dataclass
class Step:
    """What one element saw. `waiting` and `stuck` (by an incident) are of now, the others of the period.

    `done`: how often it was completed; `median`: half of these took no longer; `ninth`: nine of ten took no longer (both by
    nearest rank, in whole minutes of the calendar). `back`, `refused`: how often its outcome led back, or was a refusal.
    """

    waiting: int = 0
    oldest: datetime | None = None
    stuck: int = 0
    done: int = 0
    median: timedelta | None = None
    ninth: timedelta | None = None
    back: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Ways:
    """The flows of a drawing that lead back, or refuse: told by how their names begin. Flow → the element whose outcome it is."""

    back: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def ways(process: Process, back: Sequence[str], refused: Sequence[str]) -> Ways:
    """Flows whose names begin with one of these words."""
    found = Ways()
    for flow in process.flows.values():
        for begins, kept in ((back, found.back), (refused, found.refused)):
            if (flow.name or "").startswith(tuple(begins)):
                kept[flow.id] = _decided(process, flow.source)
    return found


def steps(session: Session, viewer: Viewer, process: Process, asked: Asked, named: Ways) -> dict[str, Step]:
    """Element → what it saw; elements where nothing waits or happened are left out. `process`: the drawing in force."""
    found: dict[str, Step] = {}
    seen = _Seen(viewer, process.id, asked)

    def at(element: str) -> Step:
        return found.setdefault(element, Step())

    for element, count, oldest in session.execute(seen.waiting()):
        at(element).waiting, at(element).oldest = count, oldest
    for element, count in session.execute(seen.stuck()):
        at(element).stuck = count
    at_once = [each.id for each in process.elements.values() if each.type in _AT_ONCE]
    minutes = _minutes(session.get_bind().dialect.name)
    for element, count, median, ninth in session.execute(seen.times(minutes, at_once)):
        at(element).done = int(count)
        at(element).median, at(element).ninth = timedelta(minutes=median), timedelta(minutes=ninth)
    for flow, count in session.execute(seen.taken([*named.back, *named.refused])):
        if flow in named.back:
            at(named.back[flow]).back += count
        else:
            at(named.refused[flow]).refused += count
    return found


_GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway")
_AT_ONCE = (*_GATEWAYS, "startEvent", "scriptTask", "businessRuleTask", "intermediateThrowEvent")
"""What takes no time."""
_BETWEEN = (*_GATEWAYS, "scriptTask", "serviceTask")
"""What lies between a step and the way that its outcome takes."""


def _decided(process: Process, element: str) -> str:
    """The element whose outcome a flow out of `element` is: the step before a gateway, where there is but one."""
    before = element
    while process.elements[before].type in _BETWEEN and len(process.elements[before].incoming) == 1:
        before = process.flows[process.elements[before].incoming[0]].source
    return before if process.elements[before].type not in _BETWEEN else element


class _Seen:
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
        running = Instance.state == "active"
        tasks = (
            sa.select(UserTask.element, UserTask.created_at.label("at"))
            .join(Instance, Instance.key == UserTask.instance_key)
            .where(self.instances, running, UserTask.state == "open")
        )
        passages = (
            sa.select(Passage.element, Passage.entered_at.label("at"))
            .join(Instance, Instance.key == Passage.instance_key)
            .where(self.instances, running, Passage.state == "active")
        )
        there = sa.union_all(tasks, passages).subquery()
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
        each = sa.union_all(tasks, passages).subquery()
        total = sa.func.sum(each.c.count).over(partition_by=each.c.element)
        upto = sa.func.sum(each.c.count).over(partition_by=each.c.element, order_by=each.c.minutes)
        ranked = sa.select(
            each.c.element, each.c.minutes, total.label("total"), upto.label("upto")
        ).subquery()

        def tenths(number: int) -> sa.ColumnElement[Any]:
            reached = ranked.c.upto * 10 >= ranked.c.total * number
            return sa.func.min(sa.case((reached, ranked.c.minutes)))

        told: sa.Select[Any] = sa.select(
            ranked.c.element, sa.func.max(ranked.c.total), tenths(5), tenths(9)
        ).group_by(ranked.c.element)
        return told

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

    def _in_period(self, at: Any) -> sa.ColumnElement[bool]:
        return sa.and_(at >= self.asked.since, at < self.asked.until)

    def _ran(self) -> sa.ColumnElement[bool]:
        """Instances that ran in the period at all: spares a look at the passages of the others."""
        over = sa.or_(Instance.ended_at.is_(None), Instance.ended_at >= self.asked.since)
        return sa.and_(Instance.started_at < self.asked.until, over)


def _minutes(dialect: str) -> Any:
    """How a store tells the whole minutes between two moments."""
    if dialect == "sqlite":
        return lambda begun, over: sa.cast((_days(over) - _days(begun)) * 1440 + _ROUNDED, sa.Integer)
    return lambda begun, over: sa.cast(sa.func.floor(sa.extract("epoch", over - begun) / 60), sa.BigInteger)


_days = sa.func.julianday
_ROUNDED = 0.001
"""SQLite tells days as a fraction: a whole number of minutes must not come out a trifle less."""
