"""The command line. A command is a file of its own here, imported when it is asked for."""

from importlib import import_module

import click

from engine.errors import Refusal
from web import log

# The command's name, and the module whose `command` it is.
MODULES = {
    "serve": "serve",
    "worker": "worker",
    "lint": "lint",
    "deploy": "deploy",
    "migrate": "migrate",
    "diff": "diff",
    "test": "test",
    "user": "user",
    "token": "token",
    "import": "import_",
    "export": "export",
    "print": "print_",
    "journal": "journal",
    "check": "check",
    "backup": "backup",
    "restore": "restore",
    "simulate": "simulate",
    "bench": "bench",
}


class Commands(click.Group):
    """Finds commands by name; a refusal of the program ends it with its sentence, never with a stack trace."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = MODULES.get(cmd_name)
        return import_module(f"web.commands.{module}").command if module else None

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(told(refusal)) from refusal


def told(refusal: Refusal) -> str:
    """A refusal: what is wrong and how to mend it, then each fault of a drawing or field on a line of its own."""
    sentences = [part.format(**refusal.params) for part in (refusal.message, refusal.mend) if part]
    faults = [f"{f.file}:{f.element_id or ''}: {f.text}" for f in getattr(refusal, "findings", ())]
    faults += [each.text for each in getattr(refusal, "obstacles", ())]
    fields = [f"{field}: {message}" for field, message in getattr(refusal, "errors", {}).items()]
    return "\n".join([" ".join(sentences), *faults, *fields])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fangfan", prog_name="fangfan")
def main() -> None:
    """防返: runs a county's casework as it is drawn.

    Settings may come from the environment: FANGFAN_DATABASE for --database, FANGFAN_PORT for --port, and so on.
    """
    log.configure()
