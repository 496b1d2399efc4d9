"""Reads a sheet that somebody uploaded: xlsx or csv, as rows of plain cells. Nothing in it is ever executed.

A sheet that cannot be read is `BadSheet`: one sentence that says what is wrong and how to mend it.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from registry.imports.archive import BadArchive, inspect

MEGABYTE = 1 << 20
MAX_BYTES = 20 * MEGABYTE
MAX_ROWS = 50_000
MAX_COLUMNS = 200


class BadSheet(Exception):
    """The whole sheet is refused. `code`, `message` (Chinese, with `{params}`) and `params`."""

    def __init__(self, code: str, message: str, **params: Any) -> None:
        super().__init__(message.format(**params))
        self.code = code
        self.message = message
        self.params = params


@dataclass(frozen=True)
class Grid:
    """A sheet's cells from its first row; `merged` are merged ranges as (first row, first column, last row, last column)."""

    name: str
    rows: Sequence[Sequence[Any]]
    merged: Sequence[tuple[int, int, int, int]] = ()


def read(data: bytes) -> list[Grid]:
    """The sheets in `data`; what it is, is told by its content, not by a file name."""
    if not data.strip():
        raise BadSheet("empty", "文件是空的。")
    if len(data) > MAX_BYTES:
        raise BadSheet("too_large", "文件超过 {limit} MB，请分批导入。", limit=MAX_BYTES // MEGABYTE)
    if data.startswith(b"PK\x03\x04"):
        return _xlsx(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadSheet("old_excel", "这是旧版 Excel（xls）或加密的文件，请另存为不加密的 xlsx 再导入。")
    return [_csv(data)]


def refuse_merged(grid: Grid, header: int) -> None:
    """BadSheet where cells are merged in the row of the headings (counted from 0) or below: only the first has the value."""
    for first, _, last, _ in grid.merged:
        if last >= header:
            raise BadSheet(
                "merged_cells",
                "第 {row} 行有合并的单元格，请取消合并、逐行填写后再导入。",
                row=max(first, header) + 1,
            )


def _xlsx(data: bytes) -> list[Grid]:
    try:
        inspect(data, MAX_ROWS, MAX_COLUMNS)
    except BadArchive as bad:
        raise BadSheet(bad.code, bad.message, **bad.params) from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_grid(book, name) for name in book.sheet_names]
    except (CalamineError, ValueError, OSError):
        raise BadSheet(
            "broken", "文件已损坏，或者不是 xlsx 表格，请用 Excel 或 WPS 打开后另存再导入。"
        ) from None


def _grid(book: CalamineWorkbook, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)
    merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    return Grid(name, sheet.to_python(skip_empty_area=False), merged)


def _csv(data: bytes) -> Grid:
    text = _text(data)
    delimiter = "\t" if text.split("\n", 1)[0].count("\t") else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise BadSheet("broken_csv", "文件不是完整的 csv 表格。") from None
    if len(rows) > MAX_ROWS or max(map(len, rows), default=0) > MAX_COLUMNS:
        raise BadSheet(
            "too_many_cells", "表格超过 {rows} 行或 {columns} 列。", rows=MAX_ROWS, columns=MAX_COLUMNS
        )
    return Grid("csv", rows)


def _text(data: bytes) -> str:
    """UTF-8, else the GB 18030 that Excel and WPS write in China."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadSheet("no_text", "文件不是 xlsx，也不是 UTF-8 或 GBK 编码的 csv。")
