"""Figures against facts told by hand, on both stores: what is counted, as of which day, and where it lies."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from engine.database import Database
from registry import areas, figures, history, households, measures, monitoring
from registry.models import Household
from tests.registry.conftest import member, number

COUNTY = "2202/220281/"
TOWNSHIP = "2202/220281/220281101/"
VILLAGES = (TOWNSHIP + "220281101201/", TOWNSHIP + "220281101202/", "2202/220202/220202101/220202101201/")


def on(session: Session, month: int, day: int, hour: int = 1) -> None:
    history.act(session, "周敏", datetime(2020, month, day, hour, tzinfo=UTC), task="7001")


def family(session: Session, order: int, village: str, size: int, **facts: object) -> Household:
    people = [
        member(
            f"人{place}",
            "户主" if place == 0 else "其他",
            id_number=number(f"2202991968010{order:02}{place}1"[:17]),
        )
        for place in range(size)
    ]
    return households.save(session, None, village, facts, people)


@pytest.fixture
def county(database: Database) -> Iterator[Session]:
    """Two villages of one township and one of another county: a year of theirs."""
    with database.begin() as session:
        on(session, 1, 5)
        areas.load(session)
        first = family(session, 10, VILLAGES[0], 3, kind="脱贫户", causes=["因病", "因残"])
        second = family(session, 11, VILLAGES[1], 2, kind="一般农户", causes=["因病"])
        family(session, 12, VILLAGES[1], 4, kind="脱贫户")
        far = family(session, 13, VILLAGES[2], 1, kind="脱贫户", causes=["因学"])
        on(session, 2, 1)
        monitoring.include(session, first.key, "脱贫不稳定户", [1], "农户申请")
        monitoring.warn(session, first.key, "黄", ["无劳动力"], "周敏")
        chosen = {"code": "CY02", "department": "农业农村", "planned_amount": 3000, "due": "2020-04-01"}
        late = measures.open_one(session, first.key, chosen)
        paid = measures.open_one(session, first.key, {**chosen, "code": "JY01", "department": "人社"})
        on(session, 3, 2)
        monitoring.include(session, second.key, "边缘易致贫户", [3], "部门筛查")
        monitoring.include(session, far.key, "脱贫不稳定户", [1], "走访排查")
        measures.plan(session, late.key, {"plan": "送鸡雏"})
        measures.deliver(session, paid.key, {"delivery": "上岗", "paid_amount": 1200})
        on(session, 4, 20)
        measures.close(session, paid.key, {"result": "在岗"})
        monitoring.warn(session, first.key, "红", ["因病支出大"], "周敏")
        on(session, 6, 30)
        monitoring.exit_from(session, second.key, ["收入稳定"])
        yield session


def test_who_is_registered_and_monitored_on_a_day(county):
    found = figures.of(county, COUNTY, date(2020, 5, 30), since=date(2020, 1, 1))
    assert found.registered.by("kind", "households") == {"脱贫户": 2, "一般农户": 1}
    assert found.registered.by("kind", "people") == {"脱贫户": 7, "一般农户": 2}
    assert found.monitored.by("kind", "people") == {"脱贫不稳定户": 3, "边缘易致贫户": 2}
    assert found.monitored.by("level", "households") == {"红": 1, figures.UNGRADED: 1}
    assert found.causes.by("cause", "households") == {"因病": 2, "因残": 1}
    assert found.share == Decimal(5) / 7


def test_the_day_decides(county):
    march = figures.of(county, COUNTY, date(2020, 3, 1), since=date(2020, 1, 1))
    assert march.monitored.by("level", "households") == {"黄": 1}
    assert march.flows.by("way", "households") == {"纳入": 1}
    july = figures.of(county, COUNTY, date(2020, 7, 1), since=date(2020, 3, 1))
    assert july.monitored.by("kind", "households") == {"脱贫不稳定户": 1}
    assert july.flows.by("way", "households") == {"纳入": 1, "移出": 1}
    assert july.flows.by("month", "households", way="移出") == {"2020-06": 1}
    assert figures.of(county, COUNTY, date(2019, 12, 31), since=date(2019, 1, 1)).share is None


def test_measures_and_money(county):
    found = figures.of(county, COUNTY, date(2020, 4, 10), since=date(2020, 1, 1)).measures
    assert found.by("state", "measures") == {"已计划": 1, "已落实": 1}, "closed on the 20th only"
    assert found.by("department", "measures", late=True) == {"农业农村": 1}
    assert found.sum("planned") == Decimal(6000) and found.sum("paid") == Decimal(1200)
    assert found.by("kind", "paid") == {"脱贫不稳定户": Decimal(1200)}
    due_day = figures.of(county, COUNTY, date(2020, 4, 1), since=date(2020, 1, 1)).measures
    assert due_day.by("late", "measures") == {False: 2}, "on its day nothing is late yet"


def test_each_figure_lies_one_level_below(county):
    day, since = date(2020, 5, 30), date(2020, 1, 1)
    city = figures.of(county, areas.ROOT, day, since=since).monitored
    assert city.by("place", "households") == {COUNTY: 2, "2202/220202/": 1}
    township = figures.of(county, TOWNSHIP, day, since=since).monitored
    assert township.by("place", "households") == {VILLAGES[0]: 1, VILLAGES[1]: 1}
    village = figures.of(county, VILLAGES[0], day, since=since).monitored
    assert village.by("place", "households") == {VILLAGES[0]: 1}


def test_a_level_of_an_earlier_period_does_not_count(county):
    key = next(each.key for each in households.all_within(county, VILLAGES[0]))
    on(county, 7, 1)
    monitoring.exit_from(county, key, ["收入稳定"])
    on(county, 7, 1, 16)  # the 2nd of July in China
    monitoring.include(county, key, "脱贫不稳定户", [1], "数据比对")
    found = figures.of(county, VILLAGES[0], date(2020, 7, 2), since=date(2020, 1, 1))
    assert found.monitored.by("level", "households") == {figures.UNGRADED: 1}
    monitoring.warn(county, key, "蓝", ["劳动力弱"], "周敏")
    found = figures.of(county, VILLAGES[0], date(2020, 7, 2), since=date(2020, 1, 1))
    assert found.monitored.by("level", "households") == {"蓝": 1}
