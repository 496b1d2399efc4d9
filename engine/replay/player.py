"""Plays a case again on other drawings: what was answered, told or due then happens again, at its moment, to a case of its own.

The real engine runs it, in one transaction that is always rolled back, in a database where nothing else lives. Operations
are answered from the journal. What the journal tells of a step that the case has not reached yet waits until it is reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import instances, messages
from engine.clock import MovableClock
from engine.errors import Refusal
from engine.models.instances import Message, MessageStart, SignalStart, Timer, TimerStart
from engine.models.journal import Entry
from engine.replay import again
from engine.replay import course as courses
from engine.replay.again import Again
from engine.replay.answers import Answers, Unanswered
from engine.replay.course import Course, Event, Line
from engine.runtime import Runtime

MOST_FIRED = 500
"""Timers of one case that fire at other moments than then: a draft may set one for each second of a year."""
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
        self.again = Again(runtime, clock, session, course)
        self.seen = self.fired = 0
        self.told_within: Counter[tuple[str, Line, str]] = Counter()

    def play(self, until: datetime) -> Played:
        first, *later = self.then.events
        try:
            self._start(first)
        except Refusal as failure:
            return Played(None, failure=failure)
        waiting: list[Event] = []
        for event in later:
            if event.kind not in again.KINDS:
                continue
            waiting = self._fire_before(event.at, waiting)
            self.clock.set(max(event.at, self.clock.now()))
            if self._do(event):
                waiting = self._catch_up(waiting)
            elif event.kind not in _MENDED:
                waiting.append(event)
        self._fire_before(until, waiting)
        course = courses.read(self.session, self.again.case)
        unanswered = frozenset(
            place
            for place, broken in course.failed.items()
            if any(one.kind == Unanswered.code and one.state == "open" for one in broken)
        )
        return Played(course, self.again.refused, self.again.missing, unanswered)

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
        self.again.case = case.key
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
        done = self.again.do(event, line, element)
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
                if not self.again.as_then(timer)
            ]
            if not due or self.fired == MOST_FIRED:
                return waiting
            self.fired += 1
            self.clock.set(max(due[0].due, self.clock.now()))
            self.answers.at(0)
            self.again.fire(due[0])
            self._after()
            waiting = self._catch_up(waiting)

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
            .where(Entry.case_key == self.again.case, Entry.number > self.seen)
            .order_by(Entry.number)
        ).all()
        for _, kind, body in fresh[1:]:
            if kind in ("told", "signalled"):
                self.told_within[kind, self.again.line(int(body["instance"])), body["element"]] += 1
        self.seen = fresh[-1].number if fresh else self.seen
