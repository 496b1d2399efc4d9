"""The case's pages, households, starting: what they tell, and that nobody sees another area's household."""

import pytest
import sqlalchemy as sa

from engine import journal
from engine.models.instances import Instance
from engine.models.journal import Entry
from registry.models import Household

TABS = ("", "/diagram", "/household", "/assistance", "/prints", "/files")
STRANGERS = ("neighbour", "far_village", "far_county", "department_民政", "newcomer")


@pytest.fixture
def family(world):
    return world.family()


@pytest.fixture
def case(world, family):
    return world.begin(family)


@pytest.fixture
def household(world, case):
    with world.runtime.database.read() as session:
        return int(session.get(Instance, case).subject)


@pytest.mark.parametrize("tab", TABS)
def test_nobody_sees_another_areas_case(world, case, tab):
    for name in STRANGERS:
        refused = world.client(name).get(f"/cases/{case}{tab}")
        assert refused.status_code == 403, name
    for name in (
        "village_committee",
        "work_team",
        "township_cadre",
        "county_office",
        "city_office",
        "administrator",
    ):
        assert world.client(name).get(f"/cases/{case}{tab}").status_code == 200, name


def test_nobody_sees_another_areas_household(world, family, household):
    for name in STRANGERS:
        client = world.client(name)
        assert client.get(f"/households/{household}").status_code == 403, name
        assert client.post(f"/households/{household}/reveal", data={"reason": "看看"}).status_code == 403, (
            name
        )
        assert (
            family.head["name"]
            not in client.get(f"/households/?q={family.head['name']}")
            .text.split("<main")[1]
            .split("value=")[-1]
            .split(">", 1)[1]
        )
        assert family.head["name"] not in client.get("/cases/").text


def test_no_papers_or_drawing_of_another_areas_case(world, case):
    for name in STRANGERS:
        client = world.client(name)
        for path in ("prints/application.pdf", f"drawing/{case}", "signed/1.pdf"):
            assert client.get(f"/cases/{case}/{path}").status_code == 403, (name, path)


def test_a_department_sees_a_case_once_it_has_a_task_in_it(world, family, case):
    task = world.play(case, family, "plan")
    name = world.doer(task)
    assert world.client(name).get(f"/cases/{case}").status_code == 200
    with world.runtime.database.read() as session:
        subject = session.get(Instance, case).subject
    assert (
        world.client(name).post(f"/households/{subject}/reveal", data={"reason": "看看"}).status_code == 403
    )


def test_the_way_is_told_in_words_with_the_rules_that_matched(world, family, case):
    world.play(case, family, "confirm_warning")
    page = world.client("county_office").get(f"/cases/{case}").text
    for words in (
        "立案",
        "按第1版流程图办理",
        "受理申请",
        "：受理",
        "村委会 李秀兰",
        "入户核实",
        "同意纳入",
        "等待办理",
    ):
        assert words in page, words
    assert "F4." in page or "规则" in page


def test_the_drawing_shows_position_and_way_and_says_them_as_text(world, family, case):
    world.play(case, family, "accept")
    client = world.client("village_committee")
    with world.runtime.database.read() as session:
        inner = session.scalar(
            sa.select(Instance.key).where(Instance.case_key == case, Instance.process_id == "application")
        )
    page = client.get(f"/cases/{case}/diagram?instance={inner}").text
    assert 'data-here="accept"' in page and "现在在这里" in page and "已走过" in page
    assert "退回补正" in page.split("文字说明")[-1]
    drawing = client.get(f"/cases/{case}/drawing/{inner}")
    assert drawing.mimetype == "application/xml" and b'id="application"' in drawing.data
    assert client.get(f"/cases/{case}/drawing/1").status_code == 404


def test_id_numbers_are_masked_until_a_reason_is_given(world, family, household):
    client, number = world.client("village_committee"), family.head["id_number"]
    masked = client.get(f"/households/{household}").text
    assert number not in masked and number[-4:] in masked
    assert client.post(f"/households/{household}/reveal", data={"reason": " "}).status_code == 400
    assert number in client.post(f"/households/{household}/reveal", data={"reason": "核对低保"}).text
    with world.runtime.database.read() as session:
        entry = session.scalars(sa.select(Entry).where(Entry.kind == "id_numbers_shown")).one()
        assert (entry.actor, entry.body["reason"], entry.case_key) == (
            "village_committee",
            "核对低保",
            journal.HOUSE,
        )


def test_a_household_is_found_by_name_pinyin_and_last_four(world, family, household):
    client = world.client("village_committee")
    for text in (family.head["name"], family.head["id_number"][-4:], family.head["id_number"]):
        assert f"/households/{household}" in client.get("/households/", query_string={"q": text}).text, text


def test_cases_are_listed_and_searched_within_ones_sight(world, family, case):
    client = world.client("county_office")
    for query in ({}, {"q": family.head["name"]}, {"state": "active"}):
        assert f"/cases/{case}" in client.get("/cases/", query_string=query).text
    assert f"/cases/{case}" not in client.get("/cases/?state=completed").text
    assert f"/cases/{case}" not in client.get("/cases/?q=无此人").text


def test_an_application_is_withdrawn_for_a_reason_while_the_drawing_listens(world, family, case):
    world.play(case, family, "accept")
    client = world.client("village_committee")
    assert "撤回申请" in client.get(f"/cases/{case}").text
    assert "撤回申请" not in world.client("county_office").get(f"/cases/{case}").text
    assert client.post(f"/cases/{case}/withdrawal", data={"reason": ""}).status_code == 400
    assert (
        world.client("neighbour").post(f"/cases/{case}/withdrawal", data={"reason": "x"}).status_code == 403
    )
    assert client.post(f"/cases/{case}/withdrawal", data={"reason": "家里情况好转"}).status_code == 302
    assert world.waiting(case) == []
    refused = client.post(f"/cases/{case}/withdrawal", data={"reason": "再撤"})
    assert refused.status_code == 404


def test_a_new_household_begins_in_ones_own_village_only(world):
    client = world.client("village_committee")
    begun = client.post("/start/monitoring", data={"area": world.village})
    assert begun.status_code == 302 and begun.location.startswith("/tasks/")
    assert client.get(begun.location).status_code == 200
    for area in ("2202/220281/", "", "2202/220202/220202101/220202101201/"):
        assert client.post("/start/monitoring", data={"area": area}).status_code == 400
    assert (
        world.client("work_team").post("/start/monitoring", data={"area": world.village}).status_code == 403
    )


def test_a_household_with_a_running_case_gets_no_second_one(world, household):
    client = world.client("village_committee")
    refused = client.post("/start/monitoring", data={"household": household})
    assert refused.status_code == 409 and "已有在办的案卷" in refused.text
    assert client.post("/start/monitoring", data={"household": "1"}).status_code == 404
    assert (
        world.client("neighbour").post("/start/monitoring", data={"household": household}).status_code == 403
    )


def test_looking_first_finds_who_is_known(world, family, household):
    page = (
        world.client("village_committee")
        .get("/start/monitoring", query_string={"q": family.head["name"]})
        .text
    )
    assert f'value="{household}"' in page
    with world.runtime.database.read() as session:
        assert len(session.scalars(sa.select(Household)).all()) == 1


def test_the_worklist_tells_who_has_what_to_do(world, family, case):
    world.play(case, family, "verify_township")
    page = world.client("township_cadre").get("/").text
    assert (
        family.head["name"] in page
        and "包村干部入户核实" in page
        and "村两委入户核实" not in page.split("<table")[1]
    )
    assert "现在没有等您办的任务" in world.client("neighbour").get("/").text
    assert "管理员改图" in world.client("administrator").get("/").text


def test_the_worklist_keeps_its_filters_as_words(world, family, case):
    client = world.client("village_committee")
    name = family.head["name"]
    page = client.get("/", query_string={"q": name}).text
    assert f"“{name}”" in page and f"/tasks/{world.task(case, 'apply').key}" in page
    assert (
        f"/tasks/{world.task(case, 'apply').key}"
        in client.get("/", query_string={"q": family.head["id_number"][-4:]}).text
    )
    assert "没有符合这些条件的任务" in client.get("/?q=无此人").text
    assert client.get("/?sort=nonsense").status_code == 400
    assert client.get("/?after=nonsense").status_code == 400


def test_papers_of_a_case_blank_and_filled_in(world, family, case):
    world.play(case, family, "accept")
    client = world.client("county_office")
    assert "申请表" in client.get(f"/cases/{case}/prints").text
    for path in ("application.pdf", "application.pdf?blank=1"):
        paper = client.get(f"/cases/{case}/prints/{path}")
        assert paper.mimetype == "application/pdf" and paper.data.startswith(b"%PDF")
    assert client.get(f"/cases/{case}/prints/nosuch.pdf").status_code == 404
    assert client.get(f"/cases/{case}/prints/..%2F..%2Fetc%2Fpasswd.pdf").status_code == 404


def test_a_refused_household_reads_why(world, family, case, household):
    review = world.play(case, family, "county_review")
    world.do(review, family, outcome="不予纳入", opinion="家庭收入稳定超过标准。", kind=None, grounds=None)
    assert world.waiting(case) == []
    page = world.client("village_committee").get(f"/households/{household}").text
    assert "不予纳入" in page and "家庭收入稳定超过标准。" in page
