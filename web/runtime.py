"""The composition root: puts database, keys, evaluator, operations and clock together, here and nowhere else."""

import os
import secrets
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from engine import migration  # noqa: F401  registers its background jobs
from engine.clock import Clock, SystemClock
from engine.database import Database
from engine.feel import Evaluator
from engine.runtime import Runtime
from engine.vault import Vault, key_from_file
from engine.worker import Worker
from processes.operations import OPERATIONS
from registry import secrets as registry_secrets
from web import (
    delivery,
    replays,  # noqa: F401  registers its background job
    trials,  # noqa: F401  registers its background job
)


def open_runtime(database: str, *, clock: Clock | None = None, processes: int = 1) -> Runtime:
    """Everything that runs cases, on the database at this URL, its tables brought to date.

    The master key comes from `FANGFAN_KEY` (64 hex digits), else from the file `FANGFAN_KEY_FILE`, else from a file
    beside the SQLite database, made at the first use. Without it nothing personal in the database can be read.
    `web.delivery.NotConfigured` where the environment names a channel that cannot be.
    """
    operations = OPERATIONS | delivery.posting(delivery.from_environment(os.environ))
    key = master_key(database)
    opened = Database(database, vault=Vault(key))
    registry_secrets.unlock(opened.engine, key)
    opened.upgrade()
    return Runtime(opened, Evaluator(processes=processes), operations, clock or SystemClock())


def worker(runtime: Runtime) -> Worker:
    """A worker of this server, which takes notices out of the house by the channels that the environment names."""
    channels = delivery.from_environment(os.environ)
    return Worker(runtime, delivery.carriers(runtime.database, channels))


def master_key(database: str) -> bytes:
    """The key of 32 bytes that belongs to this database."""
    if given := os.environ.get("FANGFAN_KEY"):
        return bytes.fromhex(given)
    url = sa.make_url(database)
    in_memory = url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")
    if in_memory:
        return secrets.token_bytes(32)
    path = Path(os.environ.get("FANGFAN_KEY_FILE") or _beside(url))
    path.parent.mkdir(parents=True, exist_ok=True)
    return key_from_file(path)


def _beside(url: sa.URL) -> Path:
    if url.get_backend_name() == "sqlite":
        return Path(str(url.database)).with_suffix(".key")
    folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "fangfan"
    return folder / f"{url.database}.key"


def runtime() -> Runtime:
    """The runtime of the server that answers this request."""
    return current_app.extensions["fangfan"]
