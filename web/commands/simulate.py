"""`fangfan simulate`: lives a county's year through the engine, and tells whether everything agrees at its end."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from web.commands.opening import opened, refuse_used
from web.simulation import DAYS, Lived, live

FEW = 20
"""How many of what is wrong of one sort is told."""


@click.command
@click.option("--year", type=click.IntRange(2020, 2100), default=2020, show_default=True)
@click.option("--households", type=click.IntRange(8, 100_000), default=200, show_default=True)
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    help="Of stories and chances; a supervision's lots differ.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--database",
    metavar="URL",
    help="An EMPTY database to live it in, kept. Default: a new SQLite file, gone afterwards.",
)
def command(year: int, households: int, seed: int, as_json: bool, database: str | None) -> None:
    """Live a made-up county's year on a moved clock: applications, visits, screenings, comparisons, measures, deadlines,
    exits. Exit 1 when a case has an incident or stands where no case may, or a ledger contradicts the cases' histories."""
    with _place(database) as url, opened(url) as runtime, Progress(transient=True) as progress:
        bar = progress.add_task(f"living {year}", total=DAYS)
        lived = live(runtime, year, households, seed, lambda day: progress.update(bar, completed=day))
    if as_json:
        click.echo(json.dumps(asdict(lived), ensure_ascii=False))
    else:
        _show(lived)
    raise SystemExit(0 if lived.sound else 1)


@contextmanager
def _place(database: str | None) -> Iterator[str]:
    if database:
        refuse_used(database)
        yield database
        return
    with tempfile.TemporaryDirectory(prefix="fangfan-simulate-") as folder:
        yield f"sqlite:///{folder}/year.sqlite"


def _show(lived: Lived) -> None:
    console = Console()
    table = Table("process", "outcome", "count")
    for process, outcomes in lived.outcomes.items():
        for outcome, count in outcomes.items():
            table.add_row(process, outcome, str(count))
    console.print(table)
    table = Table("compared", "differences")
    for name, found in lived.differences.items():
        table.add_row(name, str(len(found)))
    table.add_row("cases in no lawful state", str(len(lived.unlawful)))
    table.add_row("incidents", str(lived.incidents))
    console.print(table)
    for found in (lived.unlawful, *lived.differences.values()):
        for line in found[:FEW]:
            click.echo(line)
    click.echo(
        f"{lived.households} households, {lived.steps} steps in {lived.seconds} s, {lived.megabytes} MB"
    )
