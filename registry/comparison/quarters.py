"""Quarters: their names, and by when their comparison is due (F4.3.4: the 10th of the first month)."""

from dataclasses import dataclass
from datetime import date

DUE_DAY = 10
HANDOVER_DAY = 7
"""By when the departments' sheets are wanted, so that three days are left to compare them. Local."""


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year, 1 to 4."""

    year: int
    number: int

    @property
    def name(self) -> str:
        """2020年第3季度"""
        return f"{self.year}年第{self.number}季度"

    @property
    def due(self) -> date:
        """The last day for the comparison."""
        return date(self.year, 3 * self.number - 2, DUE_DAY)

    @property
    def handover_due(self) -> date:
        """The last day for the departments' sheets."""
        return self.due.replace(day=HANDOVER_DAY)


def of(day: date) -> Quarter:
    """The quarter of a day."""
    return Quarter(day.year, (day.month + 2) // 3)
