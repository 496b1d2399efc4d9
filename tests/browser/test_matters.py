"""A household's other matters at a desk and on a phone: seen, within reach, without barriers."""

import pytest

from engine.models.instances import Instance
from registry import eligibility, reliefs, sudden, support

STAGES = [
    {
        "planned_amount": 15000.5,
        "fund_source": "市县财政自有资金",
        "department": "民政",
        "due": "2020-06-10",
    },
    {"planned_amount": 10000, "fund_source": "金融和社会资金", "department": "慈善总会", "due": "2020-09-10"},
]


@pytest.fixture
def household(world) -> int:
    case = world.begin(world.family())
    with world.runtime.database.begin() as session:
        session.info["step"] = {"actor": "周科长", "task": None, "at": world.clock.now()}
        key = int(session.get_one(Instance, case).subject)
        relief = reliefs.open_one(session, key, "一事一议", "户主重病。", STAGES)
        reliefs.pay(session, reliefs.next_payment(session, relief.key).key, {"note": "001"})
        sudden.enter(session, key, {"cause": "因灾", "detail": "房屋冲毁。"})
        told = {"supported": "李大山", "supporter": "李小山", "monthly_amount": 300, "until": "2021-05-31"}
        support.record(session, key, None, "已签协议", told)
        eligibility.cancel(session, key, ["参与黄赌毒", "虚报冒领扶贫资金"], "查实。")
    return key


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("phone", "zh-CN"), ("phone", "en")])
def test_a_households_matters_can_be_read_everywhere(visitor, household, size, language):
    person = visitor(size, language).sign_in("county_office")
    person.go(f"/households/{household}")
    person.picture(f"household-matters-{size}-{language}")
    assert person.page.get_by_role("row", name="25,000.50").count() == 1
    assert not person.overflows()
    assert person.barriers() == []
