"""A soak: random drawings, random deeds, kill -9, lost connections, clocks that jump both ways; everything stored must agree.

A short one runs always. `FANGFAN_SOAK=600 pytest tests/faults/test_soak.py` runs for ten minutes on each store, from another seed each
time; the seed is told when it fails.
"""

import multiprocessing
import os
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from random import Random

import sqlalchemy as sa

from engine import deployments, invariants
from engine.errors import NotDeployable
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.worker import Worker
from tests.faults import soaked

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.soaked"])

SECONDS = float(os.environ.get("FANGFAN_SOAK", "6"))
SEED = int(os.environ.get("FANGFAN_SOAK_SEED", time.time_ns() % 10**9 if SECONDS > 60 else 20200701))


def test_whatever_happens_everything_stored_agrees(database_url: str) -> None:
    random = Random(SEED)
    runtime = soaked.open_runtime(database_url, 0)
    for resources in soaked.drawings(random, 3 if SECONDS < 60 else 12):
        _deploy(runtime, resources)
    acknowledged: set[str] = set()
    end, life = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        acknowledged |= _live(runtime, database_url, random, life)
        life += 1
        if life % 5 == 0:
            _check(runtime, acknowledged, life)
    _check(runtime, acknowledged, life)
    settled = soaked.open_runtime(database_url, 24 * 400)
    Worker(settled).run_once()  # what the dead had claimed, and what became due
    _check(settled, acknowledged, life)
    for each in (runtime, settled):
        each.evaluator.close()
        each.database.close()
    assert len(acknowledged) >= 3  # something was done at all


def _deploy(runtime: Runtime, resources: dict[str, bytes]) -> None:
    """What lint refuses (a join that may wait for ever) is left out."""
    for name, content in resources.items():
        with suppress(NotDeployable), runtime.database.begin() as session:
            deployments.deploy(runtime, session, {name: content}, "administrator")


def _live(runtime: Runtime, url: str, random: Random, life: int) -> set[str]:
    """One life of a doer; the requests that it acknowledged before it was killed."""
    hours = 20 * life + random.choice([0, 0, 0, 500, -300])
    heard, told = processes.Pipe(duplex=False)
    child = processes.Process(target=soaked.live, args=(url, hours, SEED, life, told), daemon=True)
    child.start()
    told.close()
    assert heard.recv() == "alive"
    for _ in range(random.randint(1, 3)):
        time.sleep(0.2 + random.random() * 0.8)
        if random.random() < 0.6:
            _disturb(runtime, random)
    child.kill()
    child.join()
    return set(iter(lambda: _received(heard), None))


def _disturb(runtime: Runtime, random: Random) -> None:
    """Cut its connections, or keep it waiting for the lock."""
    if not runtime.database.is_sqlite:
        with runtime.database.engine.connect() as connection:
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        runtime.database.engine.dispose()
        return
    with runtime.database.begin():
        time.sleep(random.random() * 0.1)


def _received(heard: Connection) -> str | None:
    try:
        return heard.recv()
    except (EOFError, OSError):
        return None


def _check(runtime: Runtime, acknowledged: set[str], life: int) -> None:
    told = f"seed {SEED}, life {life}"
    with runtime.database.read() as session:
        assert invariants.check(session) == [], told
        kept = set(session.scalars(sa.select(Entry.request_id).where(Entry.request_id.is_not(None))))
        assert acknowledged - kept == set(), told
        completed = sa.select(sa.func.count()).select_from(UserTask).where(UserTask.state == "completed")
        entries = sa.select(sa.func.count()).select_from(Entry).where(Entry.kind == "completed")
        assert session.scalar(completed) == session.scalar(entries), told
