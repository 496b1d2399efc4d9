"""The files of a bundle, as a command finds them on the disk."""

from pathlib import Path

import click

KINDS = (".bpmn", ".dmn", ".form", ".html")
path_arguments = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)


def collect(paths: tuple[Path, ...]) -> dict[str, Path]:
    """Every drawing, rule, form and sheet under `paths`, by file name; a name may stand for one file only."""
    found: dict[str, Path] = {}
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.suffix in KINDS) if path.is_dir() else [path]
        for file in files:
            if file.suffix not in KINDS:
                raise click.UsageError(f"{file} is none of {', '.join(KINDS)}")
            if found.setdefault(file.name, file) != file:
                raise click.UsageError(f"{file} and {found[file.name]} have the same name")
    if not found:
        raise click.UsageError(f"no {', '.join(KINDS)} file in {', '.join(map(str, paths))}")
    return found


def read(files: dict[str, Path]) -> dict[str, bytes]:
    """The files' bytes by name, as a deployment takes them."""
    return {name: path.read_bytes() for name, path in files.items()}
