"""The files of a bundle, as a command finds them on the disk."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

KINDS = (".bpmn", ".bpmn2", ".dmn", ".form", ".html")
_MODEL = b"http://www.omg.org/spec/BPMN/20100524/MODEL"
_HEAD = 4096
path_arguments = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)


class Files(Mapping[str, bytes]):
    """Files by the path that they were found at, each read when it is asked for."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = {str(path): path for path in paths}

    def __getitem__(self, name: str) -> bytes:
        return self._paths[name].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def find(paths: tuple[Path, ...]) -> list[Path]:
    """Every drawing, rule, form and sheet under `paths`, and each file that is named itself."""
    found: dict[Path, None] = {}
    for path in paths:
        files = sorted(p for p in path.rglob("*") if _belongs(p)) if path.is_dir() else [path]
        found.update(dict.fromkeys(files))
    if not found:
        raise click.UsageError(f"no {', '.join(KINDS)} file in {', '.join(map(str, paths))}")
    return list(found)


def collect(paths: tuple[Path, ...]) -> dict[str, Path]:
    """What `find` finds, by file name: a bundle, in which a name may stand for one file only."""
    found: dict[str, Path] = {}
    for file in find(paths):
        if not _belongs(file):
            raise click.UsageError(f"{file} is none of {', '.join(KINDS)}")
        if found.setdefault(file.name, file) != file:
            raise click.UsageError(f"{file} and {found[file.name]} have the same name")
    return found


def read(files: dict[str, Path]) -> dict[str, bytes]:
    """The files' bytes by name, as a deployment takes them."""
    return {name: path.read_bytes() for name, path in files.items()}


def _belongs(path: Path) -> bool:
    """Whether a file is of a kind that is deployed; other makers save drawings as `.xml` too."""
    if not path.is_file():
        return False
    if path.suffix.lower() != ".xml":
        return path.suffix.lower() in KINDS
    with path.open("rb") as file:
        return _MODEL in file.read(_HEAD)
