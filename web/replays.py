"""The replay of a draft: running cases and last year's finished ones played again on its files as a background job."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.orm import Session

from engine import background, drafts, replay
from engine.clock import MovableClock
from engine.feel import Evaluator
from engine.replay import scope
from engine.runtime import Runtime
from web import rehearsal

log = structlog.get_logger()

KIND = "replay"
BACK = timedelta(days=365)
"""How long ago a finished case may have ended."""
MOST_MINUTES = 120
MINUTES = 10
"""How long a replay takes at most, if nothing else is asked."""
UNIT = 2.0
"""Seconds of work between two reports: then the job may be paused, cancelled or taken over."""


@background.kind(KIND, "重演案卷")
def play(runtime: Runtime, job: background.Job) -> dict[str, Any]:
    """Replay cases, the newest first, against the draft that the job names, for at most `minutes` of work."""
    key = int(job.arguments["draft"])
    with runtime.database.read() as session:
        draft = drafts.get(session, key)
        digest = drafts.digest(session, draft)
        everything = _reach_all(session, draft)
        files, figures = drafts.overlaid(session, draft)
    evaluator = Evaluator()  # its own: pages shall not wait for it
    try:
        with _stage(evaluator, files, figures) as stage:
            clock = MovableClock(runtime.clock.now())
            with stage.runtime(clock) as played:
                _Replay(runtime, played, clock, job, everything).run()
    finally:
        evaluator.close()
    told = {name: job.cursor[name] for name in ("same", "unreached", "otherwise", "needs_answers", "failed")}
    with job.unit() as session:
        drafts.get(session, key).replayed = {"job": str(job.key), "digest": digest, **told}
    return {
        **told,
        "total": job.cursor["total"],
        "cases": job.cursor["cases"],
        "next": f"/studio/drafts/{key}/replay",
    }


def _reach_all(session: Session, draft: Any) -> bool:
    """Whether what the draft changes may reach cases of every process: dated settings, and rules that others import."""
    changed = drafts.changes(session, draft)
    rules = [name for name in changed if name.lower().endswith(".dmn")]
    imported = rules and any(
        b"<import" in data for name, data in drafts.bundle(session).items() if name.lower().endswith(".dmn")
    )
    return drafts.SETTINGS in changed or bool(imported)


@contextmanager
def _stage(evaluator: Evaluator, files: dict[str, bytes], figures: bytes) -> Iterator[Any]:
    with tempfile.TemporaryDirectory(prefix="fangfan-replay-") as folder:
        settings = Path(folder) / drafts.SETTINGS
        settings.write_bytes(figures)
        with rehearsal.stage(evaluator, files, settings) as stage:
            yield stage


class _Replay:
    """One run of the job. The cursor tells what came of the cases so far and which was the last."""

    def __init__(
        self,
        runtime: Runtime,
        played: Runtime,
        clock: MovableClock,
        job: background.Job,
        everything: bool,
    ) -> None:
        self.runtime, self.job = runtime, job
        if job.cursor is None:
            job.cursor = {
                **{"until": runtime.clock.now().isoformat(), "last": None, "total": None, "seconds": 0.0},
                **dict.fromkeys(("same", "unreached", "otherwise", "needs_answers", "failed"), 0),
                "cases": [],
            }
        self.until = datetime.fromisoformat(job.cursor["until"])
        self.wanted = scope.cases(self.until - BACK, self.until)
        with played.database.read() as session:
            drawn = scope.fingerprints(session)
            self.processes = scope.drawn(session, drawn)
        self.naming = scope.Naming(runtime.database, self.processes)
        self.player = replay.Player(played, clock)
        with runtime.database.read() as session:
            self.keys = list(session.scalars(self.wanted))
            self.unreached = set() if everything else scope.unreached(session, self.wanted, drawn)

    def run(self) -> None:
        """Play until all are played or the time is over."""
        cursor = self.job.cursor
        left = [key for key in self.keys if cursor["last"] is None or key < int(cursor["last"])]
        most = 60 * float(self.job.arguments.get("minutes", MINUTES))
        while left and cursor["seconds"] < most:
            began = time.monotonic()
            found = []
            while left and (not found or time.monotonic() - began < UNIT):
                key = left.pop(0)
                found.append((key, self._one(key)))
            self._report(found, time.monotonic() - began)
            cursor = self.job.cursor
        if not self.keys:
            self._report([], 0.0)

    def _one(self, key: int) -> tuple[str, dict[str, Any] | None]:
        if key in self.unreached:
            return "unreached", None
        with self.runtime.database.read() as session:
            course = replay.read(session, key, self.naming)
        try:
            verdict = replay.compare(course, self.player.play(course, self.until))
        except Exception:  # one case that cannot be played keeps none of the others waiting
            log.exception("replay_failed", case=key)
            return "failed", None
        if verdict.outcome == replay.SAME:
            return "same", None
        return verdict.outcome, self._told(course, verdict)

    def _told(self, course: replay.Course, verdict: replay.Verdict) -> dict[str, Any]:
        first = verdict.first
        assert first is not None
        return {
            "case": str(course.key),
            "process": course.root.process_id,
            "process_name": self._named(course, course.root.process_id),
            "version": course.root.version,
            "running": course.root.state == "active",
            "outcome": verdict.outcome,
            "kind": first.kind,
            "where": [first.process, first.element],
            "where_name": f"{self._named(course, first.process)} · {self._named(course, first.process, first.element)}",
            "then": self._in_words(course, first, first.then),
            "now": self._in_words(course, first, first.now),
            "needs": [self._named(course, process, element) for process, element in verdict.needs],
            "levels": verdict.levels,
            "ends": [end and self._named(course, course.root.process_id, end) for end in verdict.ends],
        }

    def _in_words(self, course: replay.Course, first: replay.Parting, value: Any) -> Any:
        if first.kind == "path":
            return value and self._named(course, first.process, value)
        return value.isoformat() if isinstance(value, datetime) else value

    def _named(self, course: replay.Course, process_id: str, element: str | None = None) -> str:
        """A process or an element as people read it: as it is drawn now, or as it was then."""
        for process in (self.processes.get(process_id), self.naming.then(course, process_id)):
            if process is not None and (element is None or element in process.elements):
                return process.name or process.id if element is None else process.named(element)
        return element or process_id

    def _report(self, found: list[tuple[int, tuple[str, dict[str, Any] | None]]], seconds: float) -> None:
        cursor = dict(self.job.cursor)
        cursor |= {"total": len(self.keys), "seconds": cursor["seconds"] + seconds}
        cases = list(cursor["cases"])
        for key, (outcome, told) in found:
            cursor[outcome] += 1
            cursor["last"] = str(key)
            if told is not None:
                cases.append(told)
        cursor["cases"] = cases
        with self.job.unit() as session:
            self.job.cursor = cursor
            done = sum(cursor[name] for name in ("same", "unreached", "otherwise", "needs_answers", "failed"))
            self.job.report(done, len(self.keys), session)
