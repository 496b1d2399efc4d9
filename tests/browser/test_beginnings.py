"""Each procedure begun from 新事项 in a browser, by who begins it; its first page looked at on a phone and at a desk."""

import pytest

from registry import history, households, monitoring
from tests.browser.test_pages import look
from tests.web.test_journeys import JOURNEYS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_first_page_of_each(world, visitor, size):
    family = world.family()
    with world.runtime.database.begin() as session:
        history.act(session, "x", world.clock.now())
        key = households.save(session, None, family.area, family.household, family.members).key
        monitoring.include(session, key, "脱贫不稳定户", [1], "农户申请")
        monitoring.warn(session, key, "红", ["核实"], "x")
        monitoring.check_guarantees(session, key, ["饮水安全"], "跟踪")
    people = {}
    for journey in JOURNEYS[size == "phone" :: 2]:
        if journey.who not in people:
            people[journey.who] = visitor(size).sign_in(journey.who)
        person = people[journey.who]
        if journey.area:
            page = person.go(f"/start/{journey.process}")
            page.locator("main button.primary").click()
        else:
            page = person.go(f"/start/{journey.process}?q={family.head['name']}")
            page.get_by_role("button", name=family.head["name"]).first.click()
        page.wait_for_url("**/tasks/*")
        look(person, f"begin-{journey.process}-{size}", page.url.removeprefix(person.address))
        assert page.locator("[data-form] :is(input, textarea, select)").count() > 0, journey.process
