"""Measures from choice to 销号, and the catalogue."""

from datetime import date
from decimal import Decimal

import pytest

from registry import measures, monitoring
from registry.errors import Impossible

DEPARTMENTS = {
    1: "组织部 农业农村 人社 科技 科协 文广旅 团委 妇联 银保监 残联 扶贫办",
    2: "农业农村 民政 社保 残联 扶贫办",
    3: "民政 社保 医保 残联 慈善总会 扶贫办",
    5: "宣传部 法院 扶贫办",
}
FUNDS = {"财政专项扶贫资金", "行业扶贫资金", "市县财政自有资金", "金融和社会资金", "不需资金"}


def test_the_life_of_a_measure(session, household, on):
    measure = measures.open_one(
        session,
        household.key,
        {
            "category": 1,
            "name": "公益岗位",
            "department": "人社",
            "planned_amount": 6000,
            "due": "2020-06-30",
        },
    )
    assert (measure.state, measure.departments, measure.due) == ("选定", ["人社"], date(2020, 6, 30))
    measures.plan(session, measure.key, {"plan": "保洁员", "planned_amount": 5400.5, "due": "2020-06-20"})
    assert (measure.state, measure.planned_amount, measure.due) == (
        "已计划",
        Decimal("5400.50"),
        date(2020, 6, 20),
    )
    on(2020, 6, 10)
    measures.deliver(session, measure.key, {"outcome": "已落实", "delivery": "已上岗", "paid_amount": 900})
    assert (measure.state, measure.delivered_on, measure.paid_amount) == (
        "已落实",
        date(2020, 6, 10),
        Decimal("900.00"),
    )
    assert measures.count_open(session, household.key) == 1
    measures.close(session, measure.key, {"result": "月增收600元"})
    assert (measure.state, measure.closed_on, measures.count_open(session, household.key)) == (
        "已销号",
        date(2020, 6, 10),
        0,
    )
    assert measures.shown(measures.of(session, household.key)[0])["planned_amount"] == 5400.5


def test_a_row_of_the_catalogue_fills_in_what_was_not_told(session, household):
    measure = measures.open_one(session, household.key, {"code": "BZ03"})
    assert (measure.name, measure.category, measure.departments) == ("临时救助（分阶段发放）", 4, ["民政"])
    assert measure.fund_source == "行业扶贫资金"
    helped = measures.open_one(session, household.key, {"code": "JY01", "department": "残联"})
    assert helped.departments == ["残联", "人社", "扶贫办"]


def test_what_cannot_be_delivered_says_why_and_stays_open(session, household):
    measure = measures.open_one(session, household.key, {"code": "BZ10"})
    measures.deliver(session, measure.key, {"outcome": "无法落实", "opinion": "无宅基地"})
    assert (measure.state, measure.delivery, measures.count_open(session, household.key)) == (
        "无法落实",
        "无宅基地",
        1,
    )


def test_what_is_closed_does_not_change(session, household):
    measure = measures.open_one(session, household.key, {"code": "BZ10"})
    measures.close(session, measure.key, {})
    for change in (measures.plan, measures.deliver, measures.close):
        with pytest.raises(Impossible) as refused:
            change(session, measure.key, {})
        assert refused.value.code == "measure_closed"


@pytest.mark.parametrize(
    ("code", "chosen"),
    [
        ("incomplete_measure", {"category": 7, "name": "x", "department": "民政"}),
        ("incomplete_measure", {"category": 1, "department": "民政"}),
        ("measure_without_department", {"category": 1, "name": "x"}),
        ("not_money", {"code": "BZ10", "planned_amount": "多"}),
        ("not_a_date", {"code": "BZ10", "due": "月底"}),
        ("too_long", {"category": 1, "name": "x" * 101, "department": "民政"}),
    ],
)
def test_an_incomplete_choice_is_refused(session, household, code, chosen):
    with pytest.raises(Impossible) as refused:
        measures.open_one(session, household.key, chosen)
    assert refused.value.code == code


def test_an_unknown_measure(session):
    with pytest.raises(Impossible) as refused:
        measures.close(session, 404, {})
    assert refused.value.code == "unknown_measure"


def test_the_catalogue_names_known_clauses_departments_and_funds():
    rows = measures.catalogue().values()
    assert {row.category for row in rows} == {1, 2, 3, 4, 5, 6}
    for row in rows:
        assert f"F4.5.{row.category}" in row.clause
        assert row.fund_source in FUNDS
        assert row.departments
        assert row.evidence
        if row.category in DEPARTMENTS:
            assert set(row.departments) <= set(DEPARTMENTS[row.category].split()), row.code


@pytest.mark.parametrize(
    ("kind", "code", "told", "source"),
    [
        ("脱贫不稳定户", "CY01", "", "财政专项扶贫资金"),
        ("边缘易致贫户", "CY01", "", "市县财政自有资金"),
        ("边缘易致贫户", "JY01", "", "行业扶贫资金"),
        ("边缘易致贫户", "CY01", "财政专项扶贫资金", "财政专项扶贫资金"),
    ],
)
def test_the_source_of_funds_follows_the_kind_of_household(session, household, kind, code, told, source):
    """F6.2: 财政专项 is for those once poor; what is told goes before."""
    monitoring.include(session, household.key, kind, [1], "农户申请")
    chosen = {"code": code, "department": "农业农村", "fund_source": told}
    assert measures.open_one(session, household.key, chosen).fund_source == source


def test_a_household_not_monitored_is_paid_as_what_it_would_be(session, household):
    chosen = {"code": "CY01", "department": "农业农村"}
    household.kind = "一般农户"
    assert measures.open_one(session, household.key, chosen).fund_source == "市县财政自有资金"
    household.kind = "脱贫户"
    assert measures.open_one(session, household.key, chosen).fund_source == "财政专项扶贫资金"
