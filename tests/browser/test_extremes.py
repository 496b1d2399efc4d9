"""The pages at their widest: eighteen in a household, thirty measures, the longest name, a form with faults, nothing."""

from dataclasses import replace

import pytest

from registry import fiction, measures
from tests.browser.test_pages import look

pytestmark = pytest.mark.browser
LONGEST = "阿卜杜勒艾合买提·买买提吐尔逊·努尔麦麦提江·艾山江"
WINDOWS = [("desk", "zh-CN"), ("laptop", "en-US"), ("phone", "zh-CN"), ("phone", "en-US")]


@pytest.fixture
def clan(world):
    """A household of eighteen, each of whom has the longest name."""
    family = world.family()
    others = [
        {**member, "relation": "其他"}
        for each in fiction.families(40, [world.village], seed=world.seed)
        if each.head["id_number"] != family.head["id_number"]
        for member in each.members
    ]
    members = [{**member, "name": LONGEST} for member in [*family.members, *others][:18]]
    return replace(family, members=members)


@pytest.fixture
def case(world, clan):
    """The clan's case at the county's review."""
    key = world.begin(clan)
    world.play(key, clan, "county_review")
    return key


@pytest.mark.parametrize(("size", "language"), WINDOWS)
def test_eighteen_members_thirty_measures_and_the_longest_name(visitor, world, case, size, language):
    subject = world.task(case, "county_review").subject
    with world.runtime.database.begin() as session:
        session.info["step"] = {"actor": "county_office", "task": None, "at": world.clock.now()}
        codes = list(measures.catalogue())
        for number in range(30):
            chosen = {
                "code": codes[number % len(codes)],
                "planned_amount": 123456789.5,
                "due": "2020-08-30",
            }
            measures.open_one(session, int(subject), chosen)
    person = visitor(size, language).sign_in("county_office")
    pages = {
        "worklist": "/",
        "task": f"/tasks/{world.task(case, 'county_review').key}",
        "case": f"/cases/{case}",
        "household": f"/cases/{case}/household",
        "assistance": f"/cases/{case}/assistance",
        "prints": f"/cases/{case}/prints",
    }
    for name, path in pages.items():
        look(person, f"extreme-{name}-{size}-{language[:2]}", path)


@pytest.mark.parametrize(("size", "language"), WINDOWS)
def test_a_form_with_faults(visitor, world, clan, size, language):
    key = world.begin(clan)
    person = visitor(size, language).sign_in("village_committee")
    page = person.go(f"/tasks/{world.task(key, 'apply').key}")
    page.click("[data-hand-in]")
    page.wait_for_selector("[data-errors]:not([hidden])")
    faults = page.locator("[data-errors] a")
    assert faults.count() > 3
    person.picture(f"extreme-faults-{size}-{language[:2]}")
    assert person.barriers() == [] and not person.overflows()
    faults.first.click()
    assert page.evaluate("document.activeElement.closest('[data-form]') !== null")


@pytest.mark.parametrize(("size", "language"), [("phone", "zh-CN"), ("laptop", "en-US")])
def test_nothing_and_a_refusal(visitor, world, size, language):
    person = visitor(size, language).sign_in("county_office")
    for name, path in {"worklist": "/", "cases": "/cases/", "households": "/households/?q=无此人"}.items():
        look(person, f"extreme-nothing-{name}-{size}-{language[:2]}", path)
    far = visitor(size, language).sign_in("far_village")
    look(far, f"extreme-refusal-{size}-{language[:2]}", f"/cases/{world.begin(world.family())}")
    far.faults[:] = [fault for fault in far.faults if "403" not in fault]
