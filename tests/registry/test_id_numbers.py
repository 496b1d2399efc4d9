"""ID numbers by GB 11643."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import id_numbers

RIGHT = "11010519491231002X"  # the standard's own example


@pytest.mark.parametrize("number", [RIGHT, "440524188001010014", RIGHT + "44", RIGHT + "4411"])
def test_right(number):
    assert id_numbers.valid(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "110105194912310021",
        "11010519491331002X",
        RIGHT[:-1],
        RIGHT + "4",
        RIGHT.lower(),
        "１１0105194912310021",
        RIGHT + "4 ",
    ],
)
def test_wrong(number):
    assert not id_numbers.valid(number)


def test_what_a_number_says():
    assert (id_numbers.birth(RIGHT), id_numbers.sex(RIGHT)) == (date(1949, 12, 31), "女")
    assert id_numbers.sex("440524188001010014") == "男"
    assert id_numbers.masked(RIGHT) == "110105********002X"
    assert id_numbers.masked(None) == ""
    assert id_numbers.normalized(" 11010519491231002x ") == RIGHT


@given(
    st.text("0123456789", min_size=9, max_size=9),
    st.dates(date(1900, 1, 1), date(2020, 1, 1)),
    st.integers(0, 16),
)
@settings(max_examples=60, deadline=None)
def test_one_wrong_digit_is_always_noticed(other, birth, place):
    first = f"{other[:6]}{birth:%Y%m%d}{other[6:]}"
    right = first + id_numbers.check_digit(first)
    assert id_numbers.valid(right)
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    assert not id_numbers.valid(wrong)
