"""The cost of a worklist's page with a thousand open tasks and with a million, all of them waiting for the one who looks."""

import secrets
import tempfile
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from engine import deployments, identity, instances
from engine.keys import new_key
from engine.models.worklist import TaskCandidate, UserTask
from engine.runtime import Runtime
from web.app import create_app
from web.bench.step import AREA, DRAWING
from web.config import Config
from web.runtime import open_runtime

FEW, MANY = 1_000, 1_000_000
TIMES = 30
AT_ONCE = 20_000
PASSWORD = secrets.token_hex(8)
PAGES = {
    "page": "/",
    "page_late": "/?due=overdue",
    "page_search": "/?q=张三",
}
"""What is asked: the first page with its counts, the overdue ones, and a search by name."""


def measure(database: str | None = None, many: int = MANY) -> dict[str, Any]:
    """One object as `fangfan bench worklist --json` prints it. `database`: an empty one; None makes a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fangfan-bench-") as folder:
        runtime = open_runtime(database or f"sqlite:///{folder}/bench.sqlite")
        try:
            client, model = _prepare(runtime)
            _multiply(runtime, model, FEW - 1)
            few = _look(client)
            _multiply(runtime, model, many - FEW)
            much = _look(client)
            return {
                "tasks": many,
                **{f"{name}_ms": {str(FEW): few[name], str(many): much[name]} for name in PAGES},
                **{f"{name}_ratio": round(much[name] / few[name], 2) for name in PAGES},
                "database": runtime.database.engine.dialect.name,
            }
        finally:
            runtime.evaluator.close()
            runtime.database.close()


def _prepare(runtime: Runtime) -> tuple[FlaskClient, dict[str, Any]]:
    """A county's clerk who is signed in, and a real open task as the engine wrote it."""
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, {DRAWING.name: DRAWING.read_bytes()}, "bench")
        identity.add_user(session, "bench", "bench", PASSWORD, [("county_office", AREA)])
        case = instances.start(runtime, session, "bench_rounds", {"area": AREA, "title": "张三"}, "bench")
        session.flush()
        row = session.execute(sa.select(UserTask.__table__).where(UserTask.case_key == case.key)).one()
    app = create_app(runtime, Config(sign_ins="1000 per minute"))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"name": "bench", "password": PASSWORD})
    return client, dict(row._mapping)


def _multiply(runtime: Runtime, model: dict[str, Any], count: int) -> None:
    """As many more open tasks like it, due one minute after the other, half of them over."""
    now = runtime.clock.now()
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        rows = [
            {
                **model,
                "key": new_key(),
                "token": secrets.token_hex(6),
                "due": now + timedelta(minutes=n - count // 2),
            }
            for n in numbers
        ]
        waiting = [
            {"group": "county_office", "place": AREA, "task_key": r["key"], "due": r["due"]} for r in rows
        ]
        with runtime.database.begin() as session:
            session.execute(sa.insert(UserTask.__table__), rows)
            session.execute(sa.insert(TaskCandidate.__table__), waiting)
    with runtime.database.begin() as session:
        session.execute(sa.text("ANALYZE"))


def _look(client: FlaskClient) -> dict[str, float]:
    return {name: _took(client, path) for name, path in PAGES.items()}


def _took(client: FlaskClient, path: str) -> float:
    """The median milliseconds of asking for a page."""
    taken = []
    for _ in range(TIMES):
        started = perf_counter()
        answer = client.get(path)
        taken.append((perf_counter() - started) * 1000)
        assert answer.status_code == 200, answer.text
    return round(median(taken), 1)
