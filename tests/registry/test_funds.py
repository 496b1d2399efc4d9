"""All the money of an area, added up four ways to the same total, on figures told by hand."""

from datetime import date
from decimal import Decimal

import pytest

from registry import figures, funds, households, measures, monitoring, reliefs
from registry.funds import Sum
from tests.registry.conftest import VILLAGE, member, number

COUNTY, DAY = "2202/220281/", date(2020, 12, 1)


@pytest.fixture
def county(session, household, on):
    """A measure for a monitored household, and a relief of two stages, one of them paid, for one at the border."""
    monitoring.include(session, household.key, "脱贫不稳定户", [1], "农户申请")
    chosen = {"code": "JY01", "department": "人社", "planned_amount": 3000, "fund_source": "财政专项扶贫资金"}
    measure = measures.open_one(session, household.key, chosen)
    measures.deliver(session, measure.key, {"paid_amount": 2500.01})
    other = households.save(
        session, None, VILLAGE, {}, [member("赵", id_number=number("22029919700101101"))]
    ).key
    monitoring.include(session, other, "边缘易致贫户", [4], "部门筛查")
    stage = {"fund_source": "市县财政自有资金", "department": "民政", "planned_amount": 1000.1}
    stages = [
        {**stage, "due": "2020-06-10"},
        {**stage, "due": "2020-12-20", "fund_source": "财政专项扶贫资金"},
    ]
    relief = reliefs.open_one(session, other, "一事一议", "大病", stages)
    on(2020, 6, 12)
    reliefs.pay(session, reliefs.next_payment(session, relief.key).key, {"paid_on": "2020-06-10"})
    return session


def counted(session, day: date = DAY, area: str = COUNTY):
    return funds.table(figures.of(session, area, day, since=date(2020, 1, 1)))


def test_every_way_of_adding_up_comes_to_the_same(county):
    table = counted(county)
    assert table.total.total == Sum(Decimal("5000.20"), Decimal("3500.11"))
    assert table.origins == {
        "帮扶措施": Sum(Decimal(3000), Decimal("2500.01")),
        "一事一议": Sum(Decimal("2000.20"), Decimal("1000.10")),
    }
    by_source = {row.source: row.total for row in table.rows if row.total.planned}
    assert by_source == {
        "财政专项扶贫资金": Sum(Decimal("4000.10"), Decimal("2500.01")),
        "市县财政自有资金": Sum(Decimal("1000.10"), Decimal("1000.10")),
    }
    assert table.reconciled


def test_what_does_not_add_up_is_told(county):
    table = counted(county)
    table.origins["漏记"] = Sum(Decimal("0.01"), Decimal(0))
    assert not table.reconciled


def test_which_part_came_from_the_sources_named_first(county):
    table = counted(county)
    assert (table.main_share("脱贫不稳定户"), table.main_share("边缘易致贫户")) == (1, 1)
    assert table.main_share("") is None


def test_a_day_counts_what_was_decided_and_paid_by_then(county):
    before = counted(county, date(2020, 6, 9))
    assert before.origins["一事一议"] == Sum(Decimal("2000.20"), Decimal(0))
    assert counted(county, date(2020, 5, 1)).total.total == Sum(Decimal(0), Decimal(0))
    assert counted(county, area="2202/220202/").origins == {}


def test_a_source_that_the_document_does_not_know_stands_in_a_row_of_its_own(session, household):
    measures.open_one(
        session, household.key, {"code": "JY01", "fund_source": "彩票公益金", "planned_amount": 5}
    )
    [row] = [row for row in counted(session).rows if row.total.planned]
    assert (row.source, row.main_for, row.kinds[2].planned) == ("彩票公益金", (), 5)
