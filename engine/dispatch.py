"""Hands background jobs to whichever worker is free: DBOS's queue, in the same database as everything else.

A run is asked for in the transaction that asks for the job. DBOS starts each run on one worker alone and limits how many
a worker has at once; what the job has done and may still write is told by its own row (`engine.background`), so that a
run that is lost, late or doubled changes nothing. The library is loaded when it is needed: pages that start no job do
without it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from dbos import DBOSClient, Serializer

APPLICATION, VERSION = "fangfan", "1"  # one version: a job goes on after the program was renewed
QUEUE, RUN = "background", "run_background_job"
AT_ONCE = 2
"""Jobs that one worker runs at the same time: they shall not starve the pages of the machine."""

LOOKS = 0.5
"""Seconds between two looks into the queue."""


def prepare(url: sa.URL) -> None:
    """Make or renew DBOS's own tables: the schema `dbos` on PostgreSQL, tables beside ours on SQLite."""
    from dbos import DBOS

    DBOS.migrate(_text(url))


def enqueue(session: Session, key: int, attempt: int) -> None:
    """Ask, in this transaction, for one run of the job."""
    _client(session.get_bind().engine).enqueue_in_transaction(
        session,
        {
            "workflow_name": RUN,
            "queue_name": QUEUE,
            "workflow_id": _name(key, attempt),
            "app_version": VERSION,
            "application_name": APPLICATION,
        },
        str(key),
        attempt,
    )


def queued(engine: sa.Engine, runs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these runs (job's key, attempt) that still wait in the queue: no worker has taken them."""
    names = {_name(*run): run for run in runs}
    found = _client(engine).list_workflows(workflow_ids=list(names), status="ENQUEUED", load_input=False)
    return {names[each.workflow_id] for each in found}


@contextmanager
def working(url: sa.URL, run: Callable[[int, int], None]) -> Iterator[None]:
    """While the block lasts, this process is a worker: `run(key, attempt)` is called in a thread for each run.

    One such block at a time in a process, as DBOS is one to a process.
    """
    from dbos import DBOS

    DBOS(
        config={
            "name": APPLICATION,
            "application_version": VERSION,
            "executor_id": secrets.token_hex(8),  # a new one: nobody's runs are taken for ours
            "system_database_url": _text(url),
            "sys_db_pool_size": 4,
            "serializer": _json(),
            "use_listen_notify": False,
            "enable_otlp": False,
            "log_level": "WARNING",
        }
    )

    @DBOS.workflow(name=RUN)
    def run_background_job(key: str, attempt: int) -> None:
        run(int(key), attempt)

    try:
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=LOOKS)
        yield
    finally:
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=10)


def _client(engine: sa.Engine) -> DBOSClient:
    from dbos import DBOSClient

    return DBOSClient(system_database_engine=engine, serializer=_json(), lazy=True)


def _name(key: int, attempt: int) -> str:
    return f"{key}.{attempt}"


def _json() -> Serializer:
    """The default is pickle, which may run code when it is read."""
    from dbos import DBOSPortableJSONSerializer

    return DBOSPortableJSONSerializer()


def _text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)
