"""The figures' page: what it counts, how far down it leads, and that nobody sees beyond his area."""

import re
from datetime import timedelta

import pytest

from registry import areas, fiction, history, households, measures, monitoring
from tests.web.world import CITY, COUNTY, OTHER_COUNTY


@pytest.fixture
def counted(world):
    """Three monitored families in the county's first two villages; one measure late."""
    with world.runtime.database.begin() as session:
        history.act(session, "county_office", world.clock.now())
        village, neighbour = [area.path for area in areas.below(session, COUNTY, "village")][:2]
        for family in fiction.families(3, [village, neighbour], seed=4):
            key = households.save(session, None, family.area, family.household, family.members).key
            monitoring.include(session, key, "脱贫不稳定户", [1], "农户申请")
            monitoring.warn(session, key, "黄", ["核实"], "county_office")
        measures.open_one(session, key, {"code": "CY02", "planned_amount": 1234, "due": "2020-06-30"})
    return world


def test_what_an_office_reads(counted):
    page = counted.client("county_office").get("/figures/").text
    assert "蛟河市 · 数据" in page and "脱贫不稳定户" in page
    numbers = page.partition('<dl class="numbers">')[2].partition("</dl>")[0]
    assert "3 <span>户</span>" in numbers and "<dd>1 <span>项</span>" in numbers
    assert "1,234.00" in page and "农业农村" in page
    day = (counted.clock.now() - timedelta(days=30)).date()
    before = counted.client("county_office").get(f"/figures/?day={day}").text
    assert "<dd>0 <span>户</span> 0 <span>人</span></dd>" in before
    assert counted.client("county_office").get("/figures/?day=never").status_code == 400


def test_it_leads_down_to_the_village_and_no_higher_than_ones_own(counted):
    city = counted.client("city_office")
    assert "蛟河市" in city.get("/figures/").text
    for area in (CITY, COUNTY, areas.parent(counted.village), counted.village):
        assert city.get(f"/figures/?area={area}").status_code == 200, area
    county = counted.client("county_office")
    for area, status in ((CITY, 403), (OTHER_COUNTY, 403), (counted.village, 200)):
        assert county.get(f"/figures/?area={area}").status_code == status, area
    assert "昌邑区" not in county.get("/figures/").text
    village = counted.client("village_committee")
    assert village.get("/figures/").status_code == 200
    assert village.get(f"/figures/?area={COUNTY}").status_code == 403
    assert counted.client("newcomer").get("/figures/").status_code == 403


def test_late_tasks_are_counted_where_they_are(world):
    family = world.family()
    world.play(world.begin(family), family, "county_review")
    world.clock.advance(timedelta(days=40))
    assert "逾期待办，按步骤" in world.client("county_office").get("/figures/").text
    assert "逾期待办，按步骤" not in world.client("far_county").get("/figures/").text


def test_how_much_is_typed_is_told_by_procedure(world):
    family = world.family()
    world.play(world.begin(family), family, "county_review")
    page = world.client("county_office").get("/figures/").text
    row = page.partition("减少填表（S24）")[2].partition("</table>")[0]
    times, typed, brought = re.findall(r'class="figure">([\d.]+)<', row.partition("农户申请")[2])[:3]
    assert times == "1" and float(typed) > 0 and float(brought) > 0, row
    assert "减少填表" not in world.client("far_county").get("/figures/").text
