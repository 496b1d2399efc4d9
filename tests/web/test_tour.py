"""The demo's tour: whose turn it is, one click to be him at his task, whoever was signed in before."""

import re

import pytest

from engine import identity
from registry import fiction
from tests.web.world import PASSWORD
from web.config import Config


@pytest.fixture
def demo(world):
    world.app.extensions["fangfan-config"] = Config(
        demo=True, demo_password=PASSWORD, sign_ins="1000 per minute"
    )
    return world


@pytest.fixture
def case(demo):
    family = demo.family()
    key = demo.begin(family)
    subject = demo.task(key, "apply").subject
    with demo.runtime.database.begin() as session:
        identity.add_user(
            session, "applicant", f"农户 {family.head['name']}", PASSWORD, [("applicant", f"={subject}")]
        )
    demo.tour_family = family
    return key


def stands(page):
    """The steps marked as where the case stands, and which account each asks to sign in as."""
    items = re.findall(r'<li class="here".*?</li>', page, re.DOTALL)
    return [
        (
            re.search(r"<strong>(.*?)</strong>", item)[1],
            (re.search(r'name="name" value="(\w+)"', item) or [None, ""])[1],
        )
        for item in items
    ]


def test_it_leads_from_role_to_role_to_the_papers(demo, case):
    client = demo.client("county_office")
    met, who = [], "county_office"
    for _ in range(12):
        [(step, account), *_rest] = stands(client.get("/").text)
        met.append((step, account))
        if step == "看签过的表":
            break
        waiting = next(task for task in demo.waiting(case) if task.name == step)
        if account:
            who = account
            sent = client.post(
                "/sign-in", data={"name": account, "password": PASSWORD, "next": f"/tasks/{waiting.key}"}
            )
            assert sent.headers["Location"] == f"/tasks/{waiting.key}"
        assert client.get(f"/tasks/{waiting.key}").status_code == 200
        demo.do(waiting, demo.tour_family, who=who)
    assert [account for _step, account in met[:7]] == [
        *("applicant", "village_committee", "", "work_team", "township_cadre", "county_office", "")
    ]
    assert met[7] == ("确定帮扶措施", "township_cadre")
    assert any(account.startswith("department_") for _step, account in met[8:])


def test_it_ends_at_the_papers_when_nothing_waits(demo, case):
    demo.play(case, demo.tour_family, "visit")  # measures done, before anybody has visited
    client = demo.client("county_office")
    page = client.get(f"/cases/{case}").text
    assert stands(page)[-1][0] == "入户走访"
    demo.do(demo.task(case, "visit"), demo.tour_family)
    page = client.get(f"/cases/{case}").text
    assert stands(page) == [("看签过的表", "")]
    assert f'href="/cases/{case}/prints"' in page


def test_it_is_shown_on_the_pages_of_its_own_case_only(demo, case):
    families = fiction.families(40, [demo.village], seed=demo.seed)
    other = demo.begin(next(family for family in families if family.head != demo.tour_family.head))
    client = demo.client("village_committee")
    told = f"跟着{demo.tour_family.head['name']}一户走"
    assert told in client.get(f"/cases/{case}").text
    assert told not in client.get(f"/cases/{other}").text


def test_it_is_put_away_for_good_and_never_outside_the_demo(demo, case):
    client = demo.client("village_committee")
    assert "第一次来" in client.get("/").text
    client.post("/tour")
    assert "第一次来" not in client.get("/").text
    client.post("/sign-in", data={"name": "work_team", "password": PASSWORD})
    assert "第一次来" not in client.get("/").text
    demo.app.extensions["fangfan-config"] = Config(sign_ins="1000 per minute")
    assert "第一次来" not in demo.client("county_office").get("/").text


@pytest.mark.parametrize(
    ("name", "comes"),
    [
        ("village_committee", "受理"),
        ("county_office", "审核移出"),
        ("department_民政", "制定实施计划"),
        ("administrator", "不办理案件"),
    ],
)
def test_an_empty_worklist_says_what_will_come_and_when(world, name, comes):
    page = world.client(name).get("/").text
    assert "现在没有等您办的任务。" in page and comes in page
