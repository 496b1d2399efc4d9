"""Reminding and hurrying from the pages."""

from datetime import timedelta

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


def test_who_only_sees_a_task_reads_it_and_is_told_who_can(world: World) -> None:
    family = world.family()
    task = world.play(world.begin(family), family, "accept")
    page = world.client("county_office").get(f"/tasks/{task.key}").text
    assert '"readonly": true' in page and "能办的有：村委会 李秀兰" in page and "data-bottom hidden" in page
    own = world.client("village_committee").get(f"/tasks/{task.key}").text
    assert '"readonly": false' in own and "data-bottom hidden" not in own and "退回本组" in own


def test_the_office_reminds_of_all_that_is_late_of_a_step(world: World) -> None:
    families = [world.family(nth) for nth in range(3)]
    tasks = [world.play(world.begin(family), family, "accept") for family in families]
    world.clock.advance(timedelta(days=30))
    office = world.client("county_office")
    path = "/calendar/late/application/accept"
    assert path in office.get("/calendar/").text
    page = office.get(path).text
    assert all(family.head["name"] in page for family in families) and page.count('name="task"') == 3
    done = world.do(tasks[2], families[2])
    assert done is None
    sent = {"task": [task.key for task in tasks], "reason": "已逾期，请尽快受理"}
    told = office.post(path, data=sent, follow_redirects=True).text
    assert "已催办 2 件" in told and told.count('name="task"') == 0
    assert "今天已经催办过" in told
    assert "已催办 0 件" in office.post(path, data=sent, follow_redirects=True).text
    village = world.client("village_committee").get(path).text
    assert families[0].head["name"] in village and 'name="task"' not in village, "his own to do"
    far = world.client("far_county").get(path).text
    assert families[0].head["name"] not in far
    strange = world.client("department_民政").get(path).text
    assert families[0].head["name"] not in strange
