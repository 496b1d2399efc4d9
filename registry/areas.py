"""The tree of areas: Jilin City, its county-level units and zones, and (fictional) townships and villages."""

import csv
from collections.abc import Iterator
from importlib.resources import files

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from registry.models import Area

LEVELS = ("city", "county", "township", "village")
ROOT = "2202/"


def load(session: Session) -> int:
    """Bring the table to what `registry/data/areas.csv` says; returns how many areas were added.

    Names are brought to date; an area that the file no longer has stays, since households may lie in it.
    """
    known = {area.path: area for area in session.scalars(select(Area))}
    added = 0
    for row in _rows():
        area = known.get(row.path)
        if area is None:
            session.add(row)
            added += 1
        else:
            area.name, area.local, area.fictional = row.name, row.local, row.fictional
    session.flush()
    return added


def _rows() -> Iterator[Area]:
    text = (files("registry") / "data" / "areas.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield Area(
            path=row["path"],
            code=row["code"],
            parent=parent(row["path"]),
            name=row["name"],
            level=row["level"],
            local=row["local"] == "1",
            fictional=row["fictional"] == "1",
        )


def parent(path: str) -> str | None:
    """The path of the area above; None for the city."""
    above = path.rstrip("/").rpartition("/")[0]
    return above + "/" if above else None


def ancestors(path: str) -> list[str]:
    """The paths from the city down to `path` itself."""
    parts = path.strip("/").split("/")
    return ["/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def within(column: InstrumentedAttribute[str], path: str) -> ColumnElement[bool]:
    """SQL: the area in `column` is `path` or lies below it. A range, so that an index on the column serves it."""
    return column.between(path, path + "~")


def names(session: Session, path: str) -> list[str]:
    """Names from the county down (县, 乡, 村); the city is left out, unless it is the area itself."""
    found = session.execute(select(Area.path, Area.name).where(Area.path.in_(ancestors(path)))).all()
    ordered = [name for _, name in sorted((row.path, row.name) for row in found)]
    return ordered[1:] or ordered


def get(session: Session, path: str) -> Area | None:
    """The area at `path`."""
    return session.get(Area, path)


def full_names(session: Session) -> dict[str, str]:
    """Path → names from the county down (蛟河市 青禾镇 望山村) of every area, in the tree's order."""
    named = {area.path: area.name for area in session.scalars(select(Area).order_by(Area.path))}
    return {
        path: " ".join(named[above] for above in ancestors(path)[1:]) or name for path, name in named.items()
    }


def below(session: Session, path: str, level: str | None = None) -> list[Area]:
    """The areas within `path`, itself too, in the tree's order; of one `level` if given."""
    query = select(Area).where(within(Area.path, path)).order_by(Area.path)
    return list(session.scalars(query.where(Area.level == level) if level else query))


def labels(session: Session, path: str) -> list[dict[str, str]]:
    """The villages within `path` as a form offers them: `[{label: 蛟河市 青禾镇 望山村, value: path}]`."""
    named = full_names(session)
    return [{"label": named[area.path], "value": area.path} for area in below(session, path, "village")]
