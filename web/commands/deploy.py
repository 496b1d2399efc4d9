"""`fangfan deploy`: puts drawings, rules, forms and sheets into force."""

from pathlib import Path

import click

from engine import deployments
from web import founding
from web.commands.files import collect, path_arguments, read
from web.commands.migrate import go_over
from web.commands.opening import all_processes_option, database_option, opened


@click.command
@path_arguments
@click.option("--note", default="", help="What changed, and why.")
@click.option(
    "--migrate", is_flag=True, help="Then let running cases go over to the new versions, where they can."
)
@all_processes_option
@database_option
def command(paths: tuple[Path, ...], note: str, migrate: bool, all_processes: bool, database: str) -> None:
    """Check PATHS as one bundle and deploy it; new cases follow it, running ones stay on their version.

    The first time this also founds the county: its areas, and the dated settings (of a settings.yaml in PATHS, else as they
    come with the program). Settings that are known already are left alone.
    """
    resources = read(collect(paths))
    with opened(database) as runtime:
        with runtime.database.begin() as session:
            founding.found(session, "command line", runtime.clock.now(), _settings(paths))
            deployment = deployments.deploy(
                runtime, session, resources, "command line", note=note, all_processes=all_processes
            )
            processes = [each.id for each in deployments.defined(session, resources, "process")]
        click.echo(f"deployed {len(resources)} files as {deployment.key}")
        for process in processes if migrate else ():
            go_over(runtime, process)


def _settings(paths: tuple[Path, ...]) -> Path:
    given = [path / "settings.yaml" for path in paths if (path / "settings.yaml").is_file()]
    return given[0] if given else founding.SETTINGS
