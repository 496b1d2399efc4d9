"""Working days in China: what an administrator has written, else the published calendar, else the days of the week.

The published one (chinesecalendar) ends with the year that the State Council has announced; later days are taken as
the days of the week are, and marked as not announced. Drawings see the days to come as `settings.workdays`: item 10 is
the tenth working day from today.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar  # type: ignore[import-untyped]

SETTING = "workdays_changed"
"""The dated setting that stands before the published calendar: `2021-02-20 班；2021-02-11 休`."""
AHEAD = 60
"""How many working days drawings see."""
_CHANGED = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(班|休)")


@dataclass(frozen=True)
class Day:
    """Whether a day is a working day, and whether that is announced (or written by an administrator)."""

    working: bool
    announced: bool


def of(day: date, changed: str = "") -> Day:
    """What the day is; `changed` is the setting's text."""
    written = _read(changed).get(day)
    if written is not None:
        return Day(written, True)
    try:
        return Day(chinese_calendar.is_workday(day), True)
    except NotImplementedError:
        return Day(day.isoweekday() <= 5, False)


@lru_cache(maxsize=64)
def ahead(today: date, changed: str = "") -> tuple[str, ...]:
    """The next working days after today, as ISO texts."""
    days = _days(today, changed)
    return tuple(next(days).isoformat() for _ in range(AHEAD))


def until(today: date, day: date, changed: str = "") -> int:
    """Working days from tomorrow up to a day, that day included; 0 when it is past."""
    span = (today + timedelta(days=n) for n in range(1, (day - today).days + 1))
    return sum(of(each, changed).working for each in span)


def last_before(day: date, changed: str = "") -> date:
    """The day itself if it is a working day, else the last one before it."""
    while not of(day, changed).working:
        day -= timedelta(days=1)
    return day


def unread(changed: str) -> str:
    """What of the setting's text says nothing: no day and 班 or 休, or a day that does not exist. "" when all is read."""
    left = _CHANGED.sub(lambda told: "" if _is_day(told[1]) else told[0], changed)
    return left.strip(" \t\n;,；，、")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _days(today: date, changed: str) -> Iterator[date]:
    day = today
    while True:
        day += timedelta(days=1)
        if of(day, changed).working:
            yield day


@lru_cache(maxsize=16)
def _read(changed: str) -> Mapping[date, bool]:
    told = _CHANGED.findall(changed)  # a day that does not exist changes nothing
    return {date.fromisoformat(day): kind == "班" for day, kind in told if _is_day(day)}
