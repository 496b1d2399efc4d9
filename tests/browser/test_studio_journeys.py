"""What the document now wants, drawn in the browser by mouse and keyboard: a new step, a threshold, a field, a figure."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from engine import deployments, drafts, identity, settings
from tests.browser.test_studio import DRAWING, begin, deploy, element
from tests.web.world import PASSWORD

pytestmark = pytest.mark.browser


def draft(person: Any, title: str) -> Page:
    """A new draft by that title."""
    page: Page = person.go("/studio/")
    page.fill("#title", title)
    page.get_by_role("button", name="开始改图").click()
    works(page)
    return page


def works(page: Page) -> None:
    """The draft is saved and has no error."""
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "works")


def open_file(page: Page, file: str) -> None:
    """Another file of the draft."""
    page.locator(f".studio-files [data-name='{file}']").click()
    page.wait_for_url(f"**/files/{file}")
    works(page)


def create(page: Page, name: str, kind: str) -> None:
    """A new file of the draft."""
    page.get_by_text("新建文件").click()
    page.fill("#new-name", name)
    page.select_option("#new-ending", kind)
    page.get_by_role("button", name="新建", exact=True).click()
    page.wait_for_url(f"**/files/{name}{kind}")
    works(page)


def middle(shape: Locator) -> tuple[float, float]:
    """Where the mouse points at it."""
    box = shape.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """By the mouse, as a hand does it."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=6)
    page.mouse.move(*end, steps=6)
    page.wait_for_timeout(200)
    page.mouse.up()


def unfold(page: Page, group: str) -> None:
    """A group of the properties panel."""
    header = page.locator(f"[data-group-id=group-{group}] > .bio-properties-panel-group-header")
    if "open" not in (header.get_attribute("class") or ""):
        header.click()


def test_a_township_review_with_its_form_and_sheet_is_inserted_before_the_countys(
    visitor: Callable[..., Any], world: Any
) -> None:
    person = visitor().sign_in("administrator")
    page = draft(person, "县级审核前增加乡镇审核")
    create(page, "township_review", ".form")
    page.locator("[data-field-type=radio]").focus()
    page.keyboard.press("Enter")
    works(page)
    expect(page.locator("[data-name='township_review.form'] .changed")).to_be_visible()
    create(page, "township_review", ".html")
    expect(page.locator("[data-preview] img")).to_have_count(1)
    open_file(page, "application.bpmn")
    page.click("[data-fit]")
    flow = page.locator(".djs-connection[data-element-id=decide_inclusion_to_county_review]")
    page.locator("[data-action=space-tool]").click()
    x, y = middle(flow)
    drag(page, (x, y), (x + 90, y))  # room for one more step
    page.click("[data-fit]")
    drag(page, middle(page.locator("[data-action='create.bpmn:UserTask']")), middle(flow))
    page.keyboard.type("乡镇审核")
    page.keyboard.press("Enter")
    unfold(page, "work")
    page.select_option("[name=formId]", "township_review")
    page.fill("[name=clause]", "F4.3.1")
    unfold(page, "doers")
    page.get_by_label("包村干部", exact=True).check()
    unfold(page, "separate")
    page.get_by_label("包村干部入户核实").check()
    works(page)
    person.picture("studio-township-review")
    deploy(page, "依据某号通知，县级审核前增加乡镇审核")
    with world.runtime.database.read() as session:
        drawn = deployments.process(session, deployments.definition(session, "process", "application").key)
        [step] = [each for each in drawn.elements.values() if each.form_id == "township_review"]
        assert step.setting("assignmentDefinition", "candidateGroups") == "township_cadre"
        assert step.properties["separate_from"] == "verify_township"
        assert step.name == "乡镇审核"
        assert step.clause == ["F4.3.1"]
        assert [drawn.flows[flow].target for flow in step.outgoing] == ["county_review"]
        assert "township_review.html" in deployments.names(session, deployments.latest(session))


def test_a_threshold_of_the_rules_is_changed_in_its_cell(visitor: Callable[..., Any], world: Any) -> None:
    person = visitor().sign_in("administrator")
    page = begin(person, "inclusion.dmn")
    page.locator(".rules-views button", has_text="纳入依据").click()
    cell = page.locator("[data-element-id=inclusion_grounds_rule1_in1]")
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("< decimal(2 * line, 2)")
    page.locator("[data-element-id=inclusion_grounds_rule1_in2]").click()
    works(page)
    expect(page.locator("[data-name='inclusion.dmn'] .changed")).to_be_visible()
    person.picture("studio-threshold")
    assert page.locator(".bjs-powered-by").first.is_visible()
    deploy(page, "纳入界线改为两倍")
    given = {"household_kind": "脱贫户", "disposable_income": 7000, "line": 4000, "rigid_expense": 0, "previous_income": 7000, "income_drop_ratio": 0, "shortfalls": [], "calamity": False}  # fmt: skip
    now = world.runtime.clock.now()
    with world.runtime.database.read() as session:
        found = deployments.decision(
            session, world.runtime.evaluator, deployments.definition(session, "decision", "inclusion")
        )
        inputs = {**given, "settings": settings.in_force(session, now)}
    said = world.runtime.evaluator.decide(found.model, "inclusion", inputs, now).output
    assert (said["outcome"], said["grounds"]) == ("纳入", [1])


def test_a_field_is_added_to_a_form_and_its_sheet(visitor: Callable[..., Any], world: Any) -> None:
    person = visitor().sign_in("administrator")
    page = begin(person, "acceptance.form")
    page.locator("[data-field-type=money]").focus()
    page.keyboard.press("Enter")
    page.locator(".fjs-editor-container .fjs-element", has_text="金额").last.click()
    unfold(page, "general")
    page.get_by_label("变量名").fill("deposit")
    page.get_by_label("变量名").blur()
    works(page)
    person.picture("studio-field")
    open_file(page, "acceptance.html")
    text = page.locator("[data-text]")
    text.press("Control+End")
    text.fill(
        text.input_value().replace("</table>", "<tr><th>押金</th><td>{{answer.deposit}}</td></tr></table>", 1)
    )
    works(page)
    person.picture("studio-sheet")
    deploy(page, "受理表增加押金")
    with world.runtime.database.read() as session:
        form = json.loads(drafts.in_force(session, "acceptance.form") or b"")
        sheet = (drafts.in_force(session, "acceptance.html") or b"").decode()
    assert ("money", "deposit") in {(each["type"], each.get("key")) for each in form["components"]}
    assert "{{answer.deposit}}" in sheet


def test_a_figure_is_changed_from_a_day_on(visitor: Callable[..., Any], world: Any) -> None:
    person = visitor().sign_in("administrator")
    page = draft(person, "2021年的标准")
    open_file(page, "settings.yaml")
    row = page.locator("[data-rows] tr", has=page.locator("[name=name]")).filter(
        has=page.locator("input[name=name]")
    )
    names = row.locator("[name=name]").evaluate_all("all => all.map((each) => each.value)")
    line = row.nth(names.index("line"))
    assert not line.locator("[name=value]").is_editable()
    line.locator("[data-next]").click()
    added = row.nth(names.index("line") + 1)
    added.locator("[name=valid_from]").fill("2021-01-01")
    added.locator("[name=value]").fill("4600")
    works(page)
    person.picture("studio-settings")
    deploy(page, "依据省里公布的标准")
    with world.runtime.database.read() as session:
        assert settings.in_force(session, datetime(2020, 12, 1, tzinfo=UTC))["line"] == 4000
        assert settings.in_force(session, datetime(2021, 1, 2, tzinfo=UTC))["line"] == 4600


def test_of_two_who_change_one_file_the_second_is_told_and_decides(
    visitor: Callable[..., Any], world: Any
) -> None:
    with world.runtime.database.begin() as session:
        identity.add_user(session, "zhou", "周管理员", PASSWORD, [("administrator", "")])
    first, second = visitor().sign_in("administrator"), visitor().sign_in("zhou")
    page = begin(first, "acceptance.html")
    other = second.go("/studio/")
    other.get_by_role("link", name="改 acceptance.html").click()
    open_file(other, "acceptance.html")
    page.locator("[data-text]").press_sequentially("甲")
    works(page)
    other.locator("[data-text]").press_sequentially("乙")
    expect(other.locator("[data-overtaken]")).to_contain_text("administrator")
    assert all("409" in fault for fault in second.faults)  # the browser tells of the refusal as an error
    second.faults.clear()
    second.picture("studio-overtaken")
    other.get_by_role("button", name="用我的覆盖").click()
    works(other)
    page.reload()
    expect(page.locator("[data-text]")).to_have_value(re.compile("乙"))


def test_a_step_is_found_and_renamed_by_keyboard_alone(visitor: Callable[..., Any]) -> None:
    """What bpmn-js lets a keyboard do, and what it does not, is told in docs/redraw.md."""
    page = begin(visitor().sign_in("administrator"))
    page.locator("[data-canvas] svg[tabindex]").first.focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("visit")
    page.keyboard.press("Enter")
    expect(page.locator(".djs-element.selected[data-element-id=visit]")).to_have_count(1)
    page.locator("[data-canvas] svg[tabindex]").first.focus()
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("Winter")
    page.keyboard.press("Enter")
    expect(element(page, "visit")).to_contain_text("Winter")
    works(page)
    page.locator("[data-canvas] svg[tabindex]").first.focus()
    page.keyboard.press("Control+z")
    expect(element(page, "visit")).to_contain_text("入户走访")


def test_the_difference_is_seen_on_both_diagrams_and_told(visitor: Callable[..., Any]) -> None:
    person = visitor().sign_in("administrator")
    page = begin(person)
    element(page, "assess_income").click()
    page.keyboard.press("Delete")
    element(page, "visit").click()
    unfold(page, "general")
    page.locator("[data-group-id=group-general] [name=name]").fill("两人入户走访")
    page.locator("[data-group-id=group-general] [name=name]").blur()
    page.wait_for_timeout(800)  # a pause in the work is when the draft is saved
    works(page)
    page.locator("[data-step='studio.difference_page'] a").click()
    person.rest()
    before, after = page.locator("[data-side=before]"), page.locator("[data-side=after]")
    expect(before.locator("[data-element-id=assess_income].differs-removed")).to_have_count(1)
    expect(after.locator("[data-element-id=visit].differs-changed")).to_have_count(1)
    expect(after.locator("[data-element-id=assess_income]")).to_have_count(0)
    row = page.locator("tr[data-id=visit]")
    expect(row).to_contain_text("两人入户走访")
    row.get_by_role("button").click()
    person.picture("studio-difference")
    assert person.barriers() == []
    assert not person.overflows()


def test_a_token_walks_the_draft(visitor: Callable[..., Any]) -> None:
    person = visitor().sign_in("administrator")
    page = begin(person)
    page.locator("[data-step='studio.trial'] a").click()
    person.rest()
    page.select_option("#file", DRAWING)
    page.get_by_role("button", name="看", exact=True).click()
    person.rest()
    walk = page.locator("[data-walk]")
    walk.locator(".bts-context-pad[title='发生']").first.click()
    expect(walk.locator(".bts-log .bts-entry", has_text="到走访日期")).to_have_count(1)
    expect(walk.locator(".bts-token-count.waiting")).not_to_have_count(0)  # the visit waits for somebody
    person.picture("studio-trial")
    assert not person.overflows()
