"""A village clerk reports on a phone that a household splits, is told what cannot be, and the township confirms it."""

import re

from engine.models.instances import Instance
from registry import households
from tests.browser.test_agreement import type_in
from tests.web.world import PASSWORD


def test_a_split_from_the_phone_to_the_record(world, visitor):
    family = next(f for f in map(world.family, range(9)) if len(f.members) > 2)
    case = world.begin(family)
    with world.runtime.database.read() as session:
        key = int(session.get_one(Instance, case).subject)
        people = [member.name for member in households.present(households.get(session, key))]
    clerk = visitor("phone").sign_in("village_committee")
    page = clerk.go(f"/start/household_event?q={people[0]}")
    page.get_by_role("button", name=people[0]).first.click()
    page.wait_for_url("**/tasks/*")
    page.get_by_role("radio", name="分户").check()
    page.get_by_label("发生日期").first.fill("2020-05-30")
    for name in people:
        page.get_by_role("checkbox", name=re.compile(f"^{name}")).check()
    type_in(page, "情况说明", "分户协议。")
    clerk.picture("family-report")
    assert clerk.barriers() == [] and not clerk.overflows()
    hand_in(page)
    page.wait_for_url("**/cases/*")
    page.get_by_role("link", name="报告变更").first.click()
    page.wait_for_url("**/tasks/*")
    page.get_by_text("不能把所有人都分出去").first.wait_for()
    for name in people[:-1]:
        page.get_by_role("checkbox", name=re.compile(f"^{name}")).uncheck()
    clerk.picture("family-mend")
    page.get_by_label("与户主关系").last.select_option(label="户主")
    hand_in(page)
    page.wait_for_url("**/cases/*")
    township = visitor().sign_in("township_cadre")
    page = township.go(page.url.removeprefix(township.address))
    township.picture("family-case")
    page.get_by_role("link", name="核实变更").first.click()
    page.wait_for_url("**/tasks/*")
    page.get_by_role("radio", name="属实", exact=True).check()
    page.get_by_role("textbox", name="核实情况").fill("看了协议。")
    township.picture("family-confirm")
    assert township.barriers() == []
    hand_in(page)
    page.wait_for_url("**/cases/*")
    with world.runtime.database.read() as session:
        assert [member.name for member in households.present(households.get(session, key))] == people[:-1]


def hand_in(page):
    """Hand the step in, see the paper, sign it by password."""
    page.click("[data-hand-in]")
    page.wait_for_selector("dialog[open] img", timeout=30_000)
    page.fill("dialog[open] input[type=password]", PASSWORD)
    page.click("[data-confirmed]", no_wait_after=True)
