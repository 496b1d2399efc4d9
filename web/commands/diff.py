"""`fangfan diff`: how files differ from others, or from what is in force."""

from pathlib import Path

import click

from engine import difference, drafts
from engine.difference import Change, words
from web.commands.opening import database_option, opened

KINDS = (".bpmn", ".dmn", ".form", ".html", ".yaml")


@click.command
@click.argument("before", type=click.Path(exists=True, path_type=Path))
@click.argument("after", type=click.Path(exists=True, path_type=Path), required=False)
@database_option
def command(before: Path, after: Path | None, database: str) -> None:
    """Tell in words how BEFORE and AFTER (files or folders) differ; with BEFORE alone, how it differs from what is in force.

    Exit 1 when something differs.
    """
    new = read(after or before)
    if after is None:
        with opened(database) as runtime, runtime.database.read() as session:
            old = {name: data for name in new if (data := drafts.in_force(session, name)) is not None}
    else:
        old = read(before)
    changes = difference.between(old, new)
    for change in changes:
        click.echo("\n".join(tell(change)))
    raise SystemExit(1 if changes else 0)


def read(path: Path) -> dict[str, bytes]:
    """The drawings, rules, forms, sheets and settings directly in a folder, or the one file, by name."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return {file.name: file.read_bytes() for file in files if file.suffix in KINDS}


def tell(change: Change) -> list[str]:
    """A change as lines: what happened to what, then each fact before and after."""
    lines = [f"{change.file}:{change.id}: {words.WHATS[change.what]}{words.sort(change)} {change.name}"]
    for part in change.parts:
        called, rest = words.part(part)
        lines += [f"    {called.format(rest=rest)}: {part.before or ''} → {part.after or ''}"]
    return lines
