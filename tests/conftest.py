"""What every test can ask for: a database of each kind, a clock that moves, a runtime with a real evaluator."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.clock import MovableClock
from engine.database import Database
from engine.feel import Evaluator
from engine.runtime import Runtime
from engine.vault import Vault
from registry.secrets import unlock
from tests.postgres import Cluster

KEY = bytes(range(32))


def open_database(url: str) -> Database:
    """A database whose secret columns are open to the registry too."""
    database = Database(url, vault=Vault(KEY))
    unlock(database.engine, KEY)
    return database


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A real PostgreSQL server for this session, with an upgraded database `template_fangfan`."""
    if not Cluster.installed():
        pytest.skip("PostgreSQL is not installed: what runs on it stays UNTESTED here")
    with Cluster() as cluster:
        cluster.create("template_fangfan")
        database = open_database(cluster.url("template_fangfan"))
        database.upgrade()
        database.close()
        yield cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded, empty SQLite file."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    database = open_database(f"sqlite:///{path}")
    database.upgrade()
    database.close()  # the last connection writes the log into the file
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A new SQLite database with all tables."""
    path = tmp_path / "fangfan.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(cluster: Cluster) -> Iterator[str]:
    """A new PostgreSQL database with all tables."""
    name = cluster.create_unique(template="template_fangfan")
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A new database, on each store in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A new, empty database, on each store in turn."""
    database = open_database(database_url)
    yield database
    database.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A new, empty SQLite database, where the store makes no difference."""
    database = open_database(sqlite_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def evaluator() -> Iterator[Evaluator]:
    """The real evaluator, one process for the whole session."""
    evaluator = Evaluator(processes=1)
    yield evaluator
    evaluator.close()


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands at 09:00 of 1 July 2020 in Shanghai until it is moved."""
    return MovableClock(datetime(2020, 7, 1, 1, 0, tzinfo=UTC))


@pytest.fixture
def runtime(database: Database, evaluator: Evaluator, clock: MovableClock) -> Runtime:
    """All that cases need to run, with no operations, on each store in turn."""
    return Runtime(database=database, evaluator=evaluator, operations={}, clock=clock)


@pytest.fixture
def sqlite_runtime(sqlite_database: Database, evaluator: Evaluator, clock: MovableClock) -> Runtime:
    """All that cases need to run, with no operations, on SQLite alone."""
    return Runtime(database=sqlite_database, evaluator=evaluator, operations={}, clock=clock)
