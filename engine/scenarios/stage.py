"""Where scenarios play: a prepared database that is copied for each, so that none sees what another did."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from engine import deployments, settings
from engine.clock import Clock, MovableClock
from engine.database import Database
from engine.feel import Evaluator
from engine.runtime import Operation, Runtime

DAWN = datetime(2020, 1, 1, tzinfo=UTC)
"""When the drawings were deployed, as far as scenarios know."""


class Stage:
    """Drawings, settings and what else `prepare` puts into the registry, in force from the first moment on.

    `open_database` opens the SQLite database at a URL, with the keys of all that is kept in it. NotDeployable.
    """

    def __init__(
        self,
        open_database: Callable[[str], Database],
        evaluator: Evaluator,
        operations: Mapping[str, Operation],
        resources: Mapping[str, bytes],
        settings_file: Path | None = None,
        prepare: Callable[[Session], object] | None = None,
    ) -> None:
        self._open, self._evaluator, self._operations = open_database, evaluator, operations
        self._folder = tempfile.TemporaryDirectory(prefix="fangfan-scenarios-")
        self._template = Path(self._folder.name) / "template.sqlite"
        try:
            self._found(resources, settings_file, prepare)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def runtime(self, clock: Clock) -> Iterator[Runtime]:
        """A runtime on a fresh copy, gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self._folder.name) as folder:
            copy = Path(folder) / "scenario.sqlite"
            shutil.copyfile(self._template, copy)
            runtime = self._runtime(copy, clock)
            try:
                yield runtime
            finally:
                runtime.database.close()

    def close(self) -> None:
        """Forget the template."""
        self._folder.cleanup()

    def _found(
        self,
        resources: Mapping[str, bytes],
        settings_file: Path | None,
        prepare: Callable[[Session], object] | None,
    ) -> None:
        runtime = self._runtime(self._template, MovableClock(DAWN))
        try:
            runtime.database.upgrade()
            with runtime.database.begin() as session:
                if settings_file is not None:
                    settings.load(session, settings_file, "scenario", DAWN)
                if prepare is not None:
                    prepare(session)
                deployments.deploy(runtime, session, resources, "scenario")
        finally:
            runtime.database.close()

    def _runtime(self, path: Path, clock: Clock) -> Runtime:
        return Runtime(self._open(f"sqlite:///{path}"), self._evaluator, self._operations, clock)
