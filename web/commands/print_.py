"""`fangfan print`: a sheet of a case as PDF, as far as the case has come."""

from pathlib import Path

import click

from engine import instances
from web import prints
from web.commands.opening import database_option, opened


@click.command
@click.argument("case", type=click.IntRange(1, 2**63 - 1))
@click.argument("form")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the PDF goes.",
)
@database_option
def command(case: int, form: str, output: Path, database: str) -> None:
    """Print the sheet FORM (application, verification, …) of the case with the key CASE."""
    with opened(database) as runtime:
        with runtime.database.read() as session:
            html = prints.of_case(runtime, session, instances.get(session, case), form)
        output.write_bytes(prints.pdf(html))
    click.echo(f"{output}: {output.stat().st_size:,} bytes")
