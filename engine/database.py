"""One door to storage: SQLite (a file, WAL) or PostgreSQL, the same tables in both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlalchemy.orm import Session

from engine import dispatch, faults
from engine.models.base import dump_json
from engine.vault import Vault

_ENGINE_ROOM = Path(__file__).parent
_UPGRADING = 0x66616E6766616E  # "fangfan": the advisory lock of whoever brings the tables to date
_BRANCHES = (
    _ENGINE_ROOM / "migrations" / "versions",
    _ENGINE_ROOM.parent / "registry" / "migrations" / "versions",
)


class Database:
    """Opens transactions. `session.info["vault"]` carries the vault to whoever seals values in one."""

    def __init__(self, url: str, *, vault: Vault) -> None:
        self.vault = vault
        # An error's text goes to logs and incidents: it must not carry the values, which are people's data.
        self.engine = sa.create_engine(url, json_serializer=dump_json, hide_parameters=True, **_pool(url))
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        # A plain transaction that only reads waits for no writer on SQLite and is read-only on PostgreSQL.
        self._reading = self.engine.execution_options(reading=True, **_read_only(self.is_sqlite))

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded store."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back whole on any exception."""
        with Session(self.engine, expire_on_commit=False, info={"vault": self.vault}) as session:
            yield session
            session.flush()
            faults.point("before_commit")
            session.commit()
            faults.point("after_commit")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One transaction that only reads: whatever is written in it is lost or refused."""
        with Session(self._reading, expire_on_commit=False, info={"vault": self.vault}) as session:
            yield session

    def upgrade(self) -> None:
        """Bring the tables to date: the engine's branch of the history, the registry's, and the queue's own tables."""
        config = Config()
        config.set_main_option("script_location", str(_ENGINE_ROOM / "migrations"))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", "\n".join(str(b) for b in _BRANCHES if b.is_dir()))
        with self.engine.begin() as connection:
            if (
                not self.is_sqlite
            ):  # several processes may start at once; there BEGIN IMMEDIATE keeps them in line
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADING)))
            config.attributes["connection"] = connection
            command.upgrade(config, "heads")
        if self.is_sqlite and self.engine.url.database in (None, "", ":memory:"):
            return  # gone with its process, which runs no background jobs
        schema = None if self.is_sqlite else "dbos"
        if not sa.inspect(self.engine).has_table("dbos_migrations", schema=schema):
            dispatch.prepare(self.engine.url)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _pool(url: str) -> dict[str, Any]:
    if sa.make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": 30, "check_same_thread": False}, "pool_size": 16}
    return {"pool_size": 16, "pool_pre_ping": True}


def _read_only(sqlite: bool) -> dict[str, Any]:
    return {} if sqlite else {"postgresql_readonly": True}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver shall not begin transactions behind our back
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32768"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes the lock at once: taking it later would fail whenever another one wrote meanwhile.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
