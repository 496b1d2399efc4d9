"""The plain ledgers' pages: who keeps which where, what is told, and that nobody enters beyond his area."""

import pytest

from engine.models.instances import Instance
from registry import areas, ledger
from registry.ledger import entries
from tests.web.world import COUNTY, OTHER_COUNTY

TOLD = {"name": "饮水一期", "way": "集中供水", "households": "120", "tested_on": "2020-06-01", "sound": "是"}


def test_every_ledger_opens(world):
    client = world.client("county_office")
    index = client.get("/ledgers/").text
    for each in ledger.ledgers().values():
        assert each.name in index
        assert client.get(f"/ledgers/{each.id}").status_code == 200, each.id
    assert client.get("/ledgers/nosuch").status_code == 404
    assert "防返贫台账" not in world.client("department_水利").get("/ledgers/").text


def test_an_entry_is_kept_corrected_and_ended_by_who_keeps_it(world):
    keeper = world.client("department_水利")
    assert keeper.post("/ledgers/water", data={**TOLD, "area": world.village}).status_code == 302
    page = keeper.get("/ledgers/water").text
    assert "饮水一期" in page and "120" in page
    key = page.partition("/ledgers/water/")[2].partition('"')[0]
    assert (
        keeper.post(f"/ledgers/water/{key}", data={**TOLD, "households": "130", "reason": "新增"}).status_code
        == 302
    )
    entry = keeper.get(f"/ledgers/water/{key}").text
    assert "120 → 130" in entry and "新增" in entry and "department_水利" in entry
    other = world.client("department_教育")
    assert other.post(f"/ledgers/water/{key}", data=TOLD).status_code == 403
    assert "更正" not in other.get(f"/ledgers/water/{key}").text
    assert world.client("far_county").get(f"/ledgers/water/{key}").status_code == 403
    assert keeper.post(f"/ledgers/water/{key}", data={"end": "1"}).status_code == 422
    assert keeper.post(f"/ledgers/water/{key}", data={"end": "1", "reason": "并入二期"}).status_code == 302
    assert "饮水一期" not in keeper.get("/ledgers/water").text
    assert "饮水一期" in keeper.get("/ledgers/water?ended=1").text


@pytest.mark.parametrize(
    ("who", "area", "status"),
    [
        ("county_office", COUNTY, 302),
        ("county_office", OTHER_COUNTY, 403),
        ("far_village", "village", 403),
        ("village_committee", "village", 302),
        ("department_水利", "", 403),
        ("city_office", COUNTY, 403),
    ],
)
def test_nobody_enters_beyond_his_area(world, who, area, status):
    sent = {**TOLD, "area": world.village if area == "village" else area}
    assert world.client(who).post("/ledgers/water", data=sent).status_code == status


def test_a_bad_field_is_told_by_its_name(world):
    refused = world.client("county_office").post(
        "/ledgers/water", data={**TOLD, "area": COUNTY, "households": "x"}
    )
    assert refused.status_code == 422 and "“受益户数”" in refused.text


def test_a_house_is_entered_from_its_households_page_and_the_place_is_marked(world):
    family = world.family()
    case = world.begin(family)
    with world.runtime.database.read() as session:
        household = session.get(Instance, case).subject
    client = world.client("township_cadre")
    page = client.get(f"/households/{household}").text
    assert f"/ledgers/dangerous_housing?household={household}" in page
    form = client.get(f"/ledgers/dangerous_housing?household={household}").text
    assert family.head["name"] in form
    told = {"grade": "D级", "group": "低保户", "assessed_on": "2020-06-01", "household": household}
    assert client.post("/ledgers/dangerous_housing", data=told).status_code == 302
    assert family.head["name"] in client.get("/ledgers/dangerous_housing").text
    marked = {"area": areas.parent(world.village), "sort": "脱贫攻坚任务重的乡镇"}
    assert world.client("county_office").post("/ledgers/cared_places", data=marked).status_code == 302
    assert "脱贫攻坚任务重的乡镇" in client.get(f"/households/{household}").text
    with world.runtime.database.read() as session:
        of = ledger.ledgers()["dangerous_housing"]
        assert entries.count(session, of, [world.village]) == 1
    assert client.get("/ledgers/dangerous_housing.xlsx").status_code == 200


def test_the_household_tells_who_changed_what_in_which_task(world):
    family = world.family()
    case = world.begin(family)
    world.play(case, family, "county_review")
    with world.runtime.database.read() as session:
        household = session.get(Instance, case).subject
    page = world.client("county_office").get(f"/households/{household}/history").text
    assert "村委会 李秀兰" in page and f'href="/cases/{case}"' in page
    assert family.head["id_number"] not in page and "户主" in page
    assert world.client("far_county").get(f"/households/{household}/history").status_code == 403
