"""The list of S18: one open entry a household, closed once, all of it in the history."""

from datetime import date

import pytest

from registry import history, sudden
from registry.errors import Impossible

FLOOD = {"cause": "因灾", "detail": "房屋冲毁。"}


def test_who_is_reported_twice_is_on_the_list_once(session, household, on):
    entry, is_new = sudden.enter(session, household.key, FLOOD)
    assert (is_new, entry.found_on, entry.state) == (True, date(2020, 5, 20), "处置中")
    on(2020, 5, 21)
    again, is_new = sudden.enter(session, household.key, {"cause": "因病", "detail": "户主住院。"})
    assert (again, is_new) == (entry, False)
    assert (entry.cause, entry.detail) == ("因灾", "房屋冲毁。\n户主住院。")


def test_a_closed_entry_is_followed_by_a_new_one(session, household, on):
    sudden.enter(session, household.key, FLOOD)
    on(2020, 6, 1)
    closed = sudden.close(session, household.key, "已销号", "已重建。")
    assert (closed.closed_on, closed.result) == (date(2020, 6, 1), "已重建。")
    assert sudden.open_entry(session, household.key) is None
    assert sudden.enter(session, household.key, FLOOD)[1]
    assert [entry.state for entry in sudden.of(session, household.key)] == ["处置中", "已销号"]
    assert [c.subject for c in history.changes(session, household.key)].count("sudden_risk") == 3


def test_nobody_is_closed_who_is_not_on_the_list_and_nobody_into_another_state(session, household):
    with pytest.raises(Impossible, match="不在骤贫风险清单上"):
        sudden.close(session, household.key, "已销号", "")
    sudden.enter(session, household.key, FLOOD)
    with pytest.raises(Impossible, match="不能改为"):
        sudden.close(session, household.key, "处置中", "")
