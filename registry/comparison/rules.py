"""Rules over a sheet's rows as expressions that the table engine evaluates for all rows at once."""

from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Any

import polars as pl

from registry.comparison.kinds import Rule

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
"""GB 11643: the check character by the weighted sum of the 17 digits modulo 11."""


def holds(rule: Rule, today: date) -> pl.Expr:
    """Whether the rule finds a hidden problem in a row, on `today`; a cell that is no number is not at least anything."""
    tests = [_test(fact, test, today) for fact, test in rule.when.items()]
    return pl.all_horizontal(tests) if tests else pl.lit(True)


def _test(fact: str, test: Mapping[str, Any], today: date) -> pl.Expr:
    if fact == "age":
        return age(pl.col("birth"), today).is_between(test["from"], test["to"])
    if "in" in test:
        return pl.col(fact).is_in(list(test["in"]))
    amount = pl.col(fact).str.replace_all(r"[,，\s元]", "").cast(pl.Decimal(18, 2), strict=False)
    enough: pl.Expr = amount >= test["at_least"]
    return enough.fill_null(False)


def age(birth: pl.Expr, today: date) -> pl.Expr:
    """Whole years on `today`."""
    before_birthday = (birth.dt.month().cast(pl.Int32) * 100 + birth.dt.day()) > today.month * 100 + today.day
    return pl.lit(today.year) - birth.dt.year() - before_birthday.cast(pl.Int32)


def valid_id(number: pl.Expr) -> pl.Expr:
    """Whether an ID number of 18 characters has a possible birth date and the right check character (GB 11643)."""
    total = reduce(
        lambda sum_, place: sum_ + number.str.slice(place, 1).cast(pl.Int32, strict=False) * WEIGHTS[place],
        range(1, 17),
        number.str.slice(0, 1).cast(pl.Int32, strict=False) * WEIGHTS[0],
    )
    check = (total % 11).replace_strict(list(range(11)), list(CHECKS), return_dtype=pl.String, default="")
    born = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    right_form = number.str.contains(r"^[0-9]{17}[0-9X]$")
    return (right_form & born.is_not_null() & (check == number.str.slice(17, 1))).fill_null(False)
