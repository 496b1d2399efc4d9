"""A village clerk takes a 三方赡养协议 from its start to three signatures on a phone, and sees the paper before it is signed."""

import re

import sqlalchemy as sa

from engine.models.documents import SignedPrint
from engine.models.instances import Instance
from registry import support
from tests.browser.test_journey import sign


def test_three_sign_on_one_phone(world, visitor):
    family = world.family()
    case = world.begin(family)
    clerk = visitor("phone").sign_in("village_committee")
    page = clerk.go(f"/start/support_agreement?q={family.head['name']}")
    page.get_by_role("button", name=family.head["name"]).first.click()
    page.wait_for_url("**/tasks/*")
    type_in(page, re.compile("^被赡养人姓名"), "李大山")
    type_in(page, re.compile("^赡养人姓名"), "李小山")
    page.get_by_label("赡养人是被赡养人的").select_option(label="之子")
    page.get_by_role("radio", name="同意签订协议").check()
    type_in(page, "宣传经过和双方态度", "双方都愿意签。")
    clerk.picture("agreement-persuade")
    assert clerk.barriers() == []
    page.click("[data-hand-in]")
    page.wait_for_url("**/cases/*")
    page.get_by_role("link", name="签订三方协议").first.click()
    page.wait_for_url("**/tasks/*")
    type_in(page, re.compile("^每月赡养费"), "300")
    page.get_by_label("协议期至").first.fill("2021-06-30")
    page.keyboard.press("Tab")
    type_in(page, "其他约定", "口粮每年四百斤。")
    canvases = page.locator("[data-form] canvas")
    assert canvases.count() == 3
    for n in range(3):
        sign(page, canvases.nth(n))
    clerk.picture("agreement-sign")
    assert clerk.barriers() == [] and not clerk.overflows()
    page.click("[data-hand-in]")
    page.wait_for_selector("dialog[open] img, [data-errors]:not([hidden])", timeout=30_000)
    clerk.picture("agreement-paper")
    page.click("[data-confirmed]", no_wait_after=True)
    page.wait_for_url("**/cases/*", timeout=30_000)
    with world.runtime.database.read() as session:
        assert session.scalars(sa.select(SignedPrint.sheet)).all() == ["support_agreement"]
        subject = int(session.get_one(Instance, case).subject)
        [duty] = support.of(session, subject)
        assert (duty.state, duty.supporter, duty.monthly_amount) == ("已签协议", "李小山", 300)


def type_in(page, name, text):
    """Keys in a field, and on to the next: as fast as fingers, not faster."""
    page.get_by_role("textbox", name=name).tap()
    page.keyboard.type(text, delay=20)
    page.keyboard.press("Tab")
