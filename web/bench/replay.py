"""What it takes to replay cases: the demo's families over a year, on the drawings that they ran on, every case played."""

import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from engine import drafts, replay
from engine.clock import MovableClock
from engine.models.instances import Instance
from engine.runtime import Runtime
from web import demo, rehearsal
from web.demo.plans import PLANS
from web.runtime import open_runtime


def measure(database: str | None = None, households: int = len(PLANS)) -> dict[str, Any]:
    """One object as `fangfan bench replay --json` prints it. `database`: an empty one; None makes a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fangfan-bench-") as folder:
        runtime = open_runtime(database or f"sqlite:///{folder}/bench.sqlite")
        try:
            demo.prepare(runtime, households)
            return _play(runtime, Path(folder) / drafts.SETTINGS)
        finally:
            runtime.evaluator.close()
            runtime.database.close()


def _play(runtime: Runtime, settings: Path) -> dict[str, Any]:
    with runtime.database.read() as session:
        files = drafts.bundle(session)
        settings.write_bytes(drafts.in_force(session, drafts.SETTINGS) or b"")
        cases = list(session.scalars(sa.select(Instance.key).where(Instance.parent_key.is_(None))))
    now = runtime.clock.now()
    clock, steps = MovableClock(now), 0
    began = perf_counter()
    with rehearsal.stage(runtime.evaluator, files, settings) as stage, stage.runtime(clock) as there:
        player = replay.Player(there, clock)
        set_up = perf_counter() - began
        began = perf_counter()
        for case in cases:
            with runtime.database.read() as session:
                course = replay.read(session, case)
            verdict = replay.compare(course, player.play(course, now))
            if verdict.outcome != replay.SAME:
                raise AssertionError(verdict)
            steps += len(course.events)
        seconds = perf_counter() - began
    return {
        "cases": len(cases),
        "steps": steps,
        "set_up_seconds": round(set_up, 1),
        "cases_a_second": round(len(cases) / seconds, 1),
        "steps_a_second": round(steps / seconds, 1),
    }
