"""Replays for tests: the same case on other drawings, in a database of its own."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine import deployments, replay
from engine.clock import MovableClock
from engine.replay import scope
from engine.runtime import Runtime
from tests.conftest import open_database

Replays = Callable[..., replay.Verdict]


@pytest.fixture
def replayed(sqlite_template: Path, tmp_path: Path) -> Iterator[Replays]:
    """`replayed(runtime, case, files)`: how the case compares with its replay on these files, until the runtime's now."""
    opened: dict[int, tuple[Runtime, replay.Player, scope.Naming]] = {}

    def on(runtime: Runtime, files: dict[str, bytes]) -> tuple[Runtime, replay.Player, scope.Naming]:
        path = tmp_path / f"replay{len(opened)}.sqlite"
        shutil.copyfile(sqlite_template, path)
        clock = MovableClock(runtime.clock.now())
        there = replace(runtime, database=open_database(f"sqlite:///{path}"), clock=clock)
        with there.database.begin() as session:
            deployments.deploy(there, session, files, "administrator")
            drawn = scope.drawn(session, scope.fingerprints(session))
        return there, replay.Player(there, clock), scope.Naming(runtime.database, drawn)

    def compare(runtime: Runtime, case: int, files: dict[str, bytes]) -> replay.Verdict:
        if id(files) not in opened:
            opened[id(files)] = on(runtime, files)
        _, player, naming = opened[id(files)]
        with runtime.database.read() as session:
            course = replay.read(session, case, naming)
        return replay.compare(course, player.play(course, runtime.clock.now()))

    yield compare
    for there, _, _ in opened.values():
        there.database.close()
