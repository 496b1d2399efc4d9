"""When a timer is due: ISO 8601 dates, durations and repeating intervals, cron; reckoned in Asia/Shanghai."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter

SHANGHAI = ZoneInfo("Asia/Shanghai")

_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_CRON_FIELD = (
    r"(?:[\d*?/,#L-]|MON|TUE|WED|THU|FRI|SAT|SUN|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC){1,40}"
)
_CRON = re.compile(
    rf"@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|{_CRON_FIELD}(?:\s+{_CRON_FIELD}){{4,6}}",
    re.I,
)
_CYCLE = re.compile(r"R(?P<times>\d{0,6})/(?:(?P<start>[^/]+)/)?(?P<every>P[^/]+)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; months are calendar months (31 January + 1 month = 28 or 29 February)."""

    months: int
    rest: timedelta

    def after(self, moment: datetime) -> datetime:
        """The moment (aware) this much later, in UTC."""
        local = moment.astimezone(SHANGHAI)
        year, month = divmod(local.year * 12 + local.month - 1 + self.months, 12)
        day = min(local.day, calendar.monthrange(year, month + 1)[1])
        return (local.replace(year=year, month=month + 1, day=day) + self.rest).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A timer as set: first due when, then again `every` so long or by that cron, `left` more times (None: without end)."""

    due: datetime
    every: str | None = None
    left: int | None = 0


def parse_duration(text: str) -> Duration:
    """`P30D`, `P1M`, `PT2H30M` … ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    part = {key: float(value) for key, value in match.groupdict().items() if value}
    months = int(part.pop("years", 0)) * 12 + int(part.pop("months", 0))
    return Duration(months, timedelta(**part))


def parse_date(text: str) -> datetime:
    """An ISO 8601 date or date and time; without an offset it is Shanghai's. In UTC. ValueError."""
    moment = datetime.fromisoformat(text.strip().removesuffix("[Asia/Shanghai]"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def schedule(kind: str, text: str, now: datetime) -> Schedule:
    """A drawn timer (`date`, `duration` or `cycle` with its text) set at `now`. ValueError."""
    try:
        if kind == "date":
            return Schedule(parse_date(text))
        if kind == "duration":
            return Schedule(parse_duration(text).after(now))
        if _CRON.fullmatch(text.strip()):
            return Schedule(_next(text, now), text.strip(), None)
        match = _CYCLE.fullmatch(text.strip())
        if match is None or match["times"] == "0":
            raise ValueError(text)
        left = int(match["times"]) - 1 if match["times"] else None
        every = parse_duration(match["every"])
        due = parse_date(match["start"]) if match["start"] else every.after(now)
        if every.after(due) <= due:
            raise ValueError(text)
        return Schedule(due, match["every"], left)
    except OverflowError as error:
        raise ValueError(text) from error


def _next(cron: str, after: datetime) -> datetime:
    """The next moment after this one that fits five fields, or six that begin with seconds (as Zeebe has them; a seventh is
    the year). ValueError.
    """
    found: datetime = croniter(
        cron.strip(), after.astimezone(SHANGHAI), datetime, second_at_beginning=True
    ).get_next()
    return found.astimezone(UTC)


def following(due: datetime, every: str | None, left: int | None) -> Schedule | None:
    """The schedule after one firing at `due`, None when that was the last."""
    if every is None or left == 0:
        return None
    if not every.startswith("P"):
        try:
            return Schedule(_next(every, due), every, None)
        except ValueError:  # its last year is over
            return None
    return Schedule(parse_duration(every).after(due), every, None if left is None else left - 1)
