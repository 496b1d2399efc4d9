"""The store goes away in the middle of a step: nothing is half done, the asker is told, and asking again has one effect."""

import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from engine import deployments, faults, identity, instances, invariants, tokens
from engine.clock import MovableClock
from engine.database import Database
from engine.feel import Evaluator
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from tests.conftest import open_database
from tests.engine.drawing import Drawing, extension
from tests.faults.client import BEGIN
from web.app import create_app

VILLAGE = "2202/220281/220281101/220281101201/"
MEGABYTE = 2**20


def answering() -> Drawing:
    """One task after another, for ever."""
    area = '<zeebe:properties><zeebe:property name="attribute.area" value="=area"/></zeebe:properties>'
    drawing = Drawing(extra=extension(area))
    drawing.start("s")
    drawing.xor("merge")
    drawing.user("write", candidateGroups="village_committee")
    drawing.flow("s", "merge", "write", "merge")
    drawing.boundary("stop", "write", drawing.message("stop", '="never"'))
    drawing.end("e")
    drawing.flow("stop", "e")
    return drawing


class House:
    """A site over one case, and a clerk with a token who answers its task."""

    def __init__(self, database: Database, evaluator: Evaluator) -> None:
        self.runtime = Runtime(database, evaluator, {}, MovableClock(BEGIN))
        with database.begin() as session:
            drawing = answering()
            deployments.deploy(self.runtime, session, {"p.bpmn": drawing.xml()}, "administrator")
            clerk = identity.add_user(session, "clerk", "", "well-water-1", [("village_committee", VILLAGE)])
            self.token = tokens.issue(session, clerk, "test", BEGIN)
            self.case = instances.start(self.runtime, session, "p", {"area": VILLAGE}, "clerk").key
        self.client: FlaskClient = create_app(self.runtime).test_client()

    def task(self) -> int:
        """The open task."""
        with self.runtime.database.read() as session:
            return session.scalars(sa.select(UserTask.key).where(UserTask.state == "open")).one()

    def answer(self, task: int, text: str = "", request: str | None = None) -> tuple[int, str]:
        """Status and code of completing it through the API."""
        headers = {"Authorization": f"Bearer {self.token}"} | (
            {"Idempotency-Key": request} if request else {}
        )
        told = self.client.post(
            f"/v2/user-tasks/{task}/completion", json={"variables": {"text": text}}, headers=headers
        )
        return told.status_code, (told.get_json(silent=True) or {}).get("code", "")

    def done(self) -> int:
        """How many answers the store holds, once all its parts agree."""
        with self.runtime.database.read() as session:
            assert invariants.check(session) == []
            return session.scalar(sa.select(sa.func.count()).where(Entry.kind == "completed")) or 0


@pytest.fixture
def house(postgres_url: str, evaluator: Evaluator) -> Iterator[House]:
    """On PostgreSQL."""
    database = open_database(postgres_url)
    yield House(database, evaluator)
    database.close()


def cut_connections(url: str) -> None:
    """The server ends every other connection to this database, as when it is restarted."""
    address = sa.make_url(url).set(drivername="postgresql").render_as_string()
    with psycopg.connect(address, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.postgres
@pytest.mark.parametrize(("point", "kept"), [("before_commit", 0), ("after_commit", 1)])
def test_a_connection_lost_in_a_step_is_told_and_asking_again_has_one_effect(
    house: House, postgres_url: str, monkeypatch: pytest.MonkeyPatch, point: str, kept: int
) -> None:
    task = house.task()
    with monkeypatch.context() as patch:
        patch.setattr(faults, "point", lambda name: cut_connections(postgres_url) if name == point else None)
        told = house.answer(task, request="once")
    assert told == ((503, "store_away") if point == "before_commit" else (204, ""))
    assert house.done() == kept
    assert house.answer(task, request="once")[0] == 204
    assert house.done() == 1


def test_a_page_tells_in_words_that_the_database_cannot_be_reached(evaluator: Evaluator) -> None:
    with socket.socket() as nobody:  # a port on which nothing listens
        nobody.bind(("127.0.0.1", 0))
        database = open_database(f"postgresql+psycopg://fangfan@127.0.0.1:{nobody.getsockname()[1]}/fangfan")
        app = create_app(Runtime(database, evaluator, {}, MovableClock(BEGIN)))
        app.config["WTF_CSRF_ENABLED"] = False
        page = app.test_client().post("/sign-in", data={"name": "clerk", "password": "well-water-1"})
    assert page.status_code == 503
    assert "数据库暂时不能用" in page.text


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 4 MB."""
    words = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)]
    mounted = subprocess.run(words, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"nothing can be mounted here, a full disk stays UNTESTED: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def test_a_full_disk_is_told_and_work_goes_on_once_there_is_room(
    sqlite_template: Path, small_disk: Path, evaluator: Evaluator
) -> None:
    shutil.copyfile(sqlite_template, small_disk / "fangfan.sqlite")
    with closing(open_database(f"sqlite:///{small_disk}/fangfan.sqlite")) as database:
        house = House(database, evaluator)
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):  # somebody else's file takes the last free byte
                pass
        refused = [house.answer(house.task(), secrets.token_hex(MEGABYTE // 8)) for _ in range(3)]
        assert refused == [(503, "store_away")] * 3
        assert house.done() == 0
        filler.unlink()
        assert house.answer(house.task(), secrets.token_hex(MEGABYTE // 8))[0] == 204
        assert house.done() == 1
