"""`fangfan journal`: the hash chain of everything that was done."""

import click

from engine import journal
from web.commands.opening import database_option, opened


@click.group
def command() -> None:
    """Look after the journal."""


@command.command
@database_option
def verify(database: str) -> None:
    """Walk every case's chain; exit 1 when an entry was changed, removed or put in."""
    with opened(database) as runtime, runtime.database.read() as session:
        breaks = journal.verify(session)
    for each in breaks:
        click.echo(str(each))
    click.echo("the journal is whole" if not breaks else f"{len(breaks)} breaks", err=bool(breaks))
    raise SystemExit(1 if breaks else 0)
