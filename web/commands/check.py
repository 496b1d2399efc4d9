"""`fangfan check`: whether everything that is stored agrees."""

import click

from engine import invariants
from web.commands.opening import database_option, opened


@click.command
@database_option
def command(database: str) -> None:
    """Compare tokens, tasks, timers, messages, history, values and journal; exit 1 when two of them disagree."""
    with opened(database) as runtime, runtime.database.read() as session:
        found = invariants.check(session)
    for each in found:
        click.echo(f"{each.case_key}/{each.instance_key}: {each.reason}")
    click.echo("everything agrees" if not found else f"{len(found)} disagreements", err=bool(found))
    raise SystemExit(1 if found else 0)
