"""The worker: fires due timers, sends the outbox, forgets old messages. A thread of `serve`, or processes of its own."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import structlog

from engine import messages, outbox, timers
from engine.runtime import Runtime

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds between two looks: a timer fires about so much late at most."""


class Worker:
    """Several workers may run on one database: what one has claimed no other does."""

    def __init__(self, runtime: Runtime, carriers: Mapping[str, outbox.Carrier] | None = None) -> None:
        self.runtime = runtime
        self._carriers = carriers or {}

    def run_once(self) -> int:
        """Do all that is due now, also what becomes due by it; how much was done."""
        total = 0
        while done := timers.fire_due(self.runtime) + outbox.send(self.runtime, self._carriers):
            total += done
        messages.forget_expired(self.runtime)
        return total

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. What goes wrong is logged and tried again: a worker must outlive its troubles."""
        while not stop.is_set():
            try:
                self.run_once()
            except Exception:
                log.exception("worker_failed")
            stop.wait(PAUSE)
