"""Plays a county through the engine: who has a task does it, what is due the worker does, in the order of time."""

import heapq
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from itertools import count
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import authority, instances
from engine.clock import MovableClock
from engine.identity import Viewer
from engine.models.instances import Instance, Timer, TimerStart
from engine.models.worklist import TaskCandidate, UserTask
from engine.runtime import Runtime
from engine.worker import Worker
from web.demo.accounts import People
from web.demo.answers import Turn, answer
from web.demo.life import Life

Deed = Callable[[], object]
VISITS = ("visit", "visit_basic")
_DUE = [
    sa.select(sa.func.min(table.due)).where(table.claimed_until.is_(None)) for table in (Timer, TimerStart)
]


class Play:
    """Everybody together, on a clock that only moves forward: to whatever comes next, a deed or a due timer."""

    def __init__(self, runtime: Runtime, clock: MovableClock, people: People, end: datetime) -> None:
        self.runtime, self.clock, self.people, self.end = runtime, clock, people, end
        self.lives: dict[str, Life] = {}
        """By household key."""
        self.office = Life(Random(0))  # noqa: S311 - stories, not secrets
        """Whoever does what is about no household."""
        self._worker = Worker(runtime)
        self._agenda: list[tuple[datetime, int, Deed]] = []
        self._order = count()
        self._seen = 0

    def at(self, when: datetime, deed: Deed) -> None:
        """Let it be done then."""
        heapq.heappush(self._agenda, (when, next(self._order), deed))

    def run(self) -> Iterator[datetime]:
        """Lets time pass until the end; yields the moments at which something happened."""
        while (when := self._look()) <= self.end:
            self.clock.set(max(when, self.clock.now()))
            if self._agenda and self._agenda[0][0] <= when:
                heapq.heappop(self._agenda)[2]()
            else:
                self._worker.run_once()
            yield self.clock.now()
        self.clock.set(self.end)
        self._worker.run_once()

    def begin(
        self,
        process: str,
        given: Mapping[str, Any],
        who: tuple[str, str],
        first: Mapping[str, Any] | None = None,
    ) -> int:
        """Somebody of that group and place begins a case; its key. `first`: what he answers at once to its first step."""
        [person, *_] = self.people.who([who])
        with self.runtime.database.begin() as session:
            case = instances.start(self.runtime, session, process, given, person).key
            if first is not None:
                waits = sa.select(UserTask).where(UserTask.case_key == case, UserTask.state == "open")
                self._complete(session, session.scalars(waits).one(), first)
        return case

    def do(self, key: int) -> None:
        """Somebody for whom the task waits does it, unless it has been done or is to stay."""
        with self.runtime.database.begin() as session:
            task = session.get_one(UserTask, key)
            life = self.life(task)
            if task.state == "open" and not life.leaves(task):
                self._complete(session, task, life.decides(task))

    def life(self, task: UserTask) -> Life:
        """Whose affair the task is."""
        return self.lives[task.subject] if task.subject else self.office

    def _complete(self, session: Session, task: UserTask, decided: Mapping[str, Any]) -> None:
        life = self.life(task)
        if task.form_id in VISITS:
            life.rounds += 1
        known = instances.variables(session, session.get_one(Instance, task.instance_key), task.token)
        now = self.clock.now()
        turn = Turn(life.family, life.random, now, task.element, known, life.rounds, decided)
        given = answer(task.form_id or "", turn)
        instances.complete(self.runtime, session, task.key, given, self._doer(session, task))

    def _look(self) -> datetime:
        """When the next thing happens. People see the tasks that have come up, and each has in mind when to do his."""
        new = sa.select(UserTask).where(UserTask.key > self._seen, UserTask.state == "open")
        with self.runtime.database.read() as session:
            for task in session.scalars(new.order_by(UserTask.key)):
                self._seen = task.key
                when = self.clock.now() + self.life(task).takes(task, self.clock.now())
                self.at(when, partial(self.do, task.key))
            moments = [due for query in _DUE if (due := session.scalar(query)) is not None]
        if self._agenda:
            moments.append(self._agenda[0][0])
        return min(moments, default=datetime.max.replace(tzinfo=UTC))

    def _doer(self, session: Session, task: UserTask) -> Viewer:
        """One of those for whom the task waits, kept apart from who did an earlier step where the drawing says so."""
        places = sa.select(TaskCandidate.group, TaskCandidate.place).where(TaskCandidate.task_key == task.key)
        for viewer in self.people.who([tuple(place) for place in session.execute(places)]):
            try:
                authority.permit_task(session, viewer, task)
            except authority.Separated:
                continue
            return viewer
        raise LookupError(f"nobody can do {task.element} in {task.area}")
