"""The ledger as a workbook that opens clean in WPS and Excel: texts stay texts, whatever they begin with; no formulas."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from registry.imports import cells
from registry.ledger.columns import Column
from registry.ledger.corrections import KEY, VERSION
from registry.ledger.plain import Field
from registry.ledger.sources import DAY, MONEY, NUMBER

_WIDTHS = {DAY: 12, MONEY: 14, NUMBER: 10}


def as_xlsx(
    name: str,
    columns: Sequence[Column | Field],
    rows: Iterable[Mapping[str, Any]],
    versions: Mapping[int, int],
) -> bytes:
    """The rows under the columns' headings, the key before them and its version after them: with these two
    corrections find their way back (`registry.ledger.corrections`)."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"num_format": "@"}),
        DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        MONEY: book.add_format({"num_format": "#,##0.00"}),
    }
    sheet = book.add_worksheet(name[:31])
    for place, heading in enumerate([KEY, *(column.name for column in columns), VERSION]):
        sheet.write_string(0, place, heading, formats["heading"])
        kind = columns[place - 1].kind if 0 < place <= len(columns) else ""
        sheet.set_column(place, place, _WIDTHS.get(kind, 18), None if kind in _WIDTHS else formats["text"])
    last = 0
    for last, row in enumerate(rows, start=1):
        sheet.write_string(last, 0, str(row["key"]), formats["text"])
        for place, column in enumerate(columns, start=1):
            _write(sheet, last, place, row[column.key], formats)
        sheet.write_string(last, len(columns) + 1, str(versions.get(row["key"], 0)), formats["text"])
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(last, 1), len(columns))
    book.close()
    return buffer.getvalue()


def _write(sheet: Worksheet, line: int, place: int, value: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(value, bool | str):
        sheet.write_string(line, place, cells.shown(value), formats["text"])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, formats[DAY])
    elif isinstance(value, int):
        sheet.write_number(line, place, value)
    else:
        sheet.write_number(line, place, value, formats[MONEY])
