"""What households have still to be told: by hand, and in their own account."""

import pytest

from engine import identity
from registry import households, notices
from registry.history import act
from tests.web.world import PASSWORD, World


@pytest.fixture
def household(world: World) -> int:
    """A household of the village with an account and one notice."""
    family = world.family()
    with world.runtime.database.begin() as session:
        act(session, "county_office", world.clock.now())
        key = households.save(session, None, family.area, family.household, family.members).key
        notices.write(session, key, "不予纳入", "您家的申请经审核不予纳入。")
        identity.add_user(session, "zhang", "张家", PASSWORD, [("applicant", f"={key}")])
    return key


def notice(world: World, household: int) -> notices.Notice:
    with world.runtime.database.read() as session:
        return notices.of(session, household)[0]


def test_the_village_tells_it_and_says_how_and_when(world, household):
    village = world.client("village_committee")
    assert "您家的申请经审核不予纳入" in village.get("/notices/").text
    key = notice(world, household).key
    for wrong, why in (
        ({"how": "当面", "on": "2020-07-02"}, "不能晚于今天"),
        ({"how": "当面", "on": "2020-06-30"}, "不能早于通知日期"),
        ({"how": "当面", "on": "明天"}, "日期写作"),
        ({"how": "托梦", "on": "2020-07-01"}, "怎样告知"),
    ):
        refused = village.post(f"/notices/{key}", data=wrong)
        assert refused.status_code in (400, 422) and why in refused.text, wrong
    told = village.post(f"/notices/{key}", data={"how": "电话", "on": "2020-07-01", "back": "household"})
    assert told.status_code == 302 and told.location == f"/households/{household}"
    kept = notice(world, household)
    assert (kept.delivered_how, kept.delivered_by) == ("电话", "village_committee")
    assert "村委会 李秀兰" in village.get(f"/households/{household}").text
    assert "没有还要告知农户的通知" in village.get("/notices/").text
    again = world.client("work_team").post(f"/notices/{key}", data={"how": "当面", "on": "2020-07-01"})
    assert again.status_code == 302 and notice(world, household).delivered_by == "village_committee"


def test_the_household_says_that_it_has_read_it(world, household):
    own = world.client("zhang")
    assert "我已看过" in own.get("/notices/").text and "方式" not in own.get("/notices/").text
    assert own.post(f"/notices/{notice(world, household).key}").status_code == 302
    assert notice(world, household).delivered_how == "网页"


def test_nobody_tells_another_places_households(world, household):
    key = notice(world, household).key
    for stranger in ("neighbour", "far_county"):
        assert "您家的申请" not in world.client(stranger).get("/notices/").text
        assert world.client(stranger).post(f"/notices/{key}", data={"how": "当面"}).status_code == 403
    assert world.client("department_民政").get("/notices/").status_code == 403


def test_a_household_keeps_the_address_where_its_notices_come(world, household):
    own = world.client("zhang")
    assert own.post("/account", data={"mail": "zhang@example.cn"}).status_code == 302
    assert 'value="zhang@example.cn"' in own.get("/account").text
    refused = own.post("/account", data={"mail": "a@b.cn, c@d.cn"})
    assert "邮箱地址写得不对" in refused.text and "a@b.cn, c@d.cn" in refused.text
    assert own.post("/account", data={"mail": ""}).status_code == 302
    assert 'value="zhang' not in own.get("/account").text.replace('name="username" value="zhang"', "")
