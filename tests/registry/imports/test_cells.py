"""Cells as people write them."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from registry.imports import cells

MAY = date(2020, 5, 1)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("202005", MAY), (202005.0, MAY), ("2020-05", MAY), ("2020/5/1", MAY), ("2020年5月", MAY), ("2020年05月01日", MAY),
        ("20200501", MAY), (datetime(2020, 5, 1, 8), MAY), (MAY, MAY), ("2020.5", MAY), ("", None), (None, None),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_days(cell, day):
    assert cells.day(cell) == day


@pytest.mark.parametrize(
    "cell", ["五月", "2020-13", "202000", "43952", 43952.0, "2020-02-30", "=TODAY()", "0999-01", "2020-5-1-1"]
)
def test_no_days(cell):
    with pytest.raises(cells.BadCell):
        cells.day(cell)


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (cells.text, 12.0, "12"),
        (cells.text, " 李 ", "李"),
        (cells.text, "'220281", "220281"),
        (cells.text, True, "是"),
        (cells.truth, "√", True),
        (cells.truth, 1.0, True),
        (cells.truth, "否", False),
        (cells.truth, "", False),
        (cells.money, "1,234.50", Decimal("1234.50")),
        (cells.money, 0.1, Decimal("0.10")),
        (cells.money, "", Decimal(0)),
        (cells.number, "3", 3),
        (cells.number, 3.0, 3),
        (cells.number, "", None),
        (cells.several, "患有大病，残疾、长期慢性病", ["患有大病", "残疾", "长期慢性病"]),
    ],
)
def test_read(read, cell, value):
    assert read(cell) == value


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (cells.text, "=SUM(A1:A9)"),
        (cells.text, "#REF!"),
        (cells.truth, "也许"),
        (cells.money, "八百"),
        (cells.money, float("nan")),
        (cells.money, datetime(2020, 5, 1)),  # noqa: DTZ001
        (cells.number, "三"),
        (cells.number, "-1"),
        (cells.number, 2.5),
    ],
)
def test_refused(read, cell):
    with pytest.raises(cells.BadCell):
        read(cell)
