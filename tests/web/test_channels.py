"""The pages of what is no household's own case: a round of visits, a department's screening, a county's comparison."""

import pytest

from engine import instances
from engine.worker import Worker
from registry import fiction, households
from tests.forms.answers import COMPLETE
from tests.web.test_tasks import given
from tests.web.world import COUNTY
from web import sheet_facts


@pytest.fixture
def begin(world):
    """Begins a case of a process."""

    def start(process, element=None, **variables):
        with world.runtime.database.begin() as session:
            case = instances.start(
                world.runtime, session, process, variables, "administrator", element=element
            )
            return case.key

    return start


@pytest.fixture
def household(world):
    """A registered household that is not monitored."""
    family = world.family()
    with world.runtime.database.begin() as session:
        session.info["step"] = {"actor": "x", "task": None, "at": world.clock.now()}
        return str(households.save(session, None, family.area, family.household, family.members).key)


def looked_at(world, name, task, sheet):
    """The task in the person's list, its page, and its sheet with this answer; his browser, and what the form is given."""
    client = world.client(name)
    page = client.get(f"/tasks/{task.key}")
    assert page.status_code == 200, page.text
    listed = client.get("/")
    assert listed.status_code == 200
    assert task.name in listed.text
    shown = client.post(f"/tasks/{task.key}/preview", json={"answer": COMPLETE[sheet]})
    assert shown.status_code == 200, shown.text
    return client, given(page)


def looked_up(client, task):
    """The drawing beside the form, and whether the page leads to the whole case."""
    assert client.get(f"/tasks/{task.key}/drawing").mimetype == "application/xml"
    return f"/cases/{task.case_key}" in client.get(f"/tasks/{task.key}").text


def complete(world, client, task, answer):
    done = client.post(f"/tasks/{task.key}/complete", json={"answer": answer})
    assert done.status_code == 200, done.text
    Worker(world.runtime).run_once()  # each household of a list is taken up in a step of its own
    return done.json["next"]


def test_a_round_of_visits(world, begin, household):
    case = begin("home_visit", area=COUNTY, channel="入户走访", title="走访")
    organize = world.task(case, "organize")
    client, _page = looked_at(world, "county_office", organize, "visit_round")
    complete(
        world,
        client,
        organize,
        {**COMPLETE["visit_round"], "scope": "全部村", "visit_kinds": ["脱贫户", "一般农户"]},
    )
    visit = world.task(case, "visit")
    _client, task = looked_at(world, "village_committee", visit, "risk_visit")
    assert task["data"]["lead"] == COMPLETE["visit_round"]["focus"]
    assert client.get(f"/cases/{case}").status_code == 200
    assert world.client("village_committee").get(f"/cases/{case}").status_code == 403, (
        "other villages' households"
    )
    clerk = world.client("village_committee")
    assert not looked_up(clerk, visit)
    assert looked_up(client, visit), "the county sees the whole round"
    assert world.client("neighbour").get(f"/tasks/{visit.key}").status_code == 403
    assert world.client("neighbour").get(f"/tasks/{visit.key}/drawing").status_code == 403
    assert world.client("village_committee").get(f"/tasks/{organize.key}").status_code == 403


def test_a_department_reports_and_reads_what_came_of_it(world, begin):
    case = begin("department_screening", area=COUNTY, department="医保", title="部门筛查")
    report = world.task(case, "report")
    client, _page = looked_at(world, "department_医保", report, "screening_report")
    answer = COMPLETE["screening_report"] | {
        "screened": [{**COMPLETE["screening_report"]["screened"][0], "area": world.village}]
    }
    complete(world, client, report, answer)
    review = world.task(case, "review_lead")
    _client, task = looked_at(world, "county_office", review, "lead_review")
    assert "支出骤增" in task["data"]["lead"]
    alert = next(
        task for task in world.waiting(case) if task.element == "take_alert" and "民政" in str(task.groups)
    )
    looked_at(world, "department_民政", alert, "department_alert")
    page = client.get(f"/cases/{case}")
    assert page.status_code == 200
    assert "220281196503120010" not in page.text


def test_a_county_compares(world, begin):
    quarter = {
        "quarter": "2020年第3季度",
        "due": "2020-07-10",
        "handover_due": "2020-07-07",
        "departments": ["医保"],
    }
    case = begin("data_comparison", "comparison_due", area=COUNTY, title="比对", **quarter)
    hand_in = world.task(case, "hand_in")
    client, _page = looked_at(world, "department_医保", hand_in, "sheet_handover")
    complete(world, client, hand_in, {"outcome": "已提供"})
    looked_at(world, "county_office", world.task(case, "confirm_comparison"), "comparison_check")


def test_who_visits_one_household_of_a_list_sees_nothing_of_another(world, begin, household):
    family, other = world.family(), next(fiction.families(1, [world.village], seed=99))
    with world.runtime.database.begin() as session:
        session.info["step"] = {"actor": "x", "task": None, "at": world.clock.now()}
        households.save(
            session, None, other.area, {**other.household, "national_number": None}, other.members
        )
    case = begin("home_visit", area=COUNTY, channel="入户走访", title="走访")
    told = {"scope": "全部村", "visit_kinds": ["脱贫户", "一般农户"], "focus": "看饮水。"}
    complete(world, world.client("county_office"), world.task(case, "organize"), told)
    first, second = [task for task in world.waiting(case) if task.element == "visit"]
    with world.runtime.database.begin() as session:
        seen = {**COMPLETE["risk_visit"], "outcome": "无风险", "opinion": "前一户的情况。"}
        instances.complete(world.runtime, session, first.key, seen, "work_team")
    page = world.client("village_committee").get(f"/tasks/{second.key}").text
    assert "前一户的情况。" not in page
    known = given(world.client("village_committee").get(f"/tasks/{second.key}"))["data"]
    assert "visits" not in known, "the list itself names all the others"
    assert "安排走访" in page, "what was asked of all"
    county = world.client("county_office").get(f"/cases/{case}").text
    assert f"入户走访（{first.title}）" in county and f"入户走访（{second.title}）" in county
    with world.runtime.database.read() as session:
        names = sheet_facts.of_case(
            session, instances.get(session, case), "risk_visit", task=second, at=world.clock.now()
        )
    assert names["household"]["head_name"] == second.title
    assert second.title in {family.head["name"], other.head["name"]}
