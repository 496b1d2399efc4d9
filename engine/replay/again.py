"""What the journal tells of a case, let happen once more to the case that is being played: found by instance and element."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import catching, incidents, instances, jobs, mending, timers
from engine.clock import MovableClock
from engine.errors import InvalidAnswer, Refusal
from engine.models.instances import Incident, Job, SignalWait, Subscription, Timer
from engine.models.worklist import UserTask
from engine.replay import course as courses
from engine.replay.course import Course, Event, Line
from engine.runtime import Runtime

_CLAIM = 1
_WAITS: dict[str, type[Subscription] | type[SignalWait] | type[Timer] | type[Job]] = {
    "told": Subscription,
    "signalled": SignalWait,
    "fired": Timer,
    "job_done": Job,
    "job_error": Job,
}


class Again:
    """A case being played, `case` its key; `then` is how it went. Refused and missing fields of forms are kept by place."""

    def __init__(self, runtime: Runtime, clock: MovableClock, session: Session, then: Course) -> None:
        self.runtime, self.clock, self.session, self.then = runtime, clock, session, then
        self.case = 0
        self.refused: dict[tuple[Line, str], frozenset[str]] = {}
        self.missing: dict[tuple[Line, str], frozenset[str]] = {}
        self._lines: dict[int, Line] = {}
        self._set_then = {
            (
                then.lines[int(each["instance"])],
                then.named(int(each["instance"]), each["element"]),
                each["due"],
            )
            for event in then.events
            for each in event.values.get("timers", ())
        }

    def do(self, event: Event, line: Line, element: str) -> bool:
        """Let it happen to the instance and element. False: nothing waits for it (yet)."""
        return _DONE[event.kind](self, event, line, element)

    def as_then(self, timer: Timer) -> bool:
        """Whether the timer was set for the same moment then: the journal tells when it fired."""
        return (self.line(timer.instance_key), timer.element, timer.due.isoformat()) in self._set_then

    def fire(self, timer: Timer) -> None:
        """Let a timer fire."""
        timer.claim = _CLAIM
        timers.fire(self.runtime, self.session, (timer.instance_key, timer.token), _CLAIM)

    def line(self, instance: int) -> Line:
        """Which instance of the case it is."""
        if instance not in self._lines:
            self._lines = courses.lines(self.session, self.case)
        return self._lines[instance]

    # -- what happens, by the kind of its journal entry; False: nothing waits for it

    def _complete(self, event: Event, line: Line, element: str) -> bool:
        task = self._task(event, line, element)
        if task is None:
            return False
        answer = event.answer
        try:
            instances.complete(self.runtime, self.session, task.key, answer, event.actor)
        except InvalidAnswer as refusal:
            fields = frozenset(refusal.errors)
            into = self.missing if not fields & answer.keys() else self.refused
            into[line, element] = fields
        return True

    def _task(self, event: Event, line: Line, element: str) -> UserTask | None:
        """The open task that was answered then: of several at one element the one of the same number."""
        then = self._nth(self.then.parts[line].stops, element, int(event.body["task"]))
        instance = self._instance(line)
        if instance is None:
            return None
        tasks = sa.select(UserTask).where(UserTask.instance_key == instance, UserTask.element == element)
        found = sorted(
            self.session.scalars(tasks.execution_options(populate_existing=True)),
            key=lambda task: (len(task.token), task.token),
        )
        task = found[then] if then < len(found) else None
        return task if task is not None and task.state == "open" else None

    @staticmethod
    def _nth(stops: Iterable[courses.Stop], element: str, task: int) -> int:
        there = [stop.task for stop in stops if stop.element == element and stop.task is not None]
        return there.index(task)

    def _wait(self, event: Event, line: Line, element: str) -> Any:
        """What waits at the element: of several that with the token of then, else the oldest."""
        instance = self._instance(line)
        table: Any = _WAITS[event.kind]
        if instance is None:
            return None
        found = list(
            self.session.scalars(
                sa.select(table)
                .where(table.instance_key == instance, table.element == element)
                .order_by(table.key)
                .execution_options(populate_existing=True)
            )
        )
        return next(
            (each for each in found if each.token == event.body.get("token")), found[0] if found else None
        )

    def _told(self, event: Event, line: Line, element: str) -> bool:
        """A message or a signal."""
        wait = self._wait(event, line, element)
        if wait is None:
            return False
        told = {name: event.body[name] for name in ("message", "signal") if name in event.body}
        at = (wait.instance_key, wait.token)
        caught = catching.deliver(
            self.runtime, self.session, type(wait), at, event.given, event.actor, event.kind, told
        )
        return caught is not None

    def _fired(self, event: Event, line: Line, element: str) -> bool:
        timer = self._wait(event, line, element)
        if timer is None or timer.due > self.clock.now() or not self.as_then(timer):
            return False
        self.fire(timer)
        return True

    def _job(self, event: Event, line: Line, element: str) -> bool:
        job = self._wait(event, line, element)
        if job is None:
            return False
        given = event.given
        if event.kind == "job_done":
            jobs.complete(self.runtime, self.session, job.key, given, event.actor)
        else:
            jobs.throw_error(
                self.runtime,
                self.session,
                job.key,
                given["code"],
                given["message"],
                given["variables"],
                event.actor,
            )
        return True

    def _cancel(self, event: Event, line: Line, element: str) -> bool:
        instance = self._instance(line)
        if instance is None or instances.get(self.session, instance).state != "active":
            return False
        instances.cancel(self.runtime, self.session, instance, event.actor, event.body["reason"])
        return True

    def _mend(self, event: Event, line: Line, element: str) -> bool:
        """An incident was retried, or its variables or its step were seen to by hand."""
        instance = self._instance(line)
        broken = sa.select(Incident.key).where(
            Incident.instance_key == instance, Incident.element == element, Incident.state == "open"
        )
        key = self.session.scalar(broken.order_by(Incident.key).limit(1))
        if key is None:
            return False
        if event.kind == "retried":
            incidents.retry(self.runtime, self.session, key, event.actor)
            return True
        act = mending.edit if event.kind == "edited" else mending.skip
        return self._taken(act, key, event.given, event.body["reason"], event.actor)

    def _put_back(self, event: Event, line: Line, element: str) -> bool:
        """The token with the id of then, else the first at the element."""
        key = self._instance(line)
        if key is None:
            return False
        there = [t["id"] for t in instances.get(self.session, key).tokens["tokens"] if t["at"] == element]
        if not there:
            return False
        token = event.body["token"] if event.body["token"] in there else there[0]
        to = self.then.named(event.instance, event.body["to"])
        return self._taken(mending.put_back, key, token, to, event.body["reason"], event.actor)

    def _taken(self, act: Callable[..., object], *told: Any) -> bool:
        """Whether what was mended by hand can be so on this drawing too."""
        try:
            act(self.runtime, self.session, *told)
        except Refusal:
            return False
        return True

    def _instance(self, line: Line) -> int | None:
        by_line = {each: key for key, each in self._lines.items()}
        if line not in by_line:
            self._lines = courses.lines(self.session, self.case)
            by_line = {each: key for key, each in self._lines.items()}
        return by_line.get(line)


_DONE = {
    "completed": Again._complete,
    "told": Again._told,
    "signalled": Again._told,
    "fired": Again._fired,
    "job_done": Again._job,
    "job_error": Again._job,
    "cancelled": Again._cancel,
    "retried": Again._mend,
    "edited": Again._mend,
    "skipped": Again._mend,
    "put_back": Again._put_back,
}
KINDS = frozenset(_DONE)
"""What moves a case, by the kind of its journal entry; all other entries leave it where it is."""
