"""`fangfan import`: takes over what a county already has in other systems."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import track
from sqlalchemy.orm import Session

from engine import deployments
from engine.runtime import Runtime
from registry import areas, comparison, history
from registry.imports import BadSheet, Report, Sheet, as_xlsx, joined, read_sheet
from registry.imports.report import ACCEPTED, DOUBTED, REFUSED, UNCHANGED
from web import founding, takeover
from web.commands.opening import database_option, opened

ACTOR = "command line"


@click.group
def command() -> None:
    """Read sheets of other systems."""


@command.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--area", default=areas.ROOT, show_default=True, help="Take only households within this area path."
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write what became of each household to this xlsx file.",
)
@database_option
def households(file: Path, area: str, report_file: Path | None, database: str) -> None:
    """Import households from FILE, an xlsx or csv in the columns of the national system's export.

    Households that are monitored there become running cases at their stage. The same sheet twice changes nothing.
    Exit status 1 when a household was refused.
    """
    try:
        sheet = read_sheet(file.read_bytes())
    except BadSheet as bad:
        raise click.ClickException(str(bad)) from bad
    with opened(database) as runtime:
        _prepare(runtime)
        parts = list(sheet.parts())
        done = [_take(runtime, part, area) for part in track(parts, "Importing", disable=len(parts) < 2)]
    report, started = joined(each for each, _ in done), sum(count for _, count in done)
    _tell(report, started)
    if report_file:
        report_file.write_bytes(as_xlsx(report))
        click.echo(f"report: {report_file}")
    raise SystemExit(1 if report.count(REFUSED) else 0)


@command.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--area", default=areas.ROOT, show_default=True, help="Compare only households within this area path."
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write what became of each row to this xlsx file.",
)
@database_option
def department(file: Path, area: str, report_file: Path | None, database: str) -> None:
    """Compare a department's sheet FILE, xlsx or csv, with the registry, for the quarter of today.

    Each hidden problem is kept for the quarter's comparison, which hands it out to be checked. The same sheet twice
    changes nothing. Exit status 1 when a row was refused.
    """
    with opened(database) as runtime:

        @contextmanager
        def begin() -> Iterator[Session]:
            with runtime.database.begin() as session:
                history.act(session, ACTOR, runtime.clock.now())
                yield session

        try:
            sheet = comparison.open_sheet(file)
            done = comparison.compare(begin, sheet, area)
            parts = track(done, "Comparing", total=sheet.parts_expected(), transient=True)
            if report_file:
                comparison.as_xlsx(parts, report_file)
            else:
                deque(parts, maxlen=0)
        except BadSheet as bad:
            raise click.ClickException(str(bad)) from bad
    counts = done.counts
    click.echo(
        f"{sheet.kind.name}：{counts.rows} 行，{counts.matched} 行对上户档，{counts.doubted} {DOUBTED}，"
        f"{counts.refused} {REFUSED}；隐患 {counts.problems} 项，其中新发现 {counts.new_problems} 项"
    )
    if report_file:
        click.echo(f"report: {report_file}")
    raise SystemExit(1 if counts.refused else 0)


def _prepare(runtime: Runtime) -> None:
    """Areas and settings are there; the drawing that takes cases over is deployed (NotFound)."""
    with runtime.database.begin() as session:
        founding.found(session, ACTOR, runtime.clock.now())
        deployments.definition(session, "process", takeover.PROCESS)


def _take(runtime: Runtime, part: Sheet, area: str) -> tuple[Report, int]:
    """One part, in a transaction of its own."""
    with runtime.database.begin() as session:
        return takeover.take(runtime, session, part, area, ACTOR)


def _tell(report: Report, started: int) -> None:
    rows: Sequence[str] = [f"{report.count(s)} {s}" for s in (ACCEPTED, UNCHANGED, DOUBTED, REFUSED)]
    click.echo(f"{report.columns}：{'，'.join(rows)}；{started} 户接管为在办案件")
    for row in report.rows:
        for reason in row.reasons:
            click.echo(f"{'、'.join(map(str, row.numbers))}行 {row.head_name} {row.status}：{reason}")
