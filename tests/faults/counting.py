"""A background job that writes a line of the ledger in each unit, in a process that may be killed at any moment."""

import os
import threading
import time
from datetime import date, timedelta

import sqlalchemy as sa

from engine import background
from engine.models.settings import Setting
from engine.worker import Worker
from tests.faults.client import open_runtime

FIRST_DAY = date(2020, 1, 1)


@background.kind("count", "数数")
def count(runtime, job):
    """Write the numbers up to `to`, a unit each; one written twice would break the key."""
    to = job.arguments["to"]
    for number in range(job.cursor or 0, to):
        with job.unit() as session:
            day = FIRST_DAY + timedelta(days=number)
            session.add(
                Setting(name=job.arguments["name"], valid_from=day, value=number, note="", local=True)
            )
            job.cursor = number + 1
            job.report(number + 1, to, session)
        time.sleep(job.arguments.get("pause", 0))
    return {"counted": to}


def written(session, name: str) -> list[int]:
    """The numbers in the ledger."""
    rows = sa.select(Setting.value).where(Setting.name == name).order_by(Setting.valid_from)
    return list(session.scalars(rows))


def work(url: str, minutes: int, fault: str = "") -> None:
    """Be a worker until killed; die at `fault` when it is named."""
    runtime = open_runtime(url, minutes)
    worker = Worker(runtime)
    worker.anchor()
    os.environ["FANGFAN_FAULT"] = fault
    worker.run(threading.Event())
