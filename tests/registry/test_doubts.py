"""Doubts about a household as it stands, and their confirmation."""

from decimal import Decimal

import pytest

from registry import doubts, history, income, measures, monitoring
from registry.errors import Impossible


def codes(session, household):
    return [doubt.code for doubt in doubts.about(session, household.key)]


def test_doubts_follow_the_facts(session, household, on):
    assert codes(session, household) == []
    household.causes = ["因病"]
    income.assess(session, household.key, 2, {"this_year": {"wage": 1}}, "认定", Decimal(4000))
    assert codes(session, household) == ["sick_without_expense"]
    income.assess(
        session, household.key, 2, {"this_year": {"wage": 1, "self_paid": 500}}, "认定", Decimal(4000)
    )
    monitoring.include(session, household.key, "脱贫不稳定户", [1], "农户申请")
    assert codes(session, household) == []
    on(2020, 6, 20)
    assert codes(session, household) == ["no_measure"]
    measure = measures.open_one(session, household.key, {"code": "BZ03"})
    measures.close(session, measure.key, {})
    monitoring.exit_from(session, household.key, [])
    assert codes(session, household) == ["exit_in_month_of_measure"]


def test_a_confirmed_doubt_is_not_shown_again_and_keeps_its_reason(session, household):
    household.causes = ["因残"]
    session.flush()
    with pytest.raises(Impossible):
        doubts.confirm(session, household.key, "no_disabled_member", "  ")
    doubts.confirm(session, household.key, "no_disabled_member", "残疾证办理中")
    assert codes(session, household) == []
    last = history.changes(session, household.key)[-1]
    assert (last.actor, last.fields["reason"]) == ("周敏", (None, "残疾证办理中"))
