"""`fangfan export`: what the registry holds, as sheets for others."""

from pathlib import Path

import click

from registry import areas, ledger, national
from registry.errors import Impossible
from web.commands.opening import database_option, opened
from web.words import in_shanghai


@click.group
def command() -> None:
    """Write sheets for others."""


@command.command(name="ledger")
@click.option(
    "--area", default=areas.ROOT, show_default=True, help="Take only households within this area path."
)
@click.option(
    "--columns", help="Keys of columns, by commas, or the name of a column set. Default: the first set."
)
@click.option(
    "--state",
    type=click.Choice(ledger.STATES),
    default=ledger.STATES[0],
    show_default=True,
    help="Which households.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the xlsx goes.",
)
@database_option
def ledger_(area: str, columns: str | None, state: str, output: Path, database: str) -> None:
    """Write the ledger of monitored households as xlsx; ID numbers and accounts are masked."""
    of = ledger.monitored()
    try:
        keys = of.sets.get(columns or next(iter(of.sets))) or [
            key.strip() for key in (columns or "").split(",")
        ]
        chosen = of.chosen(keys)
    except Impossible as error:
        raise click.UsageError(f"{error} {', '.join(of.by_key)}") from error
    with opened(database) as runtime:
        today = in_shanghai(runtime.clock.now()).date()
        wanted = ledger.Wanted(chosen, today, within=area, state=state, sort="village", known=of.by_key)
        with runtime.database.read() as session:
            rows = list(ledger.rows(session, wanted))
            versions = ledger.versions(session, [row["key"] for row in rows])
    output.write_bytes(ledger.as_xlsx(of.name, chosen, rows, versions))
    click.echo(f"{output}: {len(rows)} 户")


@command.command(name="national")
@click.option(
    "--area", default=areas.ROOT, show_default=True, help="Take only households within this area path."
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the xlsx goes.",
)
@database_option
def national_(area: str, output: Path, database: str) -> None:
    """Write the monitored households as xlsx in the columns of the national system, ID numbers in full."""
    with opened(database) as runtime, runtime.database.read() as session:
        data, count = national.as_xlsx(session, area)
    output.write_bytes(data)
    click.echo(f"{output}: {count} 户")
