"""Dated deadlines: settings whose names end in `_due`, as an administrator keeps them.

A value `07-31` is that day of each year, `10` the tenth of each quarter's first month. The setting in force decides,
and its note is the deadline's name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from engine import settings, workdays
from engine.clock import SHANGHAI

_YEARLY = re.compile(r"(\d{2})-(\d{2})")
_QUARTERS = (1, 4, 7, 10)


@dataclass(frozen=True)
class Deadline:
    """A day by which something is due: the last working day up to it, and how many days that leaves."""

    name: str
    note: str
    local: bool
    day: date
    last_workday: date
    days_left: int
    workdays_left: int
    announced: bool
    """Whether the working days up to it are announced."""


def coming(session: Session, now: datetime) -> list[Deadline]:
    """Each deadline's next day from today on, the nearest first. A value that is no day is passed over."""
    today = now.astimezone(SHANGHAI).date()
    in_force = {row.name: row for row in settings.all_settings(session) if row.valid_from <= today}
    changed = str(in_force[workdays.SETTING].value) if workdays.SETTING in in_force else ""
    found = []
    for name, row in in_force.items():
        day = _next(str(row.value), today) if name.endswith("_due") else None
        if day is not None:
            found.append(
                Deadline(
                    name,
                    row.note,
                    row.local,
                    day,
                    workdays.last_before(day, changed),
                    (day - today).days,
                    workdays.until(today, day, changed),
                    workdays.of(day, changed).announced,
                )
            )
    return sorted(found, key=lambda each: (each.day, each.name))


def _next(value: str, today: date) -> date | None:
    return next((day for day in _days(value, today.year) if day >= today), None)


def _days(value: str, year: int) -> Iterator[date]:
    """The value's days of this year and the next, in order."""
    yearly = _YEARLY.fullmatch(value)
    for each in (year, year + 1):
        try:
            if yearly:
                yield date(each, int(yearly[1]), int(yearly[2]))
            elif value.isdigit():
                yield from (date(each, month, int(value)) for month in _QUARTERS)
        except ValueError:
            continue
