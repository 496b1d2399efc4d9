"""Notices wait until somebody delivers them."""

from registry import notices
from tests.registry.conftest import START


def test_a_notice_waits_until_it_is_delivered(session, household):
    first = notices.write(session, household.key, "受理", "已受理")
    second = notices.write(session, household.key, "纳入", "已纳入")
    assert notices.waiting(session) == [first, second]
    notices.delivered(first, START)
    session.flush()
    assert notices.waiting(session) == [second]
    assert notices.of(session, household.key) == [second, first]
