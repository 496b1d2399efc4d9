"""Sums of money: decimals, never doubles; rounded to fen (分) half up."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

FEN = Decimal("0.01")
LIMIT = Decimal("1000000000")


class NotMoney(ValueError):
    """What was given is no sum of money in yuan."""


def to_fen(amount: Decimal) -> Decimal:
    """`amount` in yuan rounded to fen, half up."""
    return amount.quantize(FEN, ROUND_HALF_UP)


def yuan(value: Any) -> Decimal:
    """A sum in yuan from what a form or a sheet holds (number or text; nothing counts as 0), to the fen.

    A double is read by its shortest decimal form, so that 0.1 is 0.10. NotMoney for anything else, for NaN
    and infinities, and for sums that no household has.
    """
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, bool):
        raise NotMoney(repr(value))
    try:
        amount = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        raise NotMoney(repr(value)) from None
    if not amount.is_finite() or abs(amount) >= LIMIT:
        raise NotMoney(repr(value))
    return to_fen(amount)
