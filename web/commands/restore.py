"""`fangfan restore`: puts a backup in the place of a database that is not there yet."""

import sqlite3
from contextlib import closing
from pathlib import Path

import click
import sqlalchemy as sa

from web.commands.backup import copy_sqlite, run_postgres
from web.commands.opening import database_option


@click.command
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@database_option
def command(file: Path, database: str) -> None:
    """Read FILE, which `fangfan backup` wrote, into an empty database; nothing is ever overwritten."""
    url = sa.make_url(database)
    if url.get_backend_name() == "sqlite":
        restore_sqlite(file, Path(url.database or ""))
    else:
        refuse_filled(url)
        run_postgres("pg_restore", url, "--single-transaction", "--exit-on-error", str(file))
    click.echo(f"restored {file}")


def restore_sqlite(file: Path, target: Path) -> None:
    """Copies the backup to `target`, whole or not at all."""
    if target.exists():
        raise click.ClickException(f"{target} exists already; move it away first")
    refuse_other(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + ".part")
    try:
        copy_sqlite(file, half)
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)


def refuse_other(file: Path) -> None:
    """Refuses a file that is no SQLite backup of this program."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            named = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
            ).fetchone()
    except sqlite3.DatabaseError:
        named = None
    if named is None:
        raise click.ClickException(f"{file} is not a backup made by fangfan backup")


def refuse_filled(url: sa.URL) -> None:
    """Refuses a PostgreSQL database that holds tables already."""
    engine = sa.create_engine(url)
    try:
        if sa.inspect(engine).get_table_names():
            raise click.ClickException("the database holds tables already; restore into an empty one")
    finally:
        engine.dispose()
