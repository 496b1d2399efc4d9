"""What each role may start from the page, and what it begins with."""

import pytest

from engine import instances
from engine.models.instances import Instance
from tests.web.world import COUNTY


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
    assert "没有要由您发起的事项" in world.client("city_office").get("/start/").text
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
