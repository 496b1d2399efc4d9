"""运行: the page of how a procedure runs."""

import json
import re
from html import unescape

import pytest

from tests.web.world import COUNTY, OTHER_COUNTY


@pytest.fixture
def case(world):
    """A family's case, sent back once and now before the county."""
    family = world.family()
    begun = world.begin(family)
    task = world.play(begun, family, "county_review")
    world.do(task, family, outcome="退回补正", return_to="verify", opinion="补齐收入证明", mend="收入证明")
    return begun


def heat(page):
    return json.loads(unescape(re.search(r'data-heat="([^"]*)"', page.text).group(1)))


def test_the_diagram_and_the_table_tell_the_same(world, case):
    administrator = world.client("administrator")
    page = administrator.get("/watch/?process=application&show=back")
    assert heat(page) == {"county_review": {"text": "1 件 100%", "shade": 5}}
    assert "1 件 100%" in page.text.split("<tbody>")[1]
    waiting = heat(administrator.get("/watch/?process=application"))
    assert set(waiting) == {"verify_committee", "verify_work_team", "verify_township"}
    assert administrator.get("/watch/drawings/application").mimetype == "application/xml"


def test_who_waits_at_a_step_is_led_to(world, case):
    administrator = world.client("administrator")
    page = administrator.get("/watch/?process=application").text
    led = unescape(re.search(r'href="(/watch/standing[^"]*element=verify_township[^"]*)"', page).group(1))
    assert f"/cases/{case}" in administrator.get(led).text
    assert "现在没有案卷停在这一步" in world.client("far_county").get(led).text
    assert world.client("county_office").get(f"{led}{OTHER_COUNTY}").status_code == 403


def test_areas_below_lead_further_down(world, case):
    page = world.client("administrator").get("/watch/?process=application").text
    assert f"area={COUNTY.replace('/', '%2F')}" in page or f"area={COUNTY}" in page


def test_an_office_sees_its_own_area_alone(world, case):
    office = world.client("county_office")
    assert heat(office.get(f"/watch/?process=application&area={COUNTY}"))
    assert office.get(f"/watch/?process=application&area={OTHER_COUNTY}").status_code == 403
    far = world.client("far_county").get("/watch/?process=application")
    assert heat(far) == {} and "没有件经过这个流程" in far.text


@pytest.mark.parametrize("query", ["since=gestern", "show=nonsense"])
def test_what_cannot_be_shown_is_refused(world, query):
    assert world.client("administrator").get(f"/watch/?{query}").status_code == 400


def test_villages_do_not_watch(world):
    assert world.client("village_committee").get("/watch/").status_code == 403
