"""`fangfan backup`: the whole database as one file, taken while the house goes on working."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import click
import sqlalchemy as sa

from web.commands.opening import database_option


@click.command
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@database_option
def command(file: Path, database: str) -> None:
    """Write the database to FILE. The key that opens its sealed columns is not in it: keep that apart."""
    if file.exists():
        raise click.ClickException(f"{file} exists already; a backup is never written over another")
    url = sa.make_url(database)
    half = file.with_name(file.name + ".part")
    try:
        if url.get_backend_name() == "sqlite":
            copy_sqlite(existing(url), half)
        else:
            run_postgres("pg_dump", url, "--format=custom", f"--file={half}")
        half.rename(file)
    finally:
        half.unlink(missing_ok=True)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


def existing(url: sa.URL) -> Path:
    """The SQLite file of `url`, which must be there."""
    path = Path(url.database or "")
    if not path.is_file():
        raise click.ClickException(f"there is no database at {path}")
    return path


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy, taken page by page beside running writers, and checked."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
        verdict = new.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise click.ClickException(f"{source} is damaged: {verdict}")


def run_postgres(program: str, url: sa.URL, *arguments: str) -> None:
    """Runs pg_dump or pg_restore on `url`; the password goes by the environment, not by the list of processes."""
    found = shutil.which(program)
    if found is None:
        raise click.ClickException(f"{program} is not installed; it comes with PostgreSQL's client programs")
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(  # noqa: S603 - a fixed program, its arguments never pass a shell
        [found, f"--dbname={plain}", "--no-owner", *arguments],
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise click.ClickException(f"{program}: {done.stderr.strip()}")
