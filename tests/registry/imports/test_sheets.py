"""Sheets as they come: each kind is read, each bad one gets one clear answer, none hurts."""

import io
import struct
import zipfile
import zlib

import pytest

from registry.imports import BadSheet, archive, columns, sheets
from tests.registry.imports.sheets_made import HEAD, HEADINGS, WIFE, changed, csv_of, rows, xlsx_of

GOOD = rows(HEAD, WIFE)


def code(data: bytes) -> str:
    with pytest.raises(BadSheet) as bad:
        columns.find(sheets.read(data))
    assert "{" not in str(bad.value)
    assert str(bad.value).endswith("。")
    return bad.value.code


@pytest.mark.parametrize(
    "data",
    [
        csv_of(GOOD),
        csv_of(GOOD, "utf-8-sig"),
        csv_of(GOOD, "gbk"),
        csv_of(GOOD, separator="\t"),
        xlsx_of(GOOD),
        xlsx_of([["防返贫监测户信息表"], [], *GOOD]),
        xlsx_of([["", *GOOD[0]], *[["", *line] for line in GOOD[1:]]]),
    ],
    ids=["csv", "bom", "gbk", "tabs", "xlsx", "titled", "indented"],
)
def test_read(data):
    table = columns.find(sheets.read(data))
    assert [row["member.name"] for _, row in table.rows] == ["李大山", "王芳"]


def test_rows_are_numbered_as_excel_shows_them():
    table = columns.find(sheets.read(xlsx_of([["标题"], *GOOD[:2], [], GOOD[2]])))
    assert [number for number, _ in table.rows] == [3, 5]


def test_headings_may_have_stars_spaces_and_other_names():
    headings = [
        "*户编号" if h == "户编号" else "证件\n号码 " if h == "证件号码" else "乡（镇）" if h == "乡" else h
        for h in HEADINGS
    ]
    assert len(columns.find(sheets.read(xlsx_of([headings, *GOOD[1:]]))).rows) == 2


def test_missing_columns_are_named():
    with pytest.raises(BadSheet, match="户编号、与户主关系"):
        columns.find(sheets.read(csv_of([[h for h in HEADINGS if h not in ("户编号", "与户主关系")]])))


@pytest.mark.parametrize(
    ("expected", "data"),
    [
        ("empty", b""),
        ("empty", b"  \r\n"),
        ("no_text", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))),
        ("old_excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)),
        ("broken", b"PK\x03\x04 not a zip at all"),
        ("broken", xlsx_of(GOOD)[:-200]),
        ("unknown_sheet", csv_of([["a", "b"], [1, 2]])),
        ("no_rows", csv_of([HEADINGS])),
        ("no_rows", xlsx_of([HEADINGS, []])),
        ("merged_cells", xlsx_of([*GOOD, [""] * 5], merge=(1, 0, 2, 0))),
        ("ids_as_numbers", xlsx_of(rows(changed(HEAD, 证件号码=220299196801011010), WIFE))),
        ("ids_as_numbers", csv_of(rows(changed(HEAD, 证件号码="2.20299E+17"), WIFE))),
        ("too_many_cells", csv_of([["x"] * 201])),
        ("too_large", b"x" * (sheets.MAX_BYTES + 1)),
    ],
)
def test_bad(expected, data):
    assert code(data) == expected


def test_a_merged_title_above_the_headings_is_no_fault():
    titled = xlsx_of([[], *GOOD], merge=(0, 0, 0, 5))
    assert len(columns.find(sheets.read(titled)).rows) == 2


def rebuilt(data: bytes, **parts: bytes) -> bytes:
    """The workbook with parts replaced or added (`__` for `/`, `_` for `.`)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return buffer.getvalue()


def sheet_xml(inside: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{main}"><sheetData>{inside}</sheetData></worksheet>'.encode()
    )


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "inside",
    [
        '<row r="1"><c r="XFD1048576" t="n"><v>1</v></c></row>',
        '<row r="1048576"><c t="n"><v>1</v></c></row>',
        '<row r="1">' + '<c t="n"><v>1</v></c>' * 201 + "</row>",
    ],
    ids=["far corner", "far row", "many columns"],
)
def test_a_cell_far_away_is_refused_before_it_takes_memory(inside):
    assert code(rebuilt(xlsx_of(GOOD), **{SHEET: sheet_xml(inside)})) == "too_many_cells"


def test_a_far_cell_in_a_part_under_another_name():
    assert (
        code(rebuilt(xlsx_of(GOOD), **{"odd/place.bin": sheet_xml('<row><c r="ZZZ9"/></row>')}))
        == "too_many_cells"
    )


def test_what_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1 << 20)
    bomb = rebuilt(xlsx_of(GOOD), **{"xl/media/bomb.bin": bytes(2 << 20)})
    assert len(bomb) < 50_000
    assert code(bomb) == "bomb"


def test_an_archive_that_lies_about_its_sizes_is_refused():
    bomb = bytearray(rebuilt(xlsx_of(GOOD), **{"xl/media/bomb.bin": bytes(2 << 20)}))
    size = struct.pack("<I", 2 << 20)
    while (place := bomb.find(size)) >= 0:
        bomb[place : place + 4] = struct.pack("<I", 10)
    assert code(bytes(bomb)) == "broken"


def test_a_document_type_is_refused():
    hostile = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + sheet_xml("&b;").partition(b"?>")[2]
    )
    assert code(rebuilt(xlsx_of(GOOD), **{SHEET: hostile})) == "broken"


def test_a_zip_that_is_no_workbook():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archived:
        archived.writestr("notes.txt", "nothing")
    assert code(buffer.getvalue()) == "broken"


def test_damaged_packing():
    data = bytearray(xlsx_of(GOOD))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archived:
        start = archived.getinfo(SHEET).header_offset + 80
    data[start : start + 20] = zlib.compress(b"x" * 100)[:20].ljust(20, b"\xff")
    assert code(bytes(data)) == "broken"
