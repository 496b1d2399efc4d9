"""Notices wait until their household knows."""

from datetime import timedelta

import pytest

from registry import leaving, notices
from registry.errors import Impossible
from registry.history import act
from tests.registry.conftest import START


def test_a_notice_waits_until_the_household_knows(session, household):
    first = notices.write(session, household.key, "受理", "已受理")
    second = notices.write(session, household.key, "纳入", "已纳入")
    here = [household.area]
    assert [notice for notice, _ in notices.waiting(session, here)] == [first, second]
    act(session, "clerk", START)
    notices.tell(session, first, "当面")
    session.flush()
    assert notices.waiting(session, here) == notices.waiting(session, [], [household.key])
    assert notices.waiting(session, here) == [(second, household)]
    assert notices.count_waiting(session, here) == notices.count_waiting(session, ["2202/"]) == 1
    assert notices.waiting(session, []) == notices.waiting(session, ["2202/220202/"]) == []
    assert notices.of(session, household.key) == [second, first]


def test_who_was_first_stays_and_a_failure_is_over_once_they_know(session, household):
    notice = notices.write(session, household.key, "受理", "已受理")
    notices.fail(notice, "短信：网关拒绝（400）")
    notices.fail(notice, "邮件：对方不收")
    assert notice.failed == "短信：网关拒绝（400）；邮件：对方不收"
    act(session, "clerk", START)
    with pytest.raises(Impossible, match="不能晚于今天"):
        notices.tell(session, notice, "当面", START.date() + timedelta(days=1))
    notices.tell(session, notice, "当面")
    act(session, "other", START)
    notices.tell(session, notice, "电话")
    notices.fail(notice, "短信：late")
    assert (notice.delivered_how, notice.delivered_by, notice.failed) == ("当面", "clerk", "")


def test_what_may_leave():
    assert leaving.fit("纳入", "您家已于2020-07-01纳入。", "病、残") == ("纳入", "您家已于2020-07-01纳入。")
    assert leaving.fit("纳入", "户主有残疾", "病、残")[1].startswith("您家有一份“纳入”的通知")
    assert leaving.fit("因病救助", "已办结", "病、残") == leaving.fit("纳入", "已办结", None)
    assert "电话" not in leaving.fit("纳入", "请打电话138-0000-0000", "")[1]
