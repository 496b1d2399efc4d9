"""What the document now wants, drawn in the browser by mouse and keyboard: a new step, a threshold, a field, a figure."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from playwright.sync_api import Locator, Page, expect

from engine import background, deployments, drafts, identity, settings
from engine.dialect import read
from engine.models.background import BackgroundJob
from engine.models.worklist import UserTask
from registry import areas
from tests.browser.test_studio import DRAWING, begin, deploy, element
from tests.web.world import PASSWORD
from web import rehearsal

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


def run_job(page: Page, world: Any, state: str = "done") -> background.Progress:
    """Do what a worker would do with the job that the page has just asked for, and look at the page again."""
    with world.runtime.database.read() as session:
        key = session.scalars(sa.select(BackgroundJob.key).order_by(BackgroundJob.key.desc()).limit(1)).one()
    background.run(world.runtime, key)
    with world.runtime.database.read() as session:
        job = background.get(session, key)
    assert job.state == state, job.error
    page.reload()
    return job


def draw_township_review(page: Page) -> None:
    """A form with a question, a sheet that prints its answer, and the step that asks it before the county's."""
    create(page, "township_review", ".form")
    page.locator("[data-field-type=radio]").focus()
    page.keyboard.press("Enter")
    page.locator(".fjs-editor-container .fjs-element[data-field-type=radio]").click()
    unfold(page, "general")
    page.get_by_label("变量名").fill("township_opinion")
    page.get_by_label("变量名").blur()
    works(page)
    expect(page.locator("[data-name='township_review.form'] .changed")).to_be_visible()
    create(page, "township_review", ".html")
    text = page.locator("[data-text]")
    text.fill(text.input_value().replace("</tbody>", "<tr><th>乡镇意见</th><td></td></tr></tbody>"))
    text.evaluate("(area) => { const at = area.value.lastIndexOf('</td>'); area.setSelectionRange(at, at); }")
    page.locator("[data-insert='answer.township_opinion']").click()
    works(page)
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


def test_a_township_review_is_inserted_tried_put_in_force_and_taken_back(
    visitor: Callable[..., Any], world: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From what the document now wants to old and new cases that are done by it, and back, by the pages alone."""
    old, new = world.family(0), world.family(1)
    running = world.begin(old)
    world.play(running, old, "county_review")
    for nth in range(2, 2 + WAITING):
        world.begin(world.family(nth))
    with world.runtime.database.begin() as session:  # who verified may not review
        identity.add_user(
            session, "township_head", "乡镇 钱进", PASSWORD, [("township_cadre", areas.parent(world.village))]
        )
    person = visitor().sign_in("administrator")
    page = draft(person, "县级审核前增加乡镇审核")
    draw_township_review(page)
    person.picture("studio-township-review")

    page.locator("[data-step='studio.checks'] a").click()
    expect(page.locator("[data-step='studio.checks']")).to_have_attribute("data-state", "works")
    page.locator("[data-step='studio.difference_page'] a").click()
    after = page.locator("[data-side=after]")
    added = after.locator(".djs-shape.differs-added", has_text="乡镇审核")
    expect(added).to_have_count(1)
    step = str(added.get_attribute("data-element-id"))
    expect(page.locator(f"tr[data-id={step}]")).to_contain_text("乡镇审核")

    page.locator("[data-step='studio.trial'] a").click()
    walk = page.locator("[data-walk]")
    walk.locator(".bts-context-pad[title='发生']").first.click()
    expect(walk.locator(".bts-token-count.waiting")).not_to_have_count(0)
    monkeypatch.setattr(rehearsal, "SCENARIOS", scenario(tmp_path))
    page.get_by_role("button", name="试办全部场景").click()
    page.wait_for_load_state()
    told = run_job(page, world)
    assert [each["name"] for each in told.result["outcomes"]] == ["申请、受理、三方核实、审核纳入"]
    expect(page.locator("table.rows")).to_contain_text("第 8 步")  # the county's review is not yet due there
    person.picture("studio-township-trial")
    page.locator("[data-step='studio.replay'] a").click()
    page.get_by_role("button", name="重演案卷").click()
    page.wait_for_load_state()
    replayed = run_job(page, world).result  # the old one has no answer for the new step
    assert (replayed["needs_answers"], replayed["same"]) == (1, WAITING)
    expect(page.locator("main")).to_contain_text("乡镇审核")
    person.picture("studio-township-replay")

    page.locator("[data-step='studio.effect'] a").click()
    page.fill("#document", "吉市扶办发〔2020〕7号")
    page.fill("#document_date", "2020-06-28")
    page.fill("#note", "县级审核前增加乡镇审核")
    page.get_by_role("button", name="部署为新版本").click()
    page.wait_for_url("**/studio/versions")
    expect(page.locator("main")).to_contain_text("吉市扶办发〔2020〕7号 2020年6月28日")
    with world.runtime.database.read() as session:
        drawn = deployments.process(session, deployments.definition(session, "process", "application").key)
        made = drawn.elements[step]
        assert (made.name, made.form_id, made.clause) == ("乡镇审核", "township_review", ["F4.3.1"])
        assert made.setting("assignmentDefinition", "candidateGroups") == "township_cadre"
        assert made.properties["separate_from"] == "verify_township"
        assert [drawn.flows[flow].target for flow in made.outgoing] == ["county_review"]
        assert "township_review.html" in deployments.names(session, deployments.latest(session))

    versions(page).get_by_role("link", name="看迁移方案").click()
    page.get_by_role("button", name=f"迁移 {WAITING + 1} 件").click()
    page.wait_for_load_state()
    assert run_job(page, world).result["moved"] == WAITING + 1
    person.picture("studio-township-migrated")

    world.play(running, old, "confirm_warning")  # the old one was past the place of the new step
    assert step not in done(world, running)
    fresh = world.begin(new)
    world.play(fresh, new, step)
    head = visitor("phone").sign_in("township_head")
    head.go(f"/tasks/{world.task(fresh, step).key}")
    head.page.get_by_label("选项", exact=True).check()
    head.picture("studio-township-task")
    head.page.click("[data-hand-in]")
    head.page.wait_for_url("**/cases/*")
    world.play(fresh, new, "confirm_warning")
    assert {step, "county_review"} <= done(world, fresh)

    page = person.go("/studio/versions")
    versions(page).locator("tr", has_text="第 1 版").get_by_role("button", name="恢复成草稿").click()
    expect(page.locator("[data-side=before] .djs-shape.differs-removed", has_text="乡镇审核")).to_have_count(
        1
    )
    deploy(page, "依据某号通知，取消乡镇审核")
    with world.runtime.database.read() as session:
        latest = deployments.definition(session, "process", "application")
        assert (latest.version, step in deployments.process(session, latest.key).elements) == (3, False)


WAITING = 6
"""Cases that wait at their first step: how long a thousand take is in docs/benchmarks.md."""


def scenario(folder: Path) -> Path:
    """The first scenario of applications alone, with the answers that it gives."""
    told = yaml.safe_load((rehearsal.SCENARIOS / "application.yaml").read_text("utf-8"))
    told["scenarios"] = told["scenarios"][:1]
    (folder / "application.yaml").write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    (folder / "answers.yaml").write_text((rehearsal.SCENARIOS / "answers.yaml").read_text("utf-8"), "utf-8")
    return folder


def versions(page: Page) -> Locator:
    """The versions of the applications' procedure."""
    heading = page.get_by_role("heading", name="农户申请纳入监测", exact=True)
    return heading.locator("xpath=following-sibling::div[1]")


def done(world: Any, case: int) -> set[str]:
    """The elements whose tasks were completed in the case."""
    completed = sa.select(UserTask.element).where(UserTask.case_key == case, UserTask.state == "completed")
    with world.runtime.database.read() as session:
        return set(session.scalars(completed))


def test_a_threshold_is_changed_in_its_cell_and_a_replay_names_whose_level_changes(
    visitor: Callable[..., Any], world: Any
) -> None:
    """Of two families one pays for school just half of what it earned: with the line at four tenths it is red."""
    for nth in (1, 2):
        family = world.family(nth)
        world.play(world.begin(family), family, "choose_measures")
    person = visitor().sign_in("administrator")
    page = begin(person, "graded_warning.dmn")
    page.locator(".rules-views button", has_text="符合的预警情形").click()
    cell = page.locator("[data-element-id=warning_reasons_rule3_in4]")
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("> decimal(0.4 * previous_income, 2)")
    page.locator("[data-element-id=warning_reasons_rule3_in5]").click()
    works(page)
    expect(page.locator("[data-name='graded_warning.dmn'] .changed")).to_be_visible()
    person.picture("studio-threshold")
    assert page.locator(".bjs-powered-by").first.is_visible()

    page.locator("[data-step='studio.replay'] a").click()
    page.get_by_role("button", name="重演案卷").click()
    page.wait_for_load_state()
    told = run_job(page, world).result
    assert (told["same"], told["otherwise"], told["needs_answers"]) == (1, 1, 0)
    [case] = told["cases"]
    assert case["levels"][1] == "红" and case["levels"][0] in ("黄", "蓝")
    listed = page.locator("#cases ~ .scroll table")
    expect(listed).to_contain_text(str(world.family(2).head["name"]))
    expect(page.locator("[data-step='studio.replay']")).to_contain_text("1 件会不同")
    assert person.barriers() == []
    person.picture("studio-threshold-replay")
    phone = visitor("phone").sign_in("administrator")
    phone.go(page.url.removeprefix(person.address))
    assert not phone.overflows()
    phone.picture("studio-threshold-replay-phone")

    deploy(page, "刚性支出的界线改为四成")
    with world.runtime.database.read() as session:
        assert "0.4 * previous_income" in (drafts.in_force(session, "graded_warning.dmn") or b"").decode()


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


def tab_to(page: Page, place: str, most: int = 150, *, back: bool = False) -> None:
    """Tab until the keyboard stands there."""
    for _ in range(most):
        if page.evaluate("(place) => document.activeElement.matches(place)", place):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not lead to {place}")


def find(page: Page, name: str) -> None:
    """By the search of the canvas, from the keyboard."""
    page.keyboard.press("Control+f")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.locator(".djs-search-container.open")).to_have_count(0)


def test_a_step_is_put_in_with_its_work_and_an_event_given_its_message_by_keyboard_alone(
    visitor: Callable[..., Any], world: Any
) -> None:
    """What bpmn-js lets a keyboard do, and what it does not, is told in docs/redraw.md."""
    person = visitor().sign_in("administrator")
    page = begin(person, "application.bpmn")
    tab_to(page, "a[href='#canvas']")
    page.keyboard.press("Enter")  # past the list of files
    tab_to(page, "[data-canvas] svg")
    find(page, "verify_committee")
    expect(page.locator(".djs-element.selected[data-element-id=verify_committee]")).to_have_count(1)
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("Winter")
    page.keyboard.press("Enter")
    expect(element(page, "verify_committee")).to_contain_text("Winter")
    works(page)
    page.keyboard.press("Control+z")
    expect(element(page, "verify_committee")).to_contain_text("村两委入户核实")

    page.keyboard.press("a")
    page.keyboard.type("Second look")
    page.keyboard.press("Enter")
    expect(page.locator(".djs-shape.selected", has_text="Second look")).to_have_count(1)
    for group, field, key in (
        ("work", "select[name=formId]", "ArrowDown"),
        ("doers", "input[name=group-township_cadre]", "Space"),
    ):
        tab_to(page, f"[data-group-id=group-{group}] .bio-properties-panel-group-header button")
        page.keyboard.press("Enter")
        tab_to(page, field)
        page.keyboard.press(key)
    tab_to(page, "[data-canvas] svg", back=True)
    find(page, "withdraw_received")
    tab_to(page, "select[name=awaited]")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")  # the first of the messages of all drawings
    page.wait_for_timeout(800)  # a pause in the work is when the draft is saved
    works(page)
    person.picture("studio-keyboard")
    with world.runtime.database.read() as session:
        [saved] = drafts.changes(session, drafts.every(session)[0]).values()
    drawn = read("application.bpmn", saved).processes["application"]
    [made] = [each for each in drawn.elements.values() if each.name == "Second look"]
    assert made.setting("assignmentDefinition", "candidateGroups") == "township_cadre"
    assert made.form_id and made.incoming and made.outgoing
    assert [drawn.flows[flow].source for flow in made.incoming] == ["verify_committee"]
    [event] = drawn.elements["withdraw_received"].events
    assert event.name not in ("withdraw", "household_changed")  # another drawing's


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
