"""Puts the stage for scenarios together: the real engine, operations and registry on a throw-away database."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from engine.database import Database
from engine.feel import Evaluator
from engine.scenarios import Stage
from engine.vault import Vault
from processes.operations import OPERATIONS
from registry import areas
from registry import secrets as registry_secrets

HERE = Path(__file__).resolve().parent.parent
PROCESSES, FORMS = HERE / "processes", HERE / "forms"
SCENARIOS = PROCESSES / "scenarios"


def drawings() -> dict[str, bytes]:
    """The procedure as shipped: every drawing, rule, form and sheet, by file name."""
    patterns = ((PROCESSES, "*.bpmn"), (PROCESSES, "*.dmn"), (FORMS, "*.form"), (FORMS, "*.html"))
    return {path.name: path.read_bytes() for folder, kind in patterns for path in sorted(folder.glob(kind))}


@contextmanager
def stage(
    evaluator: Evaluator,
    resources: Mapping[str, bytes] | None = None,
    settings: Path = PROCESSES / "settings.yaml",
) -> Iterator[Stage]:
    """A stage with the procedure as shipped, or with other `resources` and dated settings. NotDeployable."""
    key = secrets.token_bytes(32)

    def open_database(url: str) -> Database:
        database = Database(url, vault=Vault(key))
        registry_secrets.unlock(database.engine, key)
        return database

    made = Stage(
        open_database,
        evaluator,
        OPERATIONS,
        drawings() if resources is None else resources,
        settings,
        areas.load,
    )
    try:
        yield made
    finally:
        made.close()
