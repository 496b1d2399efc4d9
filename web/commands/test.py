"""`fangfan test`: plays the scenarios, that is what must happen in the procedure as drawn."""

from collections.abc import Mapping
from pathlib import Path

import click
from rich.progress import track

from engine import scenarios
from engine.feel import Evaluator
from web import rehearsal
from web.commands.files import collect, read


@click.command
@click.argument("path", default=rehearsal.SCENARIOS, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--drawings",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Files or folders to try instead of the procedure as shipped.",
)
def command(path: Path, drawings: tuple[Path, ...]) -> None:
    """Play the scenarios of PATH (a file or a folder) on a moved clock; exit 1 when one does not come out as written."""
    found = scenarios.read(path / "scenarios" if (path / "scenarios").is_dir() else path)
    resources = read(collect(drawings)) if drawings else None
    failed = [outcome for outcome in _play(found, resources) if not outcome.passed]
    for outcome in failed:
        click.echo(f"✗ {outcome.scenario.name}（第{outcome.step}步）：{outcome.problem}")
    click.echo(f"{len(found) - len(failed)} passed, {len(failed)} failed")
    raise SystemExit(1 if failed else 0)


def _play(found: list[scenarios.Scenario], resources: Mapping[str, bytes] | None) -> list[scenarios.Outcome]:
    evaluator = Evaluator()
    try:
        with rehearsal.stage(evaluator, resources) as stage:
            return [scenarios.play(stage, each) for each in track(found, "playing", transient=True)]
    finally:
        evaluator.close()
