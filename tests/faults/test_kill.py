"""kill -9 at named points and at random moments: no step lost, none done twice, everything stored agrees."""

import multiprocessing
import random
from multiprocessing.connection import Connection

import pytest
import sqlalchemy as sa

from engine import instances, invariants
from engine.models.instances import Instance, Passage
from engine.models.journal import Entry
from engine.models.settings import Setting
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.worker import Worker
from tests.engine.cases import deploy
from tests.faults import client

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.client"])

STEPS = 200


@pytest.fixture
def watcher(database_url: str):
    """Another process's view of the database, with the case begun."""
    runtime = client.open_runtime(database_url, 0)
    deploy(runtime, client.rounds())
    with runtime.database.begin() as session:
        instances.start(runtime, session, "p", {}, "clerk")
    yield runtime
    runtime.evaluator.close()
    runtime.database.close()


class Child:
    """A working process, and what it told before it was killed."""

    def __init__(self, url: str, minutes: int, number: int, task: int | None, fault: str = "") -> None:
        self.heard, told = processes.Pipe(duplex=False)
        arguments = (url, minutes, number, task, told, fault)
        self.process = processes.Process(target=client.work, args=arguments, daemon=True)
        self.process.start()
        told.close()

    def drain(self) -> list[tuple[str, int, int]]:
        """All that it told; the process must be dead."""
        self.process.join()
        messages = list(iter(lambda: _receive(self.heard), None))
        self.heard.close()
        return messages


def _receive(connection: Connection):
    try:
        return connection.recv()
    except (EOFError, OSError):
        return None


def effects(runtime: Runtime) -> dict[str, list[int] | int]:
    """What every part of the store says was done."""
    with runtime.database.read() as session:
        assert invariants.check(session) == []
        return {
            "ledger": sorted(session.scalars(sa.select(Setting.value).where(Setting.name == "ledger"))),
            "saved": _count(session, Passage, Passage.element == "save", Passage.state == "completed"),
            "visits": _count(session, UserTask, UserTask.state == "completed"),
            "journal": _count(session, Entry, Entry.kind == "completed"),
            "fired": _count(session, Entry, Entry.kind == "fired"),
            "open": _count(session, UserTask, UserTask.state == "open"),
            "alive": _count(session, Instance, Instance.state == "active"),
        }


def _count(session, table, *where) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0


def settled(url: str, minutes: int) -> dict[str, list[int] | int]:
    """The effects after a worker has done what was left."""
    runtime = client.open_runtime(url, minutes)
    Worker(runtime).run_once()
    found = effects(runtime)
    runtime.evaluator.close()
    runtime.database.close()
    return found


@pytest.mark.parametrize("point", ["after_flush", "before_commit", "after_commit"])
def test_a_step_killed_at_a_named_point_is_whole_or_has_not_been(
    watcher: Runtime, database_url: str, point: str
):
    child = Child(database_url, 1, 1, None, point)
    told = child.drain()
    assert child.process.exitcode == -9
    assert [message[0] for message in told] == ["trying"]  # no reply came
    before = effects(watcher)
    assert before["visits"] == (1 if point == "after_commit" else 0)
    again = client.open_runtime(database_url, 2)
    client.complete(again, 1, told[0][2])  # the caller, who had no reply, asks again
    again.evaluator.close()
    again.database.close()
    after = settled(database_url, 3)
    assert after == {"ledger": [1], "saved": 1, "visits": 1, "journal": 1, "fired": 1, "open": 1, "alive": 1}


def test_a_timer_whose_worker_dies_between_claim_and_effect_fires_once(watcher: Runtime, database_url: str):
    client.complete(watcher, 1, client.next_task(watcher))
    child = Child(database_url, 1, 2, None, "after_claim")
    assert child.drain() == []
    assert child.process.exitcode == -9
    assert settled(database_url, 1)["fired"] == 0  # the claim still holds
    assert settled(database_url, 3)["ledger"] == [1]
    assert settled(database_url, 5)["fired"] == 1


def test_killed_at_random_moments_of_200_steps(watcher: Runtime, database_url: str):
    """The child is killed now and then; whoever asks repeats the request that had no reply."""
    chance = random.Random(20200701)
    number, task, kills = 1, None, 0
    while number <= STEPS:
        child = Child(database_url, 2 * kills + 1, number, task)
        enough = number + chance.randrange(4, 30)
        while (message := _receive(child.heard)) is not None:
            kind, told, key = message
            number, task = (told + 1, None) if kind == "done" else (told, key)
            if number >= enough:
                break
        child.process.join(chance.random() * 0.05)  # somewhere within the next steps
        child.process.kill()
        kills += 1
        for kind, told, key in child.drain():
            number, task = (told + 1, None) if kind == "done" else (told, key)
    found = settled(database_url, 2 * kills + 3)
    visits = found["visits"]
    assert kills >= 5
    assert number - 1 <= visits <= number  # one may have been committed without its reply
    assert found["ledger"] == list(range(1, visits + 1))
    assert [found[k] for k in ("saved", "journal", "fired", "open", "alive")] == [
        visits,
        visits,
        visits,
        1,
        1,
    ]
