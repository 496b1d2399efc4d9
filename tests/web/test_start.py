"""What each role may start from the page, and what it begins with."""

import pytest

from engine import instances
from engine.models.instances import Instance
from engine.worker import Worker
from tests.forms.answers import COMPLETE
from tests.web.world import COUNTY, PASSWORD


def begun(world, client, process, **sent):
    """The first task's case, as the page leads to it."""
    answer = client.post(f"/start/{process}", data=sent)
    assert answer.status_code == 302, answer.text
    assert client.get(answer.location).status_code == 200
    task = next(t for t in world.tasks() if t.key == int(answer.location.rsplit("/", 1)[1]))
    with world.runtime.database.read() as session:
        case = session.get_one(Instance, task.case_key)
        return task, instances.variables(session, case)


def test_each_role_is_offered_what_the_drawings_say(world):
    office = world.client("county_office").get("/start/").text
    assert "申请纳入监测" in office and "发起入户走访" in office and "报送部门筛查结果" not in office
    assert world.client("city_group").get("/start/").location.endswith("/start/supervision")
    department = world.client("department_民政").get("/start/").text
    assert "报送部门筛查结果" in department and "报告骤贫风险" in department
    assert "申请纳入监测" not in department
    assert world.client("administrator").get("/start/").status_code == 403
    assert world.client("work_team").get("/start/home_visit").status_code == 403
    for process in ("nosuch", "risk_check"):
        assert world.client("county_office").get(f"/start/{process}").status_code == 404


def test_the_office_begins_a_round_of_visits_of_its_own_channel(world):
    task, known = begun(world, world.client("county_office"), "home_visit", area=COUNTY)
    assert (task.element, known["channel"]) == ("organize", "入户走访")
    for area in ("2202/220202/", "2202/", "x"):
        assert world.client("county_office").post("/start/home_visit", data={"area": area}).status_code == 400


def test_a_department_reports_in_its_own_name(world):
    client = world.client("department_民政")
    assert "蛟河市" in client.get("/start/department_screening").text
    task, known = begun(world, client, "department_screening", area=COUNTY)
    assert (task.element, known["department"]) == ("report", "民政")


@pytest.mark.parametrize("name", ["county_office", "village_committee"])
def test_a_household_is_offered_its_matters_on_its_page(world, name):
    case = world.begin(world.family())
    with world.runtime.database.read() as session:
        subject = session.get(Instance, case).subject
    assert 'action="/start/monitoring"' in world.client(name).get(f"/households/{subject}").text
    assert "/start/monitoring" not in world.client("work_team").get(f"/households/{subject}").text


def handed_in(world, client, task, answer):
    """The step done on its page; one that is signed is shown first."""
    sent = {"answer": answer}
    if task.properties.get("signature") == "password":
        shown = client.post(f"/tasks/{task.key}/preview", json=sent)
        assert shown.status_code == 200 and shown.json["pages"], shown.text
        sent |= {"shown": shown.json["shown"], "password": PASSWORD}
    done = client.post(f"/tasks/{task.key}/complete", json=sent)
    assert done.status_code == 200, done.text
    Worker(world.runtime).run_once()  # each household of a list is taken up in a step of its own


def test_the_city_group_supervises_and_the_problem_is_listed_for_who_must_mend_it(world):
    family = world.family()
    world.play(world.begin(family), family, "choose_measures")
    client = world.client("city_group")
    task, _known = begun(world, client, "supervision", area="2202/")
    plan = {
        "sample_areas": [COUNTY],
        "sample_size": 3,
        "seed": 7,
        "focus": "看台账。",
        "inspect_by": "2020-07-20",
    }
    handed_in(world, client, task, plan)
    inspect = world.task(task.case_key, "inspect")
    handed_in(world, client, inspect, COMPLETE["case_inspection"])
    page = world.client("township_cadre").get("/problems/").text
    assert inspect.title in page and "户主未参加基本医疗保险。" in page and "待整改" in page
    assert "没有要清零的问题" in world.client("far_county").get("/problems/").text
    assert world.client("village_committee").get("/problems/").status_code == 403
    bulletin = world.task(task.case_key, "issue_bulletin")
    handed_in(world, client, bulletin, {"opinion": "总体较好。", "requirements": "限期整改。"})
    rectify = world.task(task.case_key, "rectify")
    assert rectify.area == world.village
    handed_in(world, world.client("township_cadre"), rectify, COMPLETE["rectification"])
    handed_in(world, client, world.task(task.case_key, "check_fix"), {"outcome": "销号"})
    assert "已销号" in world.client("county_office").get("/problems/?closed=1").text
    assert "没有要清零的问题" in world.client("county_office").get("/problems/").text
