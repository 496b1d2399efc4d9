"""A household's page and its case's page show what was done for it besides its measures."""

import pytest

from engine.models.instances import Instance
from registry import eligibility, family, reliefs, sudden, support

FIRST = {
    "planned_amount": 1000.1,
    "fund_source": "市县财政自有资金",
    "department": "民政",
    "due": "2020-06-10",
}
LATER = {
    "planned_amount": 2000,
    "fund_source": "金融和社会资金",
    "department": "慈善总会",
    "due": "2020-09-10",
}


@pytest.fixture
def case(world):
    """A case whose household got relief, fell into hardship, has an old man to support and lost its eligibility."""
    key = world.begin(world.family())
    with world.runtime.database.begin() as session:
        session.info["step"] = {"actor": "周科长", "task": None, "at": world.clock.now()}
        household = int(session.get_one(Instance, key).subject)
        relief = reliefs.open_one(session, household, "一事一议", "户主重病。", [FIRST, LATER])
        reliefs.pay(session, reliefs.next_payment(session, relief.key).key, {"note": "001"})
        sudden.enter(session, household, {"cause": "因灾", "detail": "房屋冲毁。"})
        told = {"supported": "李大山", "supporter": "李小山", "monthly_amount": 300}
        support.record(session, household, None, "已签协议", told)
        eligibility.cancel(session, household, ["参与黄赌毒"], "查实。")
    return key, household


@pytest.mark.parametrize("page", ["/households/{1}", "/cases/{0}/assistance"])
def test_what_was_done_stands_with_its_sums(world, case, page):
    text = world.client("county_office").get(page.format(*case)).text
    for told in ("一事一议", "1,000.10", "3,000.10", "李小山 → 李大山", "300.00", "参与黄赌毒"):
        assert told in text
    assert "房屋冲毁" not in text, "what happened is told in the case only"


def test_its_cases_are_named(world, case):
    text = world.client("county_office").get(f"/households/{case[1]}").text
    assert f'<a href="/cases/{case[0]}">防返贫监测和帮扶</a>' in text


def test_a_household_without_them_says_nothing_of_them(world):
    key = world.begin(world.family())
    text = world.client("county_office").get(f"/cases/{key}/assistance").text
    assert "专项救助" not in text and "赡养" not in text


def test_a_household_that_is_no_more_says_since_when_and_why_and_begins_nothing(world, case):
    _, household = case
    client = world.client("village_committee")
    assert "报告家庭情况变更" in client.get(f"/households/{household}").text
    with world.runtime.database.begin() as session:
        session.info["step"] = {"actor": "周科长", "task": None, "at": world.clock.now()}
        away = {"happened_on": "2020-06-20", "away": True, "destination": "辽宁省沈阳市"}
        family.record(session, household, "迁移", away)
        assert [relief.closed_on.isoformat() for relief in reliefs.of(session, household)] == ["2020-07-01"]
    text = client.get(f"/households/{household}").text
    assert "本户已注销（2020年6月20日）：迁出本市。" in text
    assert "报告家庭情况变更" not in text
