"""A real PostgreSQL server of our own: initdb under another uid, a free port, gone afterwards."""

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

_count = itertools.count(1)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Cluster:
    """`with Cluster() as cluster:` runs a server; its data is thrown away at the end."""

    def __init__(self) -> None:
        binaries = _binaries()
        assert binaries is not None
        self._binaries = binaries
        self._home = Path(tempfile.mkdtemp(prefix="fangfan-pg-"))
        self._owner = self._other_user()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    @staticmethod
    def installed() -> bool:
        """Whether this machine has PostgreSQL's server."""
        return _binaries() is not None

    def _other_user(self) -> list[str]:
        """The words that run a command as somebody who is not root, for whom initdb refuses."""
        if os.geteuid() != 0:
            return []
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        os.chown(self._home, user.pw_uid, user.pw_gid)
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [*self._owner, str(self._binaries / program), *words],
            cwd=self._home,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def __enter__(self) -> "Cluster":
        data = str(self._home / "data")
        self._run("initdb", "-D", data, "-U", "fangfan", "-A", "trust", "-E", "UTF8", "--no-sync")
        # The tests kill clients, never the server: its own durability may be off.
        options = (
            f"-p {self.port} -h 127.0.0.1 -k {self._home} -c fsync=off -c full_page_writes=off "
            "-c shared_buffers=32MB -c max_connections=60"
        )
        self._run("pg_ctl", "start", "-w", "-D", data, "-l", str(self._home / "log"), "-o", options)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self._home / "data"))
        shutil.rmtree(self._home, ignore_errors=True)

    def url(self, name: str) -> str:
        """SQLAlchemy's address of the database `name`."""
        return f"postgresql+psycopg://fangfan@127.0.0.1:{self.port}/{name}"

    def _admin(self, statement: sql.Composable) -> None:
        address = f"host=127.0.0.1 port={self.port} user=fangfan dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def create(self, name: str, template: str = "template1") -> None:
        """Make a database as a copy of `template`."""
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._admin(words.format(sql.Identifier(name), sql.Identifier(template)))

    def create_unique(self, template: str) -> str:
        """Make a database with a name of its own; returns the name."""
        name = f"test_{next(_count)}"
        self.create(name, template)
        return name

    def drop(self, name: str) -> None:
        """Throw a database away, whoever is connected."""
        self._admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
