"""Which heading means which fact: data, kept by name and year in `registry/data/columns/*.yaml`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from registry.imports.sheets import BadSheet, Grid, refuse_merged

HEADER_WITHIN = 5
"""A title and a note may stand above the headings."""


@dataclass(frozen=True)
class Columns:
    """A kind of sheet: `headings` by fact, the facts that it must have, and its own words for our values."""

    name: str
    year: int
    required: Sequence[str]
    headings: Mapping[str, Sequence[str]]
    values: Mapping[str, Mapping[str, str]]
    covers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of a column of measures: how the codes of the measures begin that it stands for when it is written."""
    read_only: Sequence[str] = ()
    """Facts that are read from such a sheet, but not written into one."""

    @property
    def written(self) -> dict[str, str]:
        """The headings that a sheet is written with, by fact."""
        return {fact: names[0] for fact, names in self.headings.items() if fact not in self.read_only}


@dataclass(frozen=True)
class Table:
    """Rows below the headings: `(row number as Excel shows it, {fact: cell})`."""

    columns: Columns
    facts: frozenset[str]
    rows: Sequence[tuple[int, Mapping[str, Any]]]


@cache
def kinds() -> tuple[Columns, ...]:
    """The kinds of sheets that are known, newest first."""
    folder = files("registry") / "data" / "columns"
    found = [read(file.read_text("utf-8")) for file in folder.iterdir()]
    return tuple(sorted(found, key=lambda columns: -columns.year))


def read(text: str) -> Columns:
    """A kind of sheet as its file tells it."""
    told = yaml.safe_load(text)
    return Columns(
        told["name"],
        told["year"],
        told["required"],
        told["columns"],
        told.get("values", {}),
        told.get("covers", {}),
        told.get("read_only", ()),
    )


def find(grids: Sequence[Grid], known: Sequence[Columns] = ()) -> Table:
    """The first table whose headings are those of a kind, of `known` or else of the national system's export.

    BadSheet names the headings that are missing.
    """
    nearest: list[str] = []
    known = known or kinds()
    for grid in grids:
        for columns in known:
            for number, row in enumerate(grid.rows[:HEADER_WITHIN]):
                at = places(columns, row)
                missing = [columns.headings[fact][0] for fact in columns.required if fact not in at]
                if not missing:
                    return _table(grid, columns, number, at)
                if len(missing) < len(columns.required) and (not nearest or len(missing) < len(nearest)):
                    nearest = missing
    if nearest:
        raise BadSheet("missing_columns", "表格缺少这些列：{columns}。", columns="、".join(nearest))
    raise BadSheet("unknown_sheet", "没有找到表头：前五行中没有“{name}”的列名。", name=known[0].name)


def places(columns: Columns, row: Sequence[Any]) -> dict[str, int]:
    """Where each fact stands in a row of headings."""
    at = {_heading(cell): place for place, cell in reversed(list(enumerate(row)))}
    return {
        fact: at[_heading(heading)]
        for fact, headings in columns.headings.items()
        for heading in reversed(headings)
        if _heading(heading) in at
    }


def _heading(cell: Any) -> str:
    """A heading as it is compared: without space, line breaks and the star of a required column."""
    return "".join(str(cell).split()).strip("*＊")


def _table(grid: Grid, columns: Columns, header: int, places: Mapping[str, int]) -> Table:
    refuse_merged(grid, header)
    rows = [
        (
            header + offset + 2,
            {fact: row[place] if place < len(row) else "" for fact, place in places.items()},
        )
        for offset, row in enumerate(grid.rows[header + 1 :])
        if any(cell not in ("", None) for cell in row)
    ]
    if not rows:
        raise BadSheet("no_rows", "表头下面没有数据。")
    _no_numbers_for_ids(columns, rows)
    return Table(columns, frozenset(places), rows)


def _no_numbers_for_ids(columns: Columns, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Excel keeps 15 digits of a number: an 18-digit ID number stored as one has lost its end for good."""
    for fact in ("member.id_number", "household.account", "household.national_number"):
        if fact not in columns.headings:
            continue
        refuse_lost(columns.headings[fact][0], ((number, row.get(fact)) for number, row in rows))


def refuse_lost(heading: str, cells: Iterable[tuple[int, Any]]) -> None:
    """BadSheet where a column of numbers that name something (`cells`: row and cell) was kept as numbers."""
    lost = [number for number, cell in cells if lost_its_end(cell)]
    if lost:
        raise BadSheet(
            "ids_as_numbers",
            "“{column}”列有 {count} 个号码存成了数字（第一个在第 {row} 行），末几位已丢失。请把该列设为文本，从原系统重新导出。",
            column=heading,
            count=len(lost),
            row=lost[0],
        )


def lost_its_end(cell: Any) -> bool:
    """Whether a cell is a number of more digits than a spreadsheet keeps."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return abs(cell) >= 1e15
    return isinstance(cell, str) and "E+" in cell.upper() and cell[:1].isdigit()
