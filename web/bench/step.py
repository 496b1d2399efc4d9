"""The cost of a step: a user task completed through the API in process, with a bearer token, round after round.

The drawing is a loop whose every round answers 1 KB that cannot be compressed. Statements, rows and commits are those of
the whole request, the look-up of the token too.
"""

import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from engine import deployments, identity, instances, tokens
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from web.app import create_app
from web.bench import floor
from web.runtime import open_runtime

DRAWING = Path(__file__).with_name("rounds.bpmn")
ROUNDS = {"1-10": (1, 10), "45-55": (45, 55), "101-110": (101, 110), "491-500": (491, 500)}
AREA = "2202/220281/"
KILOBYTE = 1024
STORED_AFTER = 110
WARM = 20


@dataclass
class Counted:
    """What one request asked of the database."""

    statements: int = 0
    rows: int = 0
    commits: int = 0


@dataclass
class Rounds:
    """Milliseconds and counts of each round, and the bytes that the rounds up to `STORED_AFTER` added."""

    milliseconds: list[float] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    stored: int = 0


def measure(database: str | None = None, last: int = 500) -> dict[str, Any]:
    """One object as `fangfan bench step --json` prints it. `database`: an empty one; None makes a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fangfan-bench-") as folder:
        runtime = open_runtime(database or f"sqlite:///{folder}/bench.sqlite")
        try:
            case, token = _prepare(runtime)
            client = create_app(runtime).test_client()
            _go(runtime, client, _another(runtime), token, WARM)
            rounds = _go(runtime, client, case, token, last)
            return _told(runtime, rounds, floor.measure(Path(folder), DRAWING.read_bytes()))
        finally:
            runtime.evaluator.close()
            runtime.database.close()


def _prepare(runtime: Runtime) -> tuple[int, str]:
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, {DRAWING.name: DRAWING.read_bytes()}, "bench")
        user = identity.add_user(session, "bench", "bench", secrets.token_hex(8), [("county_office", AREA)])
        token = tokens.issue(session, user, "bench", runtime.clock.now())
    return _another(runtime), token


def _another(runtime: Runtime) -> int:
    with runtime.database.begin() as session:
        given = {"area": AREA, "title": "张三"}
        return instances.start(runtime, session, "bench_rounds", given, "bench").key


def _go(runtime: Runtime, client: FlaskClient, case: int, token: str, last: int) -> Rounds:
    rounds = Rounds()
    before = _size(runtime)
    for number in range(1, last + 1):
        path = f"/v2/user-tasks/{_open_task(runtime, case)}/completion"
        body = json.dumps(
            {
                "variables": {
                    "outcome": "继续",
                    "round": number,
                    "note": secrets.token_urlsafe(KILOBYTE)[:KILOBYTE],
                }
            }
        )
        with _counting(runtime) as counted:
            started = perf_counter()
            answer = client.post(
                path, data=body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
            )
            rounds.milliseconds.append((perf_counter() - started) * 1000)
        assert answer.status_code == 204, answer.text
        rounds.counted.append(counted)
        if number == STORED_AFTER:
            rounds.stored = _size(runtime) - before
    return rounds


def _open_task(runtime: Runtime, case: int) -> int:
    with runtime.database.read() as session:
        return session.scalars(
            sa.select(UserTask.key).where(UserTask.case_key == case, UserTask.state == "open")
        ).one()


@contextmanager
def _counting(runtime: Runtime) -> Iterator[Counted]:
    """Counts what cursors are given to execute, BEGIN and savepoints included, rows that they wrote, and commits."""
    counted, engine = Counted(), runtime.database.engine

    def executed(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        counted.statements += 1
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            counted.rows += max(cursor.rowcount, 0)

    def committed(_connection: Any) -> None:
        counted.commits += 1

    listeners = (("after_cursor_execute", executed), ("commit", committed))
    for name, listener in listeners:
        sa.event.listen(engine, name, listener)
    try:
        yield counted
    finally:
        for name, listener in listeners:
            sa.event.remove(engine, name, listener)


def _size(runtime: Runtime) -> int:
    """Bytes of all tables and indexes, with what is written but not yet moved into them."""
    if runtime.database.is_sqlite:
        with runtime.database.engine.connect() as connection:
            pages, size = (
                connection.exec_driver_sql(f"PRAGMA {n}").scalar_one() for n in ("page_count", "page_size")
            )
            free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
        return int((pages - free) * size)
    with runtime.database.read() as session:
        return int(session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)


def _told(runtime: Runtime, rounds: Rounds, floor_ms: float) -> dict[str, Any]:
    def part(first: int, last: int) -> float | None:
        taken = rounds.milliseconds[first - 1 : last]
        return round(median(taken), 3) if len(taken) == last - first + 1 else None

    step_ms: Mapping[str, float | None] = {name: part(*span) for name, span in ROUNDS.items()}
    counted = rounds.counted[-1]
    reached = min(STORED_AFTER, len(rounds.milliseconds))
    return {
        "step_ms": step_ms,
        "statements": counted.statements,
        "rows": counted.rows,
        "commits": counted.commits,
        "stored_ratio": round(rounds.stored / (reached * KILOBYTE), 3) if rounds.stored else None,
        "floor_ms": round(floor_ms, 3),
        "floor_ratio": round((step_ms["1-10"] or 0) / floor_ms, 2),
        "database": runtime.database.engine.dialect.name,
    }
