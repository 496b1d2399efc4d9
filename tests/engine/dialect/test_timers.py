"""When timers are due: by the calendar of Shanghai."""

from datetime import UTC, datetime

import pytest

from engine.dialect.timers import Schedule, following, schedule

NOW = datetime(2026, 1, 30, 18, 0, tzinfo=UTC)  # 31 January, 02:00 in Shanghai


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("duration", "P30D", datetime(2026, 3, 1, 18, 0, tzinfo=UTC)),
        ("duration", "P1M", datetime(2026, 2, 27, 18, 0, tzinfo=UTC)),  # the 28th there
        ("duration", "P1Y1M", datetime(2027, 2, 27, 18, 0, tzinfo=UTC)),
        ("duration", "P2W", datetime(2026, 2, 13, 18, 0, tzinfo=UTC)),
        ("duration", "P1DT1H30M5.5S", datetime(2026, 1, 31, 19, 30, 5, 500000, tzinfo=UTC)),
        ("date", "2026-05-30", datetime(2026, 5, 29, 16, 0, tzinfo=UTC)),
        ("date", "2026-05-30T12:00:00", datetime(2026, 5, 30, 4, 0, tzinfo=UTC)),
        ("date", "2026-05-30T12:00:00Z", datetime(2026, 5, 30, 12, 0, tzinfo=UTC)),
        ("date", "2026-05-30T12:00:00+08:00[Asia/Shanghai]", datetime(2026, 5, 30, 4, 0, tzinfo=UTC)),
        ("cycle", "R3/P1D", datetime(2026, 1, 31, 18, 0, tzinfo=UTC)),
        ("cycle", "R/2026-04-10T00:00:00+08:00/P3M", datetime(2026, 4, 9, 16, 0, tzinfo=UTC)),
        ("cycle", "0 0 9 * * MON", datetime(2026, 2, 2, 1, 0, tzinfo=UTC)),
        ("cycle", "30 9 1 * *", datetime(2026, 2, 1, 1, 30, tzinfo=UTC)),
        ("cycle", "0 0 0 L * ?", datetime(2026, 2, 27, 16, 0, tzinfo=UTC)),
        ("cycle", "@monthly", datetime(2026, 1, 31, 16, 0, tzinfo=UTC)),
    ],
)
def test_due(kind, text, due):
    assert schedule(kind, text, NOW).due == due


@pytest.mark.parametrize(
    ("kind", "text"),
    [("duration", t) for t in ("", "P", "PT", "1D", "-P1D", "P1H", "PT1D", "P1.5D", "P9999Y", "P999999D999")]
    + [("date", t) for t in ("", "tomorrow", "2026-02-30", "P1D", "[Asia/Shanghai]")]
    + [
        ("cycle", t)
        for t in (
            "",
            "R",
            "R3",
            "R3/",
            "R0/P1D",
            "P1D",
            "R-1/P1D",
            "R3/PT0S",
            "0 0 30 2 *",
            "R R * * *",
            "* * *",
            "R3/x/P1D",
        )
    ],
)
def test_what_is_no_timer_is_refused(kind, text):
    with pytest.raises(ValueError, match=r".*"):
        schedule(kind, text, NOW)


def test_a_cycle_is_due_from_when_it_was_due_not_from_when_it_fired():
    first = schedule("cycle", "R2/P1M", datetime(2026, 1, 5, tzinfo=UTC))
    second = following(first.due, first.every, first.left)
    assert second == Schedule(datetime(2026, 3, 5, tzinfo=UTC), "P1M", 0)
    assert following(second.due, second.every, second.left) is None


def test_a_cycle_without_end_goes_on():
    endless = schedule("cycle", "R/P1D", NOW)
    assert endless.left is None
    assert following(endless.due, endless.every, endless.left).left is None


def test_cron_goes_on_until_its_last_year_is_over():
    first = schedule("cycle", "0 0 9 1 * * 2026-2027", NOW)
    assert first.left is None
    second = following(first.due, first.every, first.left)
    assert second.due == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
    assert following(datetime(2027, 12, 5, tzinfo=UTC), first.every, first.left) is None
