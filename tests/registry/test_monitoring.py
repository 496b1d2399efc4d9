"""Monitoring: one open period a household, warnings and guarantees over time, 移出."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from registry import monitoring
from registry.errors import Impossible
from registry.models import LivingExpenses, Monitoring


def include(session, household, **changes):
    told = {"kind": "脱贫不稳定户", "grounds": [2, 1, 2], "channel": "农户申请", **changes}
    return monitoring.include(session, household.key, **told)


def test_a_period_from_inclusion_to_exit(session, household, on):
    period = include(session, household)
    assert (period.started_on, period.grounds, period.ended_on) == (date(2020, 5, 20), [1, 2], None)
    on(2020, 12, 31)
    assert monitoring.exit_from(session, household.key, ["F4.3.6"]) == date(2020, 12, 31)
    assert monitoring.open_period(session, household.key) is None
    on(2021, 3, 1)
    assert include(session, household).key != period.key


def test_including_twice_is_including_once(session, household, on):
    first = include(session, household)
    on(2020, 6, 1)
    assert include(session, household, channel="部门筛查") is first
    assert (first.channel, first.started_on) == ("农户申请", date(2020, 5, 20))


def test_the_table_itself_holds_no_second_open_period(session, household):
    include(session, household)
    session.add(
        Monitoring(
            household_key=household.key, kind="x", grounds=[], channel="x", started_on=date(2020, 1, 1)
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_who_is_not_monitored_cannot_exit(session, household):
    with pytest.raises(Impossible) as refused:
        monitoring.exit_from(session, household.key, [])
    assert refused.value.code == "not_monitored"


def test_the_last_warning_is_in_force_while_the_household_is_monitored(session, household, on):
    include(session, household)
    assert monitoring.level(session, household.key) == ""
    for month, level in ((5, "红"), (7, "黄"), (8, "红")):
        on(2020, month, 21)
        monitoring.warn(session, household.key, level, ["F4.4"], "县扶贫办")
    assert monitoring.level(session, household.key) == "红"
    assert [warning.level for warning in monitoring.warnings(session, household.key)] == ["红", "黄", "红"]
    monitoring.exit_from(session, household.key, [])
    assert monitoring.level(session, household.key) == ""
    on(2021, 3, 1)
    include(session, household)
    assert monitoring.level(session, household.key) == "", "an old warning says nothing of a new period"


def test_guarantees_are_kept_as_found_at_each_visit(session, household, on):
    assert monitoring.shortfalls(session, household.key) == []
    monitoring.check_guarantees(session, household.key, ["饮水安全", "吃"], "认定")
    assert monitoring.shortfalls(session, household.key) == ["吃", "饮水安全"]
    on(2020, 8, 1)
    monitoring.check_guarantees(session, household.key, [], "跟踪")
    assert monitoring.shortfalls(session, household.key) == []


def test_living_expenses_of_those_not_asked_for_income(session, household):
    kept = monitoring.keep_expenses(session, household.key, {"food": 3600, "heating": "800.50"}, "跟踪")
    session.expire_all()
    read = session.get(LivingExpenses, kept.key)
    assert (str(read.food), str(read.heating), str(read.other)) == ("3600.00", "800.50", "0.00")


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("unknown_monitoring_kind", lambda s, h: include(s, h, kind="突发严重困难户")),  # of 2021
        ("unknown_channel", lambda s, h: include(s, h, channel="听说")),
        ("unknown_level", lambda s, h: monitoring.warn(s, h.key, "人工判断", [], "")),
        ("unknown_shortfall", lambda s, h: monitoring.check_guarantees(s, h.key, ["喝"], "认定")),
        ("not_money", lambda s, h: monitoring.keep_expenses(s, h.key, {"food": "多"}, "认定")),
    ],
)
def test_what_is_not_in_the_lists_is_refused(session, household, code, call):
    with pytest.raises(Impossible) as refused:
        call(session, household)
    assert refused.value.code == code
