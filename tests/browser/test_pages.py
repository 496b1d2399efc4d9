"""Each page at three widths and in two languages: no barrier by WCAG 2.2 AA, nothing wider than its window."""

import pytest
import sqlalchemy as sa

from engine.models.instances import Instance

pytestmark = pytest.mark.browser

SIZES = ("desk", "laptop", "phone")


@pytest.fixture
def case(world):
    family = world.family()
    key = world.begin(family)
    world.play(key, family, "county_review")
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
    look(person, f"start-{size}", "/start/")
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


def test_focus_is_seen(visitor):
    page = visitor().go("/sign-in")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
