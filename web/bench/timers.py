"""Many timers due at the same moment, drained by two workers, each a process of its own: how long, and that none fires twice."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import sqlalchemy as sa

from engine import deployments, instances
from engine.models.instances import Timer
from engine.models.journal import Entry
from engine.runtime import Runtime
from web.runtime import master_key, open_runtime

DRAWING = Path(__file__).with_name("timers.bpmn")
TIMERS, WORKERS = 10_000, 2
AT_ONCE = 200


def measure(database: str | None = None, timers: int = TIMERS) -> dict[str, Any]:
    """One object as `fangfan bench timers --json` prints it. `database`: an empty one; None makes a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fangfan-bench-") as folder:
        url = database or f"sqlite:///{folder}/bench.sqlite"
        runtime = open_runtime(url)
        try:
            _begin(runtime, timers)
            seconds = _drain(runtime, url)
            with runtime.database.read() as session:
                fired = session.scalar(sa.select(sa.func.count()).where(Entry.kind == "fired"))
                cases = session.scalar(
                    sa.select(sa.func.count(Entry.case_key.distinct())).where(Entry.kind == "fired")
                )
            return {
                "timers": timers,
                "workers": WORKERS,
                "seconds": round(seconds, 1),
                "timers_per_second": round(timers / seconds),
                "fired": fired,
                "fired_twice": (fired or 0) - (cases or 0),
                "database": runtime.database.engine.dialect.name,
            }
        finally:
            runtime.evaluator.close()
            runtime.database.close()


def _begin(runtime: Runtime, count: int) -> None:
    """As many cases, each waiting for its timer; then all of them are due."""
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, {DRAWING.name: DRAWING.read_bytes()}, "bench")
    for start in range(0, count, AT_ONCE):
        with runtime.database.begin() as session:
            for _ in range(start, min(start + AT_ONCE, count)):
                instances.start(runtime, session, "bench_timers", {}, "bench")
    with runtime.database.begin() as session:
        session.execute(sa.update(Timer).values(due=runtime.clock.now()))


def _drain(runtime: Runtime, url: str) -> float:
    """Seconds from the workers' start until no timer is left."""
    environment = {**os.environ, "FANGFAN_KEY": master_key(url).hex()}
    program = [sys.executable, "-c", "from web.commands import main; main()", "worker", "--database", url]
    started = perf_counter()
    workers = [
        subprocess.Popen(program, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - this very program
        for _ in range(WORKERS)
    ]
    try:
        while _left(runtime):
            sleep(0.1)
        return perf_counter() - started
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()


def _left(runtime: Runtime) -> bool:
    with runtime.database.read() as session:
        return session.scalar(sa.select(Timer.instance_key).limit(1)) is not None
