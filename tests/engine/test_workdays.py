"""Working days: written, announced, or taken from the week; what drawings see of them; the deadlines of the calendar."""

from datetime import UTC, date, datetime

import pytest

from engine import deadlines, settings, workdays

AT = datetime(2020, 1, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "changed", "working", "announced"),
    [
        (date(2020, 1, 19), "", True, True),  # a Sunday worked for the Spring Festival
        (date(2020, 1, 24), "", False, True),  # a Friday off
        (date(2020, 1, 24), "2020-01-24 班", True, True),
        (date(2020, 5, 20), "2020-05-19 休；2020-05-20休", False, True),
        (date(2020, 5, 20), "2020-02-30 休；乱写", True, True),
        (date(2050, 1, 3), "", True, False),  # a Monday that nobody has announced
        (date(2050, 1, 1), "", False, False),
        (date(2050, 1, 1), "2050-01-01 班", True, True),
    ],
)
def test_what_a_day_is(day, changed, working, announced):
    assert workdays.of(day, changed) == workdays.Day(working, announced)


def test_the_days_to_come_pass_over_the_festival():
    ahead = workdays.ahead(date(2020, 1, 17))
    assert ahead[:6] == (
        "2020-01-19",
        "2020-01-20",
        "2020-01-21",
        "2020-01-22",
        "2020-01-23",
        "2020-02-03",
    )
    assert len(ahead) == workdays.AHEAD and list(ahead) == sorted(ahead)
    assert workdays.until(date(2020, 1, 17), date(2020, 2, 3)) == 6
    assert workdays.until(date(2020, 1, 17), date(2020, 1, 17)) == 0
    assert workdays.last_before(date(2020, 1, 26)) == date(2020, 1, 23)


def test_drawings_see_them_and_an_administrators_change_counts(sqlite_runtime):
    with sqlite_runtime.database.begin() as session:
        seen = settings.seen(session, AT)
        assert seen["workdays"][0] == "2020-01-13"
        settings.put(session, workdays.SETTING, date(2020, 1, 1), "2020-01-11 班", "administrator", AT)
        seen = settings.seen(session, AT)
        due = 'date and time(date(settings.workdays[2]), time("23:59:59+08:00"))'
        found = sqlite_runtime.evaluator.evaluate(due, {"settings": seen}, AT)
    assert seen["workdays"][0] == "2020-01-11"
    assert str(found).startswith("2020-01-13T23:59:59")


def test_deadlines_come_in_order_and_roll_over(sqlite_database):
    with sqlite_database.begin() as session:
        for name, value, note in (
            ("gap_check_due", "07-31", "查缺补漏截止"),
            ("comparison_due", "10", "季度比对截止"),
            ("nonsense_due", "02-31", "没有这一天"),
            ("line", 4000, "不是期限"),
        ):
            settings.put(session, name, date(2020, 1, 1), value, "administrator", AT, note=note)
        found = deadlines.coming(session, AT)
        later = deadlines.coming(session, datetime(2020, 10, 11, 1, tzinfo=UTC))
    assert [(each.name, each.day, each.days_left) for each in found] == [
        ("comparison_due", date(2020, 1, 10), 0),
        ("gap_check_due", date(2020, 7, 31), 203),
    ]
    assert [each.day for each in later] == [date(2021, 1, 10), date(2021, 7, 31)]
    assert later[0].last_workday == date(2021, 1, 8), "the tenth is a Sunday"
    assert later[0].announced
    assert later[0].workdays_left == 64, "thirteen weeks from the 12th of October, without New Year's Day"
