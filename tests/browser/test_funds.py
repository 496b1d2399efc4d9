"""The money page: one total however it is added up, at a desk and on a phone; only for offices and groups."""

import pytest

from engine.models.instances import Instance
from registry import measures, monitoring, reliefs


@pytest.fixture
def money(world) -> None:
    case = world.begin(world.family())
    with world.runtime.database.begin() as session:
        session.info["step"] = {"actor": "周科长", "task": None, "at": world.clock.now()}
        key = int(session.get_one(Instance, case).subject)
        monitoring.include(session, key, "脱贫不稳定户", [1], "农户申请")
        chosen = {"code": "JY01", "planned_amount": 6000, "fund_source": "财政专项扶贫资金"}
        measures.deliver(session, measures.open_one(session, key, chosen).key, {"paid_amount": 5400.5})
        stage = {
            "planned_amount": 15000.5,
            "fund_source": "市县财政自有资金",
            "department": "民政",
            "due": "2020-06-10",
        }
        relief = reliefs.open_one(session, key, "一事一议", "户主重病。", [stage])
        reliefs.pay(session, reliefs.next_payment(session, relief.key).key, {})


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("phone", "zh-CN"), ("desk", "en")])
def test_it_all_adds_up_and_can_be_read(visitor, money, size, language):
    person = visitor(size, language).sign_in("county_office")
    page = person.go("/funds/")
    person.picture(f"funds-{size}-{language}")
    total = page.get_by_role("row").filter(has_text="21,000.50").filter(has_text="20,401.00")
    assert total.count() == 4, "by source, by use, by area, and the only township"
    assert not person.overflows()
    assert person.barriers() == []


def test_nobody_else_is_led_there(visitor, money):
    person = visitor("desk").sign_in("village_committee")
    assert person.go("/").get_by_role("link", name="资金").count() == 0


def test_another_countys_money_is_refused(world, money):
    client = world.client("county_office")
    assert client.get("/funds/?area=2202/").status_code == 403
    assert client.get("/funds/?area=2202/220281/").status_code == 200
    assert world.client("village_committee").get("/funds/").status_code == 403
