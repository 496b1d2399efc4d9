"""The report of a comparison as a workbook, written row by row: its length costs no memory."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
import xlsxwriter

from registry.comparison.reading import MAX_ROWS

_HEADINGS = ("行号", "姓名", "结果", "说明")


def as_xlsx(parts: Iterable[pl.DataFrame], path: Path) -> None:
    """Write what became of each row; a person who is in no row has none. Texts stay texts, whatever they begin with.

    Rows beyond what an xlsx can hold are left out.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("比对结果")
        bold = book.add_format({"bold": True})
        for column, width in enumerate((10, 16, 10, 60)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, _HEADINGS, bold)
        place = 0
        for part in parts:
            for number, *texts in part.iter_rows():
                place += 1
                if place >= MAX_ROWS:
                    return
                sheet.write_string(place, 0, str(number or ""))
                for column, text in enumerate(texts, 1):
                    sheet.write_string(place, column, text or "")
