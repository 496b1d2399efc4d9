"""The pages of what is no household's own case: a round of visits, a department's screening, a county's comparison."""

import pytest

from engine import instances
from registry import households
from tests.forms.answers import COMPLETE
from tests.web.test_tasks import given
from tests.web.world import COUNTY


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


def complete(client, task, answer):
    done = client.post(f"/tasks/{task.key}/complete", json={"answer": answer})
    assert done.status_code == 200, done.text


def test_a_round_of_visits(world, begin, household):
    case = begin("home_visit", area=COUNTY, channel="入户走访", title="走访")
    organize = world.task(case, "organize")
    client, _page = looked_at(world, "county_office", organize, "visit_round")
    complete(
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
    assert world.client("neighbour").get(f"/tasks/{visit.key}").status_code == 403
    assert world.client("village_committee").get(f"/tasks/{organize.key}").status_code == 403


def test_a_department_reports_and_reads_what_came_of_it(world, begin):
    case = begin("department_screening", area=COUNTY, department="医保", title="部门筛查")
    report = world.task(case, "report")
    client, _page = looked_at(world, "department_医保", report, "screening_report")
    answer = COMPLETE["screening_report"] | {
        "screened": [{**COMPLETE["screening_report"]["screened"][0], "area": world.village}]
    }
    complete(client, report, answer)
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
    complete(client, hand_in, {"outcome": "已提供"})
    looked_at(world, "county_office", world.task(case, "confirm_comparison"), "comparison_check")
