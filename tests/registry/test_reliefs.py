"""Relief decided for one household: approved once, paid by stages, sums that agree to the fen."""

from datetime import date
from decimal import Decimal

import pytest

from registry import history, reliefs
from registry.errors import Impossible

LATER = {
    "planned_amount": 0.2,
    "fund_source": "金融和社会资金",
    "department": "慈善总会",
    "due": "2020-09-10",
}
FIRST = {
    "planned_amount": 1000.1,
    "fund_source": "市县财政自有资金",
    "department": "民政",
    "due": "2020-06-10",
}


@pytest.fixture
def relief(session, household):
    return reliefs.open_one(session, household.key, "一事一议", "户主重病。", [LATER, FIRST])


def test_what_is_approved_is_the_sum_of_its_stages_in_the_order_of_their_days(session, relief):
    assert relief.approved_amount == Decimal("1000.30")
    assert [(p.stage, p.department, p.state) for p in reliefs.payments(session, relief.key)] == [
        (1, "民政", "待发放"),
        (2, "慈善总会", "待发放"),
    ]


def test_stages_are_paid_one_after_the_other_by_whom_and_when(session, relief, on):
    on(2020, 6, 11)
    first = reliefs.next_payment(session, relief.key)
    reliefs.pay(session, first.key, {"paid_on": "2020-06-10", "note": "001"})
    assert (first.paid_amount, first.paid_on, first.paid_by) == (
        Decimal("1000.10"),
        date(2020, 6, 10),
        history.acting(session).actor,
    )
    with pytest.raises(Impossible, match="已经办过"):
        reliefs.pay(session, first.key, {})
    with pytest.raises(Impossible, match="还有没有发放的阶段"):
        reliefs.close(session, relief.key, "")
    reliefs.pay(session, reliefs.next_payment(session, relief.key).key, {})
    assert sum(p.paid_amount for p in reliefs.payments(session, relief.key)) == relief.approved_amount
    on(2020, 9, 20)
    assert reliefs.close(session, relief.key, "已解决。").closed_on == date(2020, 9, 20)


def test_what_is_stopped_is_stopped_with_all_that_follows(session, relief):
    reliefs.stop(session, reliefs.next_payment(session, relief.key).key, "困难解除。")
    assert reliefs.next_payment(session, relief.key) is None
    assert {(p.state, p.paid_amount, p.note) for p in reliefs.payments(session, relief.key)} == {
        ("停止发放", None, "困难解除。")
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"planned_amount": 0}, "incomplete_stage"),
        ({"planned_amount": -1}, "incomplete_stage"),
        ({"planned_amount": "一千"}, "not_money"),
        ({"fund_source": ""}, "incomplete_stage"),
        ({"department": None}, "incomplete_stage"),
        ({"due": ""}, "incomplete_stage"),
        ({"due": "明天"}, "not_a_date"),
    ],
)
def test_a_stage_that_lacks_something_is_refused(session, household, changes, code):
    with pytest.raises(Impossible) as refused:
        reliefs.open_one(session, household.key, "临时救助", "", [FIRST, {**FIRST, **changes}])
    assert refused.value.code == code


def test_there_is_no_relief_of_another_kind_or_without_stages(session, household):
    for kind, stages, code in (("奖励", [FIRST], "unknown_relief_kind"), ("一事一议", [], "no_stages")):
        with pytest.raises(Impossible) as refused:
            reliefs.open_one(session, household.key, kind, "", stages)
        assert refused.value.code == code
