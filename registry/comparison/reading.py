"""Reads a department's sheet, xlsx or csv, part by part: a csv of any length never lies in memory whole."""

import codecs
import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from registry.comparison.kinds import ID_NUMBER, Kind, kinds
from registry.imports import cells
from registry.imports.archive import BadArchive, inspect
from registry.imports.columns import HEADER_WITHIN, lost_its_end, places
from registry.imports.sheets import MAX_COLUMNS, BadSheet, Grid, refuse_merged

PART = 50_000
"""Rows that are compared at a time."""
MAX_ROWS = 1_048_576
"""What an xlsx can hold."""
MAX_CSV = 1 << 30
_PROBE = 1 << 20
_BROKEN = ("broken", "文件已损坏，或者不是 xlsx 表格，请用 Excel 或 WPS 打开后另存再导入。")

NUMBER, LOST = "number", "lost"
"""Columns of a part besides the facts: the row as Excel counts it, and whether its ID number was kept as a number."""


@dataclass(frozen=True)
class Opened:
    """A sheet whose kind is known. `rows` is about how many it has, for a progress bar."""

    path: Path
    kind: Kind
    sha256: str
    rows: int

    def parts_expected(self) -> int:
        """In about how many parts it is compared."""
        return max(1, -(-self.rows // PART))

    def parts(self) -> Iterator[pl.DataFrame]:
        """Its rows below the headings, so many at a time: a text column for each fact, `number`, `lost`. BadSheet."""
        rows = _rows(self.path)
        head, at = _headings(self.kind, rows)
        counted = enumerate(rows, head + 1)
        while part := list(islice(counted, PART)):
            yield _frame(self.kind, at, part)


def open_sheet(path: Path) -> Opened:
    """The sheet in a file; what kind it is, is told by its headings. BadSheet."""
    beginning = list(islice(_rows(path), HEADER_WITHIN))
    if not beginning:
        raise BadSheet("empty", "文件是空的。")
    for kind in kinds():
        if _found(kind, beginning):
            _refuse_merged(path, _headings(kind, iter(beginning))[0])
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Opened(path, kind, digest, _about(path, beginning))
    names = "、".join(kind.columns.name for kind in kinds())
    raise BadSheet(
        "unknown_sheet", "没有找到表头：前五行中没有已知的部门数据表的列名（{names}）。", names=names
    )


def _about(path: Path, beginning: Sequence[Sequence[Any]]) -> int:
    """About how many rows: by the length of the last of the beginning. A packed row takes about a fifth."""
    length = len(",".join(map(str, beginning[-1])).encode())
    with path.open("rb") as file:
        packed = file.read(2) == b"PK"
    return int(path.stat().st_size / max(1, length) * (5 if packed else 1))


def _found(kind: Kind, beginning: Sequence[Sequence[Any]]) -> bool:
    return any(set(kind.columns.required) <= places(kind.columns, row).keys() for row in beginning)


def _headings(kind: Kind, rows: Iterator[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """The row of the headings, counted from 1, and where each fact stands."""
    for number, row in enumerate(islice(rows, HEADER_WITHIN), 1):
        at = places(kind.columns, row)
        if set(kind.columns.required) <= at.keys():
            return number, at
    raise BadSheet("unknown_sheet", "没有找到表头。")


def _frame(kind: Kind, at: dict[str, int], part: Sequence[tuple[int, Sequence[Any]]]) -> pl.DataFrame:
    columns: dict[str, list[Any]] = {NUMBER: [number for number, _ in part]}
    for fact in kind.columns.headings:
        place = at.get(fact)
        known = kind.columns.values.get(fact, {})
        texts = (_text(row[place]) if place is not None and place < len(row) else "" for _, row in part)
        columns[fact] = [known.get(text, text) for text in texts]
    place = at[ID_NUMBER]
    columns[LOST] = [place < len(row) and lost_its_end(row[place]) for _, row in part]
    text_columns = dict.fromkeys(kind.columns.headings, pl.String)
    return pl.DataFrame(columns, schema={NUMBER: pl.Int64, **text_columns, LOST: pl.Boolean})


def _text(cell: Any) -> str:
    """A cell as text; what a spreadsheet calls an error or a formula is no value here."""
    if type(cell) is str:
        return cell.strip().lstrip("'‘")
    try:
        return cells.text(cell)
    except cells.BadCell:
        return ""


def _rows(path: Path) -> Iterator[Sequence[Any]]:
    with path.open("rb") as file:
        signature = file.read(8)
    if signature.startswith(b"PK\x03\x04"):
        return _xlsx(path)
    if signature.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadSheet("old_excel", "这是旧版 Excel（xls）或加密的文件，请另存为不加密的 xlsx 再导入。")
    return _csv(path)


def _xlsx(path: Path) -> Iterator[Sequence[Any]]:
    data = path.read_bytes()
    try:
        inspect(data, MAX_ROWS, MAX_COLUMNS)
    except BadArchive as bad:
        raise BadSheet(bad.code, bad.message, **bad.params) from None
    try:
        book = CalamineWorkbook.from_path(str(path))
        yield from book.get_sheet_by_index(0).iter_rows()
    except (CalamineError, ValueError, OSError):
        raise BadSheet(*_BROKEN) from None


def _refuse_merged(path: Path, header: int) -> None:
    """BadSheet where cells are merged below the title; `header` is the headings' row, counted from 1."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    refuse_merged(Grid(sheet.name, (), merged), header - 1)


def _csv(path: Path) -> Iterator[Sequence[Any]]:
    if path.stat().st_size > MAX_CSV:
        raise BadSheet("too_large", "文件超过 {limit} MB，请分批导入。", limit=MAX_CSV >> 20)
    encoding = _encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline()
            delimiter = "\t" if "\t" in first else ","
            for row in csv.reader(chain([first], file), delimiter=delimiter):
                if len(row) > MAX_COLUMNS:
                    raise BadSheet(
                        "too_many_cells",
                        "表格超过 {rows} 行或 {columns} 列。",
                        rows=MAX_ROWS,
                        columns=MAX_COLUMNS,
                    )
                if row:
                    yield row
    except (csv.Error, UnicodeDecodeError):
        raise BadSheet("broken_csv", "文件不是完整的 csv 表格。") from None


def _encoding(path: Path) -> str:
    """UTF-8, else the GB 18030 that Excel and WPS write in China, as far as the beginning tells."""
    with path.open("rb") as file:
        beginning = file.read(_PROBE)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(beginning)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return encoding
    raise BadSheet("no_text", "文件不是 xlsx，也不是 UTF-8 或 GBK 编码的 csv。")
