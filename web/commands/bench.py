"""`fangfan bench`: what the main deeds cost on this machine."""

import json
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from web.commands.opening import refuse_used

WHAT = {
    "step": "web.bench.step",
    "print": "web.bench.prints",
    "comparison": "web.bench.comparison",
    "county": "web.bench.county",
    "drawing": "web.bench.drawing",
    "worklist": "web.bench.worklist",
    "timers": "web.bench.timers",
    "watch": "web.bench.watch",
    "replay": "web.bench.replay",
}


@click.command
@click.argument("what", required=False, type=click.Choice(list(WHAT)))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each measure.")
@click.option(
    "--database",
    metavar="URL",
    help="An EMPTY database to measure on. Default: a new SQLite file, gone afterwards.",
)
def command(what: str | None, as_json: bool, database: str | None) -> None:
    """Measure WHAT (all when it is not said); ratios are of one run, milliseconds are this machine's."""
    for name in [what] if what else list(WHAT):
        if database:
            refuse_used(database)
        measure: Callable[[str | None], Mapping[str, Any]] = import_module(WHAT[name]).measure
        told = measure(database)
        click.echo(json.dumps(told, ensure_ascii=False)) if as_json else _show(name, told)


def _show(name: str, told: Mapping[str, Any]) -> None:
    table = Table("figure", "value", title=name)
    for figure, value in _flat(told):
        table.add_row(figure, str(value))
    Console().print(table)


def _flat(told: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for figure, value in told.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{figure} ")
        else:
            yield f"{before}{figure}", value
