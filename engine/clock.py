"""What time it is: one clock for the whole program, so that tests and the demo can move it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that says the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.set(start)

    def now(self) -> datetime:
        """The moment to which the clock was moved last, in UTC."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Move the clock to `moment` (aware)."""
        if moment.tzinfo is None:
            raise ValueError("a clock needs an aware moment")
        self._now = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move the clock on by `by`."""
        self._now += by
