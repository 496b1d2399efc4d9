"""The worker: puts due redraws in force, fires due timers, sends the outbox, does background jobs, forgets old messages, anchors the journal daily.

A thread of `serve`, or processes of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from engine import background, dispatch, enactments, journal, messages, outbox, timers
from engine.runtime import Runtime

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds between two looks: a timer fires about so much late at most."""


HEARD_EVERY = timedelta(seconds=10)

ANCHORED_EVERY = timedelta(days=1)


class Worker:
    """Several workers may run on one database: what one has claimed no other does."""

    def __init__(self, runtime: Runtime, carriers: Mapping[str, outbox.Carrier] | None = None) -> None:
        self.runtime = runtime
        self._carriers = carriers or {}
        self._anchored: datetime | None = None
        self._heard: datetime | None = None
        self._jobs: dict[int, int] = {}
        self._stop = threading.Event()

    def run_once(self) -> int:
        """Do all that is due now, also what becomes due by it; how much was done."""
        total = 0
        while done := self._look() + self._post():
            total += done
        return total

    def _look(self) -> int:
        """Do what is due, and keep house. A redraw comes first: what begins on its day begins as drawn from that day on."""
        done = enactments.put_due(self.runtime) + timers.fire_due(self.runtime)
        messages.forget_expired(self.runtime)
        self.tend()
        self.anchor()
        return done

    def _post(self) -> int:
        """Send what waits in the outbox."""
        return outbox.send(self.runtime, self._carriers)

    def tend(self) -> None:
        """Tell now and then that the background jobs here are alive, and take up those of workers that are not."""
        now = self.runtime.clock.now()
        if self._heard is None or now - self._heard >= HEARD_EVERY:
            background.hear(self.runtime, dict(self._jobs))
            background.rescue(self.runtime)
            self._heard = now

    def anchor(self) -> None:
        """Fix the journal's heads once a day, whichever worker comes first."""
        now = self.runtime.clock.now()
        if self._anchored is not None and now - self._anchored < ANCHORED_EVERY:
            return
        with (
            suppress(IntegrityError),
            self.runtime.database.begin() as session,
        ):  # another worker was as quick
            last = journal.last_anchor(session)
            if last is None or now - last.at >= ANCHORED_EVERY:
                journal.anchor(session, now)
        self._anchored = now

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. What goes wrong is logged and tried again: a worker must outlive its troubles."""
        self._stop = stop
        posting = threading.Thread(target=_repeat, args=(self._post, stop), name="outbox", daemon=True)
        if self._carriers:
            posting.start()  # beside the rest: a mail server that is slow to answer shall keep no timer waiting
        while not stop.is_set():
            try:
                with dispatch.working(self.runtime.database.engine.url, self._job):
                    _repeat(self._look, stop)
            except Exception:
                log.exception("worker_failed")
                stop.wait(PAUSE)
        if self._carriers:
            posting.join()

    def _job(self, key: int, attempt: int) -> None:
        self._jobs[key] = attempt
        try:
            background.run(self.runtime, key, attempt, self._stop.is_set)
        finally:
            self._jobs.pop(key, None)


def _repeat(work: Callable[[], int], stop: threading.Event) -> None:
    """Do it until it finds nothing, pause, and so on until `stop`."""
    while not stop.is_set():
        try:
            if work():
                continue
        except Exception:
            log.exception("worker_failed")
        stop.wait(PAUSE)
