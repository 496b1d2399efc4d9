"""`fangfan user`: the people who may sign in, and what they are in which area."""

import click
from rich.console import Console
from rich.table import Table

from engine import identity, people
from registry import areas
from web.commands.opening import database_option, opened

COMMAND = "命令行"
"""Who the journal says made a change, where nobody is signed in."""


@click.group
def command() -> None:
    """Add, list and change people."""


@command.command
@click.argument("name")
@click.option("--display-name", default="", help="What others read; the name itself when it is left out.")
@click.option(
    "--role",
    "grants",
    multiple=True,
    metavar="ROLE@PLACE",
    help="county_office@2202/220281/ (an area path), helper@=KEY (a household); may be repeated.",
)
@click.password_option(help="Asked for when it is left out.")
@database_option
def add(name: str, display_name: str, grants: tuple[str, ...], password: str, database: str) -> None:
    """Add NAME, who may then sign in."""
    split = [tuple(grant.split("@", 1)) for grant in grants]
    if any(len(parts) != 2 for parts in split):
        raise click.UsageError("--role is ROLE@PLACE, for instance county_office@2202/220281/")
    with opened(database) as runtime, runtime.database.begin() as session:
        for _role, place in split:
            if place and not place.startswith("=") and areas.get(session, place) is None:
                raise click.UsageError(f"there is no area {place}; `fangfan deploy` brings the areas in")
        now = runtime.clock.now()
        people.add(session, name, display_name, split, COMMAND, now, password=password)
    click.echo(f"added {name}")


@command.command("list")
@database_option
def list_(database: str) -> None:
    """List people with their roles."""
    with opened(database) as runtime, runtime.database.read() as session:
        listed = identity.users(session)
    table = Table("name", "shown as", "roles")
    for viewer in listed:
        table.add_row(
            viewer.user.name,
            viewer.user.display_name,
            "\n".join(f"{role}@{place}" for role, place in viewer.grants),
        )
    Console().print(table)


@command.command
@click.argument("name")
@click.password_option(help="Asked for when it is left out.")
@database_option
def password(name: str, password: str, database: str) -> None:
    """Give NAME a new password; sessions opened with the old one end."""
    with opened(database) as runtime, runtime.database.begin() as session:
        people.set_password(session, name, password, COMMAND, runtime.clock.now())
    click.echo(f"new password for {name}")
