"""`fangfan token`: a bearer token, with which a program acts as a person."""

from datetime import timedelta

import click

from engine import identity, tokens
from web.commands.opening import database_option, opened


@click.command
@click.argument("user")
@click.option("--label", default="command line", show_default=True, help="What the token is for.")
@click.option(
    "--days", type=click.IntRange(1, 3660), help="How long it is in force; without end when left out."
)
@database_option
def command(user: str, label: str, days: int | None, database: str) -> None:
    """Print a new bearer token of USER. It is shown this once: only its digest is kept."""
    with opened(database) as runtime, runtime.database.begin() as session:
        now = runtime.clock.now()
        expires = now + timedelta(days=days) if days else None
        click.echo(tokens.issue(session, identity.find(session, user), label, now, expires))
