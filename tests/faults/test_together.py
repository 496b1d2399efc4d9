"""Two servers and two workers, each a process of its own, on one PostgreSQL; a server is killed while all are at work.

And that database, dumped and read back while it is in use.
"""

import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from engine import deployments, identity, instances, invariants, journal, tokens
from engine.clock import SystemClock
from engine.feel import Evaluator
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from tests.conftest import KEY, open_database
from tests.engine.drawing import Drawing, extension

pytestmark = pytest.mark.postgres

FANGFAN = [sys.executable, "-c", "from web.commands import main; main()"]
VILLAGE = "2202/220281/220281101/220281101201/"
CASES, ROUNDS, CLERKS = 10, 3, 4


def rounds() -> Drawing:
    """write → a timer due at once → write again, `ROUNDS` times."""
    area = '<zeebe:properties><zeebe:property name="attribute.area" value="=area"/></zeebe:properties>'
    drawing = Drawing(extra=extension(area))
    drawing.start("s")
    drawing.xor("merge")
    drawing.user("write", candidateGroups="village_committee")
    drawing.catch("soon", drawing.timer("PT0S"))
    drawing.xor("enough", default=drawing.flow("enough", "merge"))
    drawing.end("e")
    drawing.flow("s", "merge", "write", "soon", "enough")
    drawing.flow("enough", "e", condition=f"number >= {ROUNDS}")
    return drawing


@pytest.fixture
def house(postgres_url: str) -> Iterator[Runtime]:
    """The test's own view of the database."""
    runtime = Runtime(open_database(postgres_url), Evaluator(), {}, SystemClock())
    yield runtime
    runtime.evaluator.close()
    runtime.database.close()


def begin(house: Runtime) -> str:
    """Deploy the rounds and begin the cases; a clerk's token."""
    with house.database.begin() as session:
        deployments.deploy(house, session, {"p.bpmn": rounds().xml()}, "administrator")
        for _ in range(CASES):
            instances.start(house, session, "p", {"area": VILLAGE, "number": 0}, "clerk")
        clerk = identity.add_user(session, "clerk", "", "well-water-1", [("village_committee", VILLAGE)])
        return tokens.issue(session, clerk, "test", house.clock.now())


class Program:
    """`fangfan …` as a process; its first line tells that it is ready."""

    def __init__(self, *words: str, url: str, home: Path) -> None:
        environment = {**os.environ, "FANGFAN_KEY": KEY.hex(), "FANGFAN_DATABASE": url, "HOME": str(home)}
        self.process = subprocess.Popen(
            [*FANGFAN, *words],
            env={**environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> "Program":
        """Wait for its first line."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline()
        return self

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def programs(postgres_url: str, tmp_path: Path) -> Iterator[list[Program]]:
    """Two servers without a worker of their own, then two workers; `address` of the servers by their port."""
    ports = [free_port(), free_port()]
    begun = [
        *(Program("serve", "--no-worker", "--port", str(p), url=postgres_url, home=tmp_path) for p in ports),
        *(Program("worker", url=postgres_url, home=tmp_path) for _ in range(2)),
    ]
    for program, port in zip(begun, [*ports, 0, 0], strict=True):
        program.ready().port = port
    yield begun
    for program in begun:
        program.kill()


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Clerk(threading.Thread):
    """Answers tasks of a queue at one server, at the other when it is gone; each task is one request, however often asked."""

    def __init__(self, token: str, ports: list[int], tasks: "queue.Queue[tuple[int, int] | None]") -> None:
        super().__init__()
        self.token, self.ports, self.tasks = token, ports, tasks
        self.told: list[int] = []

    def run(self) -> None:
        while (task := self.tasks.get()) is not None:
            self.told.append(self.answer(*task))

    def answer(self, task: int, number: int) -> int:
        """The status that was told at last."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"task {task}"}
        for port in self.ports:
            address = f"http://127.0.0.1:{port}/v2/user-tasks/{task}/completion"
            try:
                body = {"variables": {"number": number}}
                return httpx.post(
                    address, json=body, headers=headers, timeout=60, trust_env=False
                ).status_code
            except httpx.TransportError:
                continue
        return 0


def test_a_killed_server_loses_nothing_and_what_it_was_asked_is_done_once(
    house: Runtime, programs: list[Program]
) -> None:
    token = begin(house)
    tasks: queue.Queue[tuple[int, int] | None] = queue.Queue()
    ports = [program.port for program in programs[:2]]
    clerks = [Clerk(token, ports[:: 1 if n % 2 else -1], tasks) for n in range(CLERKS)]
    for clerk in clerks:
        clerk.start()
    handed_out: dict[int, int] = {}
    while len(handed_out) < CASES * ROUNDS:
        for task, case in open_tasks(house):
            if task not in handed_out:
                handed_out[task] = case
                tasks.put((task, list(handed_out.values()).count(case)))
                if len(handed_out) == CASES + 3:
                    programs[0].process.kill()
    for _ in clerks:
        tasks.put(None)
    for clerk in clerks:
        clerk.join()
    assert [status for clerk in clerks for status in clerk.told] == [204] * CASES * ROUNDS
    while alive(house):
        pass
    with house.database.read() as session:
        assert invariants.check(session) == []
        assert journal.verify(session) == []
        kinds = session.execute(sa.select(Entry.kind, sa.func.count()).group_by(Entry.kind))
        found = {kind: count for kind, count in kinds}  # noqa: C416 - rows are no pairs to `dict`
    assert (found["completed"], found["fired"]) == (CASES * ROUNDS, CASES * ROUNDS)


def open_tasks(house: Runtime) -> list[tuple[int, int]]:
    """Open tasks with their cases."""
    with house.database.read() as session:
        rows = session.execute(sa.select(UserTask.key, UserTask.case_key).where(UserTask.state == "open"))
        return [(task, case) for task, case in rows]


def alive(house: Runtime) -> int:
    """How many cases have not ended."""
    with house.database.read() as session:
        state = instances.Instance.state == "active"
        return session.scalar(sa.select(sa.func.count()).select_from(instances.Instance).where(state)) or 0


def test_a_dump_of_postgresql_reads_back_as_the_same_house(
    house: Runtime, postgres_url: str, cluster, tmp_path: Path
) -> None:
    begin(house)
    file, other = tmp_path / "fangfan.backup", cluster.create_unique(template="template0")
    environment = {**os.environ, "FANGFAN_KEY": KEY.hex()}
    for words in (("backup", str(file), postgres_url), ("restore", str(file), cluster.url(other))):
        command = [*FANGFAN, *words[:2], "--database", words[2]]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr + done.stdout
    restored = Runtime(open_database(cluster.url(other)), house.evaluator, {}, SystemClock())
    assert open_tasks(restored) == open_tasks(house)
    with restored.database.read() as session:
        assert invariants.check(session) == []
        assert journal.verify(session) == []
    restored.database.close()
    cluster.drop(other)
