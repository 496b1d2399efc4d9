"""A process that does steps and may be killed at any moment. It tells what it tries and what was acknowledged."""

import os
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import instances
from engine.clock import MovableClock
from engine.feel import Evaluator
from engine.models.settings import Setting
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.worker import Worker
from tests.conftest import open_database
from tests.engine.drawing import Drawing

BEGIN = datetime(2020, 7, 1, tzinfo=UTC)


def rounds() -> Drawing:
    """visit → a timer due at once → a service task that writes the ledger → visit again, for ever."""
    drawing = Drawing()
    drawing.start("s")
    drawing.xor("merge")
    drawing.user("visit")
    drawing.catch("soon", drawing.timer("PT0S"))
    drawing.service("save", job="ledger")
    drawing.flow("s", "merge", "visit", "soon", "save", "merge")
    drawing.boundary("stop", "visit", drawing.message("stop", '="never"'))
    drawing.end("e")
    drawing.flow("stop", "e")
    return drawing


def ledger(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """One line for each visit; a line written twice would break the key."""
    day = date(2020, 1, 1) + timedelta(days=inputs["number"])
    session.add(Setting(name="ledger", valid_from=day, value=inputs["number"], note="", local=True))
    return {}


def open_runtime(url: str, minutes: int) -> Runtime:
    """A runtime whose clock stands `minutes` later, past the claims of those who died before."""
    clock = MovableClock(BEGIN + timedelta(minutes=minutes))
    return Runtime(open_database(url), Evaluator(), {"ledger": ledger}, clock)


def next_task(runtime: Runtime) -> int | None:
    """The open visit, when there is one."""
    with runtime.database.read() as session:
        return session.scalar(sa.select(UserTask.key).where(UserTask.state == "open"))


def complete(runtime: Runtime, number: int, task: int) -> None:
    """Answer a visit; the same number is the same request."""
    with runtime.database.begin() as session:
        instances.complete(runtime, session, task, {"number": number}, "clerk", request_id=f"visit {number}")


def work(url: str, minutes: int, number: int, task: int | None, told: Connection, fault: str) -> None:
    """Do visits from `number` on, first the one that was being tried; die at `fault` when it is named."""
    runtime = open_runtime(url, minutes)
    worker = Worker(runtime)
    worker.anchor()  # once a day, and no step
    os.environ["FANGFAN_FAULT"] = fault
    while True:
        worker.run_once()
        task = task or next_task(runtime)
        if task is None:
            told.send(("idle", number, 0))
            return
        told.send(("trying", number, task))
        complete(runtime, number, task)
        told.send(("done", number, task))
        number, task = number + 1, None
