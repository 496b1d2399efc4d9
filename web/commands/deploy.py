"""`fangfan deploy`: puts drawings, rules, forms and sheets into force."""

from pathlib import Path

import click

from engine import deployments
from web.commands.files import collect, path_arguments, read
from web.commands.opening import database_option, opened


@click.command
@path_arguments
@click.option("--note", default="", help="What changed, and why.")
@database_option
def command(paths: tuple[Path, ...], note: str, database: str) -> None:
    """Check PATHS as one bundle and deploy it; new cases follow it, running ones stay on their version."""
    resources = read(collect(paths))
    with opened(database) as runtime, runtime.database.begin() as session:
        deployment = deployments.deploy(runtime, session, resources, "command line", note=note)
        click.echo(f"deployed {len(resources)} files as {deployment.key}")
