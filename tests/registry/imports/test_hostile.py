"""Whatever stands in a sheet: a report or one refusal, never a crash, and what is refused leaves nothing."""

import io

import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import areas, history
from registry.imports import BadSheet, as_xlsx, import_households, read_sheet
from registry.models import Household
from tests.registry.conftest import START, in_memory
from tests.registry.imports.sheets_made import HEAD, HEADINGS, WIFE
from tests.registry.imports.test_households import LINE

HOSTILE = (
    "__class__", "typename", "{0.__class__}", "{name}", "%s", "'; DROP TABLE member; --", "<script>", "../../etc/passwd", "=1+1",
    "𠮷", "\u202e李", "0" * 400, "1e308", "-1", "nan", "٣", "\x00", "是", "否", "2020-02-30", "9999-12-31", "户主", "红",
)  # fmt: skip
cells = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.floats(),
    st.integers(-(2**70), 2**70),
    st.dates(),
    st.booleans(),
)
changes = st.dictionaries(st.sampled_from(HEADINGS), cells, min_size=1, max_size=6)


def workbook(lines) -> bytes:
    """The cells as Excel would keep them; what it cannot keep becomes text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "nan_inf_to_errors": True}
    )
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) > 2**60:
                cell = str(cell)
            if hasattr(cell, "year"):
                sheet.write(
                    row, column, max(cell.isoformat(), "1900-01-01") if cell.year < 1900 else cell, day
                )
            else:
                sheet.write(row, column, cell)
    book.close()
    return buffer.getvalue()


@given(head=changes, wife=changes)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_cells(head, wife):
    lines = [
        HEADINGS,
        *([({**person, **told})[h] for h in HEADINGS] for person, told in ((HEAD, head), (WIFE, wife))),
    ]
    try:
        sheet = read_sheet(workbook(lines))
    except BadSheet:
        return
    engine = in_memory()
    with Session(engine) as session:
        history.act(session, "周敏", START)
        areas.load(session)
        report, cases = import_households(session, sheet, line=LINE)
        taken = [row for row in report.rows if row.status != "已拒绝"]
        assert session.scalar(select(func.count()).select_from(Household)) == len(taken)
        assert len(cases) <= len(taken)
        assert all(row.reasons for row in report.rows if row.status in ("已拒绝", "存疑"))
        assert as_xlsx(report)
    engine.dispose()


@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(str.encode),
        st.binary(max_size=200).map(b"PK\x03\x04".__add__),
    )
)
@settings(max_examples=80, deadline=None)
def test_any_bytes(data):
    try:
        read_sheet(data)
    except BadSheet as bad:
        assert "{" not in str(bad)


@given(st.integers(0, 6000), st.binary(min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_workbook_with_any_bytes_changed(place, noise):
    data = bytearray(WORKBOOK)
    place %= len(data)
    data[place : place + len(noise)] = noise
    try:
        read_sheet(bytes(data))
    except BadSheet as bad:
        assert str(bad).endswith("。")


WORKBOOK = workbook([HEADINGS, [HEAD[heading] for heading in HEADINGS]])
