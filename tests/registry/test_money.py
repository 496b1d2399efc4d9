"""Money is decimal, to the fen."""

from decimal import Decimal

import pytest

from registry.columns import Money
from registry.money import NotMoney, to_fen, yuan


@pytest.mark.parametrize(
    ("told", "amount"),
    [
        (None, "0"),
        ("", "0"),
        (0.1, "0.10"),
        (1.005, "1.01"),
        ("1,234.5", "1234.50"),
        (" 7 ", "7.00"),
        (-3, "-3.00"),
    ],
)
def test_read(told, amount):
    assert yuan(told) == Decimal(amount)


@pytest.mark.parametrize("told", ["nan", float("inf"), "七", True, "1e12", [], {}])
def test_refused(told):
    with pytest.raises(NotMoney):
        yuan(told)


def test_half_a_fen_goes_up():
    assert [to_fen(Decimal(a)) for a in ("0.005", "0.015", "0.0149")] == [
        Decimal("0.01"),
        Decimal("0.02"),
        Decimal("0.01"),
    ]


def test_a_table_holds_whole_fen(session, household):
    money = Money()
    assert money.process_bind_param(Decimal("12.34"), session.bind.dialect) == 1234
    assert money.process_result_value(1234, session.bind.dialect) == Decimal("12.34")
    with pytest.raises(ValueError, match="fen"):
        money.process_bind_param(Decimal("0.001"), session.bind.dialect)
