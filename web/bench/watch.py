"""What it takes to tell how a procedure runs when a hundred thousand of its cases are finished."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from engine import deployments, identity, watch
from engine.dialect.model import Process
from engine.keys import new_key
from engine.models.instances import Instance, Passage
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from web.runtime import open_runtime

CASES = 100_000
PROCESS = "application"
AREAS = [f"2202/2202{county:02}/2202{county:02}101/" for county in range(81, 89)]
_ROOT = Path(__file__).parents[2]
_AT_ONCE = 2_000


def measure(database: str | None = None, cases: int = CASES) -> dict[str, Any]:
    """One object as `fangfan bench watch --json` prints it. `database`: an empty one; None makes a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fangfan-bench-") as folder:
        runtime = open_runtime(database or f"sqlite:///{folder}/bench.sqlite")
        try:
            process, rows = _fill(runtime, cases)
            return {"cases": cases, "rows": rows, **_look(runtime, process)}
        finally:
            runtime.evaluator.close()
            runtime.database.close()


def _look(runtime: Runtime, process: Process) -> dict[str, float]:
    now = runtime.clock.now()
    everything = identity.Viewer(identity.User(1, "bench", "bench"), (("administrator", ""),))
    named = watch.ways(process, ["退回"], ["不"])

    def took(area: str, days: int) -> float:
        asked = watch.Asked(area, now - timedelta(days=days), now)
        with runtime.database.read() as session:
            started = perf_counter()
            found = watch.steps(session, everything, process, asked, named)
            watch.places(session, everything, PROCESS, asked, len(AREAS[0]))
            seconds = perf_counter() - started
        if not any(step.done for step in found.values()):
            raise AssertionError(asked)
        return round(seconds, 2)

    return {
        "year_seconds": took("", 366),
        "quarter_seconds": took("", 92),
        "year_county_seconds": took("2202/220281/", 366),
    }


def _fill(runtime: Runtime, cases: int) -> tuple[Process, int]:
    """Finished cases that went by every element once, over the last year; how many rows of history that makes."""
    files = [path for folder in ("processes", "forms") for path in (_ROOT / folder).iterdir()]
    with runtime.database.begin() as session:
        drawn = {f.name: f.read_bytes() for f in files if f.suffix in (".bpmn", ".dmn", ".form", ".html")}
        deployments.deploy(runtime, session, drawn, "bench")
        definition = deployments.definition(session, "process", PROCESS)
        process, key = deployments.process(session, definition.key), definition.key
    random, now, rows = Random(1), runtime.clock.now(), 0  # noqa: S311 (made up, the same each time)
    for start in range(0, cases, _AT_ONCE):
        made: dict[Any, list[dict[str, Any]]] = {Instance: [], UserTask: [], Passage: []}
        for _ in range(min(_AT_ONCE, cases - start)):
            begun = now - timedelta(minutes=random.randrange(30 * 1440, 365 * 1440))
            for table, row in _case(process, key, begun, random):
                made[table].append(row)
        with runtime.database.begin() as session:
            for table, found in made.items():
                session.execute(sa.insert(table.__table__), found)
        rows += len(made[UserTask]) + len(made[Passage])
    with runtime.database.begin() as session:
        session.execute(sa.text("ANALYZE"))
    return process, rows


def _case(
    process: Process, definition: int, begun: datetime, random: Random
) -> Iterator[tuple[Any, dict[str, Any]]]:
    key, at, area = new_key(), begun, random.choice(AREAS)
    of = {"process_id": process.id, "definition_key": definition, "area": area, "case_key": key}
    yield Instance, {
        **of, "key": key, "version": 1, "state": "completed", "started_at": begun, "started_by": "bench",
        "ended_at": begun + timedelta(days=30), "tokens": {"next": 1312, "tokens": [], "is": "ended"},
        "values": {"0": {"application": 1, "household": 2, "findings": 7, "review": 9}}, "tags": [],
        "title": "张三", "journal_length": 9,
    }  # fmt: skip
    for number, element in enumerate(process.elements.values()):
        token = f"{number:03}"
        via = element.incoming[0] if element.incoming else None
        common = {
            "instance_key": key,
            "token": token,
            "element": element.id,
            "via": via,
            "state": "completed",
        }
        if element.type == "userTask":
            left = at + timedelta(minutes=random.randrange(10, 5 * 1440))
            yield UserTask, {
                **common, **of, "key": new_key(), "name": process.named(element.id), "form_id": element.form_id,
                "properties": dict(element.properties), "groups": ["county_office"], "users": [], "priority": 50,
                "created_at": at, "ended_at": left, "completed_by": "bench", "title": "张三",
            }  # fmt: skip
            at = left
        else:
            yield Passage, {**common, "entered_at": at, "left_at": at}
