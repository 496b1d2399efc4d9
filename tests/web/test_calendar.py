"""The calendar: deadlines as the settings say, what is late for whom."""

from datetime import timedelta

from registry import history, ledger
from registry.ledger import entries
from tests.web.world import COUNTY


def test_deadlines_and_what_becomes_due(world):
    page = world.client("county_office").get("/calendar/").text
    for told in ("查缺补漏截止", "2020年7月31日", "季度数据比对截止", "2020年7月10日", "没有逾期的待办"):
        assert told in page, told
    with world.runtime.database.begin() as session:
        history.act(session, "county_office", world.clock.now())
        told = {"enterprise": "合作社", "project": "木耳", "ends_on": "2020-07-30"}
        entries.add(session, ledger.ledgers()["contracts"], told, area=COUNTY)
    assert "带贫合同台账</a> 1 条" in world.client("county_office").get("/calendar/").text
    assert "带贫合同台账" not in world.client("far_county").get("/calendar/").text


def test_what_is_late_is_told_to_who_can_act_on_it(world):
    family = world.family()
    world.play(world.begin(family), family, "county_review")
    world.clock.advance(timedelta(days=60))
    office = world.client("county_office").get("/calendar/").text
    assert "等您办的有 1 件逾期" in office and "没有逾期的待办" not in office
    far = world.client("far_county").get("/calendar/").text
    assert "等您办的" not in far and "没有逾期的待办" in far
    assert "Days left" in world.client("work_team").get("/calendar/", headers={"Accept-Language": "en"}).text
