"""How a command opens the house: the database it was told of, with everything that runs cases."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa

from engine.runtime import Runtime
from web.delivery import NotConfigured
from web.runtime import open_runtime


def default_database() -> str:
    """The SQLite file that is used when nothing else is said: in the user's data folder."""
    folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "fangfan"
    return f"sqlite:///{folder / 'fangfan.sqlite'}"


database_option = click.option(
    "--database",
    metavar="URL",
    envvar="FANGFAN_DATABASE",
    default=default_database,
    show_default="a SQLite file in the user's data folder",
    help="SQLite or PostgreSQL, e.g. sqlite:////srv/fangfan.sqlite or postgresql+psycopg://user@host/name.",
)

all_processes_option = click.option(
    "--all-processes",
    is_flag=True,
    help='Take processes marked isExecutable="false" too, in files that have others. (A file that marks none is taken whole.)',
)


def refuse_used(database: str) -> None:
    """A database that is to be filled with made-up cases must be empty: one that holds anything is not touched."""
    engine = sa.create_engine(database)
    try:
        if sa.inspect(engine).get_table_names():
            raise click.UsageError("the database is not empty; made-up cases need one of their own")
    finally:
        engine.dispose()


@contextmanager
def opened(database: str) -> Iterator[Runtime]:
    """The runtime on `database`, its tables brought to date; closed at the end."""
    try:
        runtime = open_runtime(database)
    except NotConfigured as error:
        raise click.UsageError(str(error)) from error
    try:
        yield runtime
    finally:
        runtime.evaluator.close()
        runtime.database.close()


@contextmanager
def without_database() -> Iterator[Runtime]:
    """A runtime on an empty database in memory, for what only reads files."""
    with opened("sqlite://") as runtime:
        yield runtime
