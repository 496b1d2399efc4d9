"""Plays a case again on other drawings: what was answered, told or due then happens again, at its moment, to a case of its own.

The real engine runs it, in one transaction that is always rolled back, in a database where nothing else lives. Operations
are answered from the journal. What the journal tells of a step that the case has not reached yet waits until it is reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import catching, incidents, instances, jobs, mending, messages, timers
from engine.clock import MovableClock
from engine.errors import InvalidAnswer, Refusal
from engine.models.instances import (
    Incident,
    Job,
    Message,
    MessageStart,
    SignalStart,
    SignalWait,
    Subscription,
    Timer,
    TimerStart,
)
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from engine.replay import course as courses
from engine.replay.answers import Answers, Unanswered
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


_MENDED = ("retried", "edited", "skipped")
"""What there is only where something failed: where it does not fail, it is left out."""


@dataclass(frozen=True)
class Played:
    """What came of it. By instance and element: `refused`, the fields that a form no longer takes; `missing`, those that it
    asks beyond what was answered; `unanswered`, operations of which the journal does not tell. `failure`: it cannot even begin.
    """

    course: Course | None
    refused: Mapping[tuple[Line, str], frozenset[str]] = field(default_factory=dict)
    missing: Mapping[tuple[Line, str], frozenset[str]] = field(default_factory=dict)
    unanswered: frozenset[tuple[Line, str]] = frozenset()
    failure: Refusal | None = None


class _Over(Exception):
    """Nothing of it is to stay."""


class Player:
    """Plays cases one after another on the drawings of `runtime`, whose clock it moves."""

    def __init__(self, runtime: Runtime, clock: MovableClock) -> None:
        self._clock = clock
        self._answers = Answers(runtime.operations.keys())
        self._runtime = replace(runtime, operations=self._answers)
        with runtime.database.begin() as session:  # what a case tells others shall begin none here
            for starts in (MessageStart, SignalStart, TimerStart):
                session.execute(sa.delete(starts))

    def play(self, course: Course, until: datetime) -> Played:
        """What the case would have come to by `until`."""
        self._answers.learn(course)
        played: list[Played] = []
        try:
            with self._runtime.database.begin() as session:
                played.append(_Play(self._runtime, self._clock, self._answers, session, course).play(until))
                raise _Over
        except _Over:
            return played[0]


class _Play:
    """One case being played."""

    def __init__(
        self,
        runtime: Runtime,
        clock: MovableClock,
        answers: Answers,
        session: Session,
        course: Course,
    ) -> None:
        self.runtime, self.clock, self.answers = runtime, clock, answers
        self.session, self.then = session, course
        self.case = 0
        self.seen = 0
        self.lines: dict[int, Line] = {}
        self.refused: dict[tuple[Line, str], frozenset[str]] = {}
        self.missing: dict[tuple[Line, str], frozenset[str]] = {}
        self.told_within: Counter[tuple[str, Line, str]] = Counter()
        self.as_set = Counter(
            (
                course.lines[int(each["instance"])],
                course.named(int(each["instance"]), each["element"]),
                each["due"],
            )
            for event in course.events
            for each in event.values.get("timers", ())
        )

    def play(self, until: datetime) -> Played:
        first, *later = self.then.events
        try:
            self._start(first)
        except Refusal as failure:
            return Played(None, failure=failure)
        waiting: list[Event] = []
        for event in later:
            if event.kind not in _DONE:
                continue
            waiting = self._fire_before(event.at, waiting)
            self.clock.set(max(event.at, self.clock.now()))
            if self._do(event):
                waiting = self._catch_up(waiting)
            elif event.kind not in _MENDED:
                waiting.append(event)
        self._fire_before(until, waiting)
        course = courses.read(self.session, self.case)
        unanswered = frozenset(
            place
            for place, broken in course.failed.items()
            if any(one.kind == Unanswered.code and one.state == "open" for one in broken)
        )
        return Played(course, self.refused, self.missing, unanswered)

    # -- events

    def _start(self, event: Event) -> None:
        self.clock.set(event.at)
        self.answers.at(event.number)
        self._keep_messages(event)
        element = event.body.get("element")
        case = instances.start(
            self.runtime,
            self.session,
            event.body["process"],
            event.given,
            event.actor,
            element=element and self.then.named(self.then.key, element),
        )
        self.case = case.key
        self._after()

    def _do(self, event: Event) -> bool:
        """Let it happen again. False: the case does not wait for it (yet)."""
        line = self.then.lines[event.instance]
        element = self.then.named(event.instance, event.body["element"]) if "element" in event.body else ""
        if self.told_within[event.kind, line, element]:
            self.told_within[event.kind, line, element] -= 1
            return True
        self.answers.at(event.number)
        self._keep_messages(event)
        done = _DONE[event.kind](self, event, line, element)
        if done:
            self._after()
        return done

    def _catch_up(self, waiting: list[Event]) -> list[Event]:
        """The case has moved: what waited may be possible by now."""
        moved = True
        while moved:
            moved = False
            for event in waiting:
                if self._do(event):
                    waiting, moved = [other for other in waiting if other is not event], True
                    break
        return waiting

    def _fire_before(self, moment: datetime, waiting: list[Event]) -> list[Event]:
        """Timers that were set otherwise than then fire when they are due; of the others the journal tells."""
        while True:
            due = [
                timer
                for timer in self.session.scalars(
                    sa.select(Timer).where(Timer.due < moment).order_by(Timer.due)
                )
                if not self._as_then(timer)
            ]
            if not due:
                return waiting
            self.clock.set(max(due[0].due, self.clock.now()))
            self.answers.at(0)
            self._fire(due[0])
            self._after()
            waiting = self._catch_up(waiting)

    def _as_then(self, timer: Timer) -> bool:
        return (self._line(timer.instance_key), timer.element, timer.due.isoformat()) in self.as_set

    def _fire(self, timer: Timer) -> None:
        timer.claim = _CLAIM
        timers.fire(self.runtime, self.session, (timer.instance_key, timer.token), _CLAIM)

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
        if timer is None or timer.due > self.clock.now() or not self._as_then(timer):
            return False
        self._fire(timer)
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

    # -- the case as it is now

    def _keep_messages(self, event: Event) -> None:
        """What the step took of messages that were kept then."""
        for each in event.values.get("taken", ()):
            kept = sa.select(Message.key).where(
                Message.name == each["name"], Message.correlation_key == each["key"]
            )
            if self.session.scalar(kept.limit(1)) is None:
                messages.publish(
                    self.runtime,
                    self.session,
                    each["name"],
                    each["key"],
                    each["variables"],
                    event.actor,
                    ttl=timedelta(days=1),
                )

    def _after(self) -> None:
        """Note what the step told the case itself by message or signal: the journal of then tells of it once more."""
        fresh = self.session.execute(
            sa.select(Entry.number, Entry.kind, Entry.body)
            .where(Entry.case_key == self.case, Entry.number > self.seen)
            .order_by(Entry.number)
        ).all()
        for _, kind, body in fresh[1:]:
            if kind in ("told", "signalled"):
                self.told_within[kind, self._line(int(body["instance"])), body["element"]] += 1
        self.seen = fresh[-1].number if fresh else self.seen

    def _line(self, instance: int) -> Line:
        if instance not in self.lines:
            self.lines = courses.lines(self.session, self.case)
        return self.lines[instance]

    def _instance(self, line: Line) -> int | None:
        by_line = {each: key for key, each in self.lines.items()}
        if line not in by_line:
            self.lines = courses.lines(self.session, self.case)
            by_line = {each: key for key, each in self.lines.items()}
        return by_line.get(line)


_DONE = {
    "completed": _Play._complete,
    "told": _Play._told,
    "signalled": _Play._told,
    "fired": _Play._fired,
    "job_done": _Play._job,
    "job_error": _Play._job,
    "cancelled": _Play._cancel,
    "retried": _Play._mend,
    "edited": _Play._mend,
    "skipped": _Play._mend,
    "put_back": _Play._put_back,
}
"""What moves a case, by the kind of its journal entry; all other entries leave it where it is."""
