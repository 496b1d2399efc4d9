"""What became of each household of an imported sheet, for the clerk to read and to download."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import xlsxwriter

ACCEPTED, UNCHANGED, DOUBTED, REFUSED = "已接收", "无变化", "存疑", "已拒绝"
_HEADINGS = ("行号", "户编号", "户主姓名", "结果", "说明")


@dataclass(frozen=True)
class Row:
    """A household's rows in the sheet, what became of them, and why. Holds no ID number."""

    numbers: Sequence[int]
    national_number: str
    head_name: str
    status: str
    """已接收, 无变化, 存疑 (taken, but look at it) or 已拒绝 (nothing of it was taken)"""
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Report:
    """All households of a sheet in its order."""

    columns: str
    """Name and year of the sheet's kind."""
    rows: Sequence[Row] = field(default_factory=list)

    def count(self, status: str) -> int:
        """How many households ended so."""
        return sum(row.status == status for row in self.rows)


def joined(reports: Iterable[Report]) -> Report:
    """The report of a sheet that was imported in parts."""
    parts = list(reports)
    return Report(parts[0].columns if parts else "", [row for part in parts for row in part.rows])


def as_xlsx(report: Report) -> bytes:
    """The report as a workbook."""
    lines = [
        (
            "、".join(map(str, row.numbers)),
            row.national_number,
            row.head_name,
            row.status,
            "\n".join(row.reasons),
        )
        for row in report.rows
    ]
    return workbook("导入结果", dict(zip(_HEADINGS, (12, 24, 14, 10, 70), strict=True)), lines)


def workbook(name: str, widths: Mapping[str, int], lines: Sequence[Sequence[str]]) -> bytes:
    """Lines of text under headings, each as wide as told; texts stay texts, whatever they begin with."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "text_wrap": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(0, 0, list(widths), bold)
    for place, line in enumerate(lines, start=1):
        for column, text in enumerate(line):
            sheet.write_string(place, column, text, wrapped)
    for column, width in enumerate(widths.values()):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(lines), 1), len(widths) - 1)
    book.close()
    return buffer.getvalue()
