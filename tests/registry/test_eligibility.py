"""Eligibility lost for a conduct that S05 lists and given back; the duty to support the old as it goes on."""

from datetime import date
from decimal import Decimal

import pytest

from registry import eligibility, households, support
from registry.errors import Impossible

SON = {"supported": "李大山", "supporter": "李小山", "relation": "之子"}


def test_eligibility_is_lost_and_given_back(session, household, on):
    assert not households.read(session, household.key)["disqualified"]
    held = eligibility.cancel(session, household.key, ["参与黄赌毒", "虚报冒领扶贫资金"], "查实。")
    assert held.conducts == ["虚报冒领扶贫资金", "参与黄赌毒"]
    assert eligibility.cancel(session, household.key, ["参与黄赌毒"], "又一次。") is held
    assert households.read(session, household.key)["disqualified"]
    on(2020, 7, 1)
    assert eligibility.restore(session, household.key, "申诉成立。").restored_on == date(2020, 7, 1)
    assert not households.read(session, household.key)["disqualified"]
    with pytest.raises(Impossible, match="没有被取消资格"):
        eligibility.restore(session, household.key, "")


@pytest.mark.parametrize("conducts", [[], ["打麻将"], ["参与黄赌毒", "打麻将"]])
def test_nothing_but_what_the_document_lists_takes_it_away(session, household, conducts):
    with pytest.raises(Impossible, match="所列的行为"):
        eligibility.cancel(session, household.key, conducts, "")


def test_a_duty_from_persuasion_to_the_court(session, household, on):
    duty = support.record(session, household.key, None, "宣传中", SON)
    on(2020, 6, 1)
    terms = {"monthly_amount": 300.5, "until": "2021-05-31", "terms": "口粮四百斤", "supporter": None}
    support.record(session, household.key, duty.key, "已签协议", terms)
    assert (duty.agreed_on, duty.monthly_amount, duty.supporter) == (
        date(2020, 6, 1),
        Decimal("300.50"),
        "李小山",
    )
    support.record(session, household.key, duty.key, "已了结", {"result": "调解"})
    assert [(d.state, d.result) for d in support.of(session, household.key)] == [("已了结", "调解")]


@pytest.mark.parametrize(
    ("key", "state", "facts", "code"),
    [
        (None, "离婚", SON, "unknown_support_state"),
        (None, "宣传中", {"supported": "李大山"}, "incomplete_support_duty"),
        (404, "已履行", SON, "unknown_support_duty"),
        (None, "宣传中", {**SON, "monthly_amount": "三百"}, "not_money"),
    ],
)
def test_a_duty_that_cannot_be_is_refused(session, household, key, state, facts, code):
    with pytest.raises(Impossible) as refused:
        support.record(session, household.key, key, state, facts)
    assert refused.value.code == code


def test_who_is_registered_is_of_the_register_and_not_out_of_poverty(session, household):
    registered = households.register(session, household.key)
    assert (registered.kind, registered.attribute) == ("脱贫户", "未脱贫户")
