"""`fangfan migrate`: running cases go over to another version of their drawing."""

import time
from collections.abc import Sequence

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import background, deployments, migration
from engine.migration import Mapping, batch
from engine.models.deployments import Definition
from engine.models.instances import Instance
from engine.runtime import Runtime
from web.commands.opening import database_option, opened

ACTOR = "command line"


@click.command
@click.argument("process")
@click.option("--from", "left", type=int, help="The version to leave.  [default: all others]")
@click.option("--to", type=int, help="The version to go over to.  [default: the latest]")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="OLD=NEW",
    help="Which element is which, beyond what is proposed.",
)
@click.option(
    "--anew",
    multiple=True,
    metavar="ELEMENT",
    help="A timer that begins anew instead of keeping its due moment.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would carry on, stay, or need a choice.")
@click.option("--undo", is_flag=True, help="Take back the cases that have not moved on since they went over.")
@database_option
def command(
    process: str,
    left: int | None,
    to: int | None,
    pairs: tuple[str, ...],
    anew: tuple[str, ...],
    dry_run: bool,
    undo: bool,
    database: str,
) -> None:
    """Let the running cases of PROCESS go over to another version, where they stand.

    What is the same by id, name or neighbours is found by itself. Tasks keep who has them and their drafts, timers their due
    moment. A case of which something has no place stays on its version, and is told.
    """
    changes: dict[str, str | None] = {
        old: new or None for old, _, new in (pair.partition("=") for pair in pairs)
    }
    with opened(database) as runtime:
        go_over(runtime, process, left, to, changes, anew, dry_run=dry_run, undo=undo)


def go_over(
    runtime: Runtime,
    process: str,
    left: int | None = None,
    to: int | None = None,
    changes: dict[str, str | None] | None = None,
    anew: Sequence[str] = (),
    *,
    dry_run: bool = False,
    undo: bool = False,
) -> None:
    """Tell the plan for each version that is left and, unless it is a dry run, carry it out. NotFound."""
    with runtime.database.read() as session:
        target = deployments.definition(session, "process", process, version=to)
        leaving = [v for v in _versions(session, process, left) if v.key != target.key]
    for version in leaving:
        with runtime.database.read() as session:
            old, new = deployments.process(session, version.key), deployments.process(session, target.key)
            proposed = migration.propose(old, new).but(changes or {})
            mapping = Mapping(proposed.elements, frozenset(anew))
            plan = migration.plan(session, version.key, target.key, mapping)
        title = f"{process} v{version.version} → v{target.version}"
        if undo:
            click.echo(f"{title}: taking back")
            _carry_out(runtime, "migrate_back", batch.arguments(version.key, target.key, mapping))
        elif plan.moving + plan.staying:
            click.echo(f"{title}: {plan.moving} go over, {plan.staying} stay")
            _tell(plan)
            if not dry_run and plan.moving:
                _carry_out(runtime, "migrate", batch.arguments(version.key, target.key, mapping))


def _versions(session: Session, process: str, version: int | None) -> list[Definition]:
    if version is not None:
        return [deployments.definition(session, "process", process, version=version)]
    found = sa.select(Definition).where(Definition.kind == "process", Definition.id == process)
    used = sa.select(Instance.definition_key)
    return list(session.scalars(found.where(Definition.key.in_(used)).order_by(Definition.version)))


def _tell(plan: migration.Plan) -> None:
    for position in plan.positions:
        how = {"carries_on": f"→ {position.target}", "stays": "stays", "needs_choice": "needs a choice"}[
            position.verdict
        ]
        why = f" ({position.obstacle.text})" if position.obstacle else ""
        click.echo(f"  {position.element} {position.name}: {position.cases} cases {how}{why}")


def _carry_out(runtime: Runtime, kind: str, arguments: dict[str, object]) -> None:
    """Do the job here, unless a worker was quicker: then wait for it."""
    with runtime.database.begin() as session:
        key = background.start(session, kind, arguments, ACTOR)
    background.run(runtime, key)
    while True:
        with runtime.database.read() as session:
            told = background.get(session, key)
        if told.is_over:
            break
        time.sleep(0.5)
    if told.error:
        raise click.ClickException(told.error["message"].format(**told.error["params"]))
    click.echo(f"  {told.result['moved']} done, {told.result['stayed']} stayed")
    for case, why in told.result["reasons"]:
        click.echo(f"  {case}: {why}")
