"""`fangfan deploy`: puts drawings, rules, forms and sheets into force."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from engine import deployments, drafts, enactments
from engine.clock import SHANGHAI
from engine.grounds import Grounds
from engine.runtime import Runtime
from web import founding
from web.commands.files import collect, path_arguments, read
from web.commands.migrate import go_over
from web.commands.opening import all_processes_option, database_option, opened

ACTOR = "command line"
DAY = click.DateTime(["%Y-%m-%d"])


@click.command
@path_arguments
@click.option("--note", default="", help="What changed, and why.")
@click.option("--document", default="", help="The number of the document that it rests on (文号).")
@click.option("--document-date", type=DAY, help="The document's day, as 2020-07-01.")
@click.option(
    "--from", "since", type=DAY, help="The day from which it is in force, in Shanghai; at once without."
)
@click.option(
    "--migrate", is_flag=True, help="Then let running cases go over to the new versions, where they can."
)
@all_processes_option
@database_option
def command(
    paths: tuple[Path, ...],
    note: str,
    document: str,
    document_date: datetime | None,
    since: datetime | None,
    migrate: bool,
    all_processes: bool,
    database: str,
) -> None:
    """Check PATHS as one bundle and deploy it; new cases follow it, running ones stay on their version.

    The first time this also founds the county: its areas, and the dated settings (of a settings.yaml in PATHS, else as they
    come with the program). Settings that are known already are left alone.

    With --from, and where a dated setting asks for a second administrator, the files become a draft that waits: it is seen,
    approved and withdrawn in the studio.
    """
    resources = read(collect(paths))
    grounds = Grounds(note, document, document_date.date() if document_date else None)
    with opened(database) as runtime:
        with runtime.database.begin() as session:
            founding.found(session, ACTOR, runtime.clock.now(), _settings(paths))
            if since is not None or _waits(runtime, session):
                if migrate or all_processes:
                    raise click.UsageError("--migrate and --all-processes go with what takes force at once")
                _ask(runtime, session, resources, grounds, since)
                return
            deployment = deployments.deploy(
                runtime, session, resources, ACTOR, grounds, all_processes=all_processes
            )
            processes = [each.id for each in deployments.defined(session, resources, "process")]
        click.echo(f"deployed {len(resources)} files as {deployment.key}")
        for process in processes if migrate else ():
            go_over(runtime, process)


def _waits(runtime: Runtime, session: Session) -> bool:
    """Whether somebody has to approve; the first deployment founds the county, which has no administrators yet."""
    return deployments.latest(session) != 0 and enactments.second_asked(session, runtime.clock.now())


def _ask(
    runtime: Runtime,
    session: Session,
    resources: Mapping[str, bytes],
    grounds: Grounds,
    since: datetime | None,
) -> None:
    now = runtime.clock.now()
    draft = drafts.of_files(session, grounds.note or "fangfan deploy", resources, ACTOR, now)
    due = since.replace(tzinfo=SHANGHAI).astimezone(UTC) if since else None
    enactments.ask(runtime, session, draft, ACTOR, grounds, due)
    asked = enactments.of(session, draft)
    told = [f"{len(drafts.files(session, draft))} files are a draft, {draft.key}"]
    if asked is not None and enactments.unapproved(session, asked, now):
        told.append("which an administrator has to approve in the studio")
    if since is not None:
        told.append(f"in force from {since:%Y-%m-%d} on")
    click.echo("; ".join(told))


def _settings(paths: tuple[Path, ...]) -> Path:
    given = [path / "settings.yaml" for path in paths if (path / "settings.yaml").is_file()]
    return given[0] if given else founding.SETTINGS
