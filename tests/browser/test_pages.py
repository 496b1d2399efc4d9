"""Each page at three widths and in two languages: no barrier by WCAG 2.2 AA, nothing wider than its window."""

import pytest
import sqlalchemy as sa

from engine import identity
from engine.models.instances import Instance
from registry import fiction, history, notices
from tests.web.world import PASSWORD
from web.config import Config

pytestmark = pytest.mark.browser

SIZES = ("desk", "laptop", "phone")


@pytest.fixture
def case(world):
    family = world.family()
    key = world.begin(family)
    world.play(key, family, "county_review")
    with world.runtime.database.begin() as session:
        history.act(session, "county_office", world.clock.now())
        household = int(session.get(Instance, key).subject)
        notices.tell(session, notices.write(session, household, "受理", "您家的申请已受理。"), "电话")
        notices.fail(notices.write(session, household, "补正", "请补交住房照片。"), "短信：网关拒绝（400）")
    return key


def look(person, name, path):
    person.go(path)
    person.picture(name)
    assert person.barriers() == [], name
    assert not person.overflows(), name


@pytest.mark.parametrize("size", SIZES)
def test_the_door(visitor, size):
    look(visitor(size), f"sign-in-{size}", "/sign-in")


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("laptop", "en-US"), ("phone", "zh-CN")])
def test_the_pages_of_a_county_reviewer(visitor, world, case, size, language):
    person = visitor(size, language).sign_in("county_office")
    with world.runtime.database.read() as session:
        inner = session.scalar(
            sa.select(Instance.key).where(Instance.case_key == case, Instance.process_id == "application")
        )
        subject = session.get(Instance, case).subject
    review = world.task(case, "county_review")
    pages = {
        "worklist": "/",
        "task": f"/tasks/{review.key}",
        "case": f"/cases/{case}",
        "case-diagram": f"/cases/{case}/diagram?instance={inner}",
        "case-household": f"/cases/{case}/household",
        "case-assistance": f"/cases/{case}/assistance",
        "case-prints": f"/cases/{case}/prints",
        "case-files": f"/cases/{case}/files",
        "cases": "/cases/",
        "household": f"/households/{subject}",
        "households": "/households/?q=王",
        "clauses": "/clauses/",
        "start": "/start/",
        "sheets": "/sheets/",
        "problems": "/problems/",
        "notices": "/notices/",
        "start-area": "/start/home_visit",
        "account": "/account",
        "refusal": "/nowhere",
    }
    for name, path in pages.items():
        look(person, f"{name}-{size}-{language[:2]}", path)
        person.faults[:] = [fault for fault in person.faults if "404" not in fault or name != "refusal"]


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_a_village_clerk(visitor, world, size):
    person = visitor(size).sign_in("village_committee")
    look(person, f"worklist-empty-{size}", "/")
    look(person, f"start-{size}", "/start/monitoring")
    family = world.family()
    key = world.begin(family)
    look(person, f"task-apply-{size}", f"/tasks/{world.task(key, 'apply').key}")


def test_rows_are_reached_by_keys(visitor, world, case):
    page = visitor().sign_in("county_office").go("/")
    page.keyboard.press("j")
    assert (
        page.evaluate("document.activeElement.getAttribute('href')")
        == f"/tasks/{world.task(case, 'county_review').key}"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*")


def test_keys_go_down_and_up_and_stop_at_the_ends(visitor, world):
    for family in fiction.families(3, [world.village]):
        world.begin(family)
    page = visitor().sign_in("village_committee").go("/")
    rows = page.locator("[data-rows] tbody tr a")
    here = "[...document.querySelectorAll('[data-rows] tbody tr a')].indexOf(document.activeElement)"
    assert rows.count() == 3
    seen = []
    for key in ("j", "j", "j", "j", "k", "k", "k"):
        page.keyboard.press(key)
        seen.append(page.evaluate(here))
    assert seen == [0, 1, 2, 2, 1, 0, 0]
    page.locator("#q").click()
    page.keyboard.press("j")  # a letter in a field is a letter
    assert page.input_value("#q") == "j"


def test_a_filter_in_use_is_a_target_for_a_thumb(visitor, world, case):
    page = visitor("phone").sign_in("county_office").go("/?q=zhu&level=红")
    assert min(box["height"] for box in boxes(page, ".in-use a")) >= 44


def test_the_way_taken_is_told_by_thickness_and_word(visitor, world, case):
    with world.runtime.database.read() as session:
        inner = session.scalar(
            sa.select(Instance.key).where(Instance.case_key == case, Instance.process_id == "application")
        )
    page = visitor().sign_in("county_office").go(f"/cases/{case}/diagram?instance={inner}")
    page.wait_for_selector(".djs-overlay .now")
    wide = """([id]) => getComputedStyle(document.querySelector(`[data-element-id="${id}"] .djs-visual > path`)).strokeWidth"""
    taken, not_taken = (
        page.evaluate(wide, [flow])
        for flow in ("verify_committee_to_verify_join", "accept_result_to_back_to_apply_from_village")
    )
    assert float(taken.rstrip("px")) >= 2 * float(not_taken.rstrip("px"))
    assert page.locator(".djs-overlay .now").all_inner_texts() == ["现在"]
    been = {row.split()[0] for row in page.locator("tr:has-text('已走过') th").all_inner_texts()}
    assert {"村两委入户核实", "驻村工作队入户核实", "包村干部入户核实", "受理申请"} <= been
    assert "告知不予受理" not in been
    assert page.locator("tr.at th").inner_text().startswith("县扶贫办审核确认")


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("phone", "zh-CN"), ("laptop", "en-US")])
def test_the_tour_signs_in_whose_turn_it_is(visitor, world, case, size, language):
    subject = world.task(case, "county_review").subject
    with world.runtime.database.begin() as session:
        identity.add_user(session, "applicant", "农户", PASSWORD, [("applicant", f"={subject}")])
    world.app.extensions["fangfan-config"] = Config(demo=True, demo_password=PASSWORD)
    person = visitor(size, language).sign_in("village_committee")
    look(person, f"tour-{size}-{language[:2]}", "/")
    person.page.click(".tour li.here button")
    person.page.wait_for_url("**/tasks/*")
    assert "县扶贫办 王敏" in person.page.locator(".who").inner_text()
    assert person.page.locator("h1").inner_text() == "县扶贫办审核确认"
    person.page.click(".on-the-way summary")
    person.picture(f"tour-task-{size}-{language[:2]}")
    assert person.page.locator(".tour li[aria-current=step]").count() == 1
    assert person.barriers() == [] and not person.overflows()


def boxes(page, selector):
    return [each.bounding_box() for each in page.locator(selector).all()]


def test_focus_is_seen(visitor):
    page = visitor().go("/sign-in")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
