"""The county for tests of pages: founded once, copied for each test."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from engine import identity
from engine.clock import MovableClock
from engine.feel import Evaluator
from engine.runtime import Runtime
from processes.operations import OPERATIONS
from registry import areas
from tests.conftest import open_database
from tests.web.world import COUNTY, World, found
from web.app import create_app
from web.config import Config

START = datetime(2020, 7, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords cheaply: how dear argon2 is is tested in tests/engine/test_identity.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def county_template(
    sqlite_template: Path, evaluator: Evaluator, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A SQLite file with the county in it."""
    path = tmp_path_factory.mktemp("county") / "county.sqlite"
    shutil.copyfile(sqlite_template, path)
    database = open_database(f"sqlite:///{path}")
    found(Runtime(database, evaluator, OPERATIONS, MovableClock(START)))
    database.close()
    return path


@pytest.fixture
def world(county_template: Path, evaluator: Evaluator, tmp_path: Path) -> Iterator[World]:
    """The county, fresh for one test."""
    path = tmp_path / "county.sqlite"
    shutil.copyfile(county_template, path)
    database = open_database(f"sqlite:///{path}")
    clock = MovableClock(START)
    runtime = Runtime(database, evaluator, OPERATIONS, clock)
    app = create_app(runtime, Config(sign_ins="1000 per minute"))
    app.config["WTF_CSRF_ENABLED"] = False  # tests of their own cover the token
    with database.read() as session:
        village = areas.below(session, COUNTY, "village")[0].path
    yield World(runtime, app, clock, village)
    database.close()
