"""Reminding and hurrying from the pages."""

from tests.web.world import World


def test_the_office_reminds_and_hurries_and_the_village_sees_it(world: World) -> None:
    family = world.family()
    case = world.begin(family)
    task = world.play(case, family, "accept")
    office, village = world.client("county_office"), world.client("village_committee")
    page = office.get(f"/cases/{case}").text
    assert f"/tasks/{task.key}/remind" in page and f"/tasks/{task.key}/hurry" in page
    mine = village.get(f"/cases/{case}").text
    assert "/remind" not in mine and "/hurry" not in mine
    for verb, reason in (("remind", ""), ("hurry", "老人急需就医")):
        led = office.post(f"/tasks/{task.key}/{verb}", data={"reason": reason})
        assert led.location == f"/cases/{case}"
    for address in ("/", f"/tasks/{task.key}", f"/cases/{case}"):
        page = village.get(address).text
        assert ">加急</strong>" in page and "县扶贫办 王敏催办" in page, address
    assert "老人急需就医" in village.get(f"/tasks/{task.key}").text
    told = office.get(f"/cases/{case}").text
    assert "老人急需就医" in told and f"/tasks/{task.key}/relax" in told
    assert f"/tasks/{task.key}/remind" not in told, "once a day"
    assert office.post(f"/tasks/{task.key}/remind").status_code == 409
    assert village.post(f"/tasks/{task.key}/hurry", data={"reason": "急"}).status_code == 403
    assert world.client("far_county").post(f"/tasks/{task.key}/remind").status_code == 403
