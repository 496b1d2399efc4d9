"""The studio in a browser: open a drawing, break it, be led to the fault, take it back, redraw, deploy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine import deployments

pytestmark = pytest.mark.browser

DRAWING = "follow_up.bpmn"


def begin(person: Any, file: str = DRAWING) -> Page:
    """A new draft at that file, once the server has checked it."""
    page: Page = person.go("/studio/")
    folded = page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    page.get_by_role("button", name=f"改 {file}").click()
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "works")
    return page


def open_drawing(person: Any) -> Page:
    """The drawing in the editor, whole."""
    page = begin(person)
    page.click("[data-fit]")
    return page


def deploy(page: Page, note: str) -> None:
    """By the last step of the bar, with a reason."""
    page.locator("[data-step='studio.effect'] a").click()
    page.fill("#note", note)
    page.get_by_role("button", name="部署为新版本").click()
    page.wait_for_url("**/studio/versions")


def element(page: Page, name: str) -> Any:
    """A shape on the canvas."""
    return page.locator(f".djs-shape[data-element-id={name}]")


def rename(page: Page, name: str, shown: str) -> None:
    """Gives an element another name in the properties panel."""
    element(page, name).click()
    page.locator("[data-group-id=group-general] .bio-properties-panel-group-header").click()
    page.locator("[data-group-id=group-general] [name=name]").fill(shown)
    page.locator("[data-group-id=group-general] [name=name]").blur()


@pytest.mark.parametrize("size", ["desk", "laptop", "phone"])
def test_the_pages_are_seen_whole_and_by_all(visitor: Callable[..., Any], size: str) -> None:
    person = visitor(size).sign_in("administrator")
    person.go("/studio/")
    person.picture(f"studio-{size}")
    assert person.barriers() == []
    assert not person.overflows()
    page = begin(person)
    assert page.locator(".bjs-powered-by").is_visible()
    draft = page.url.partition("/files/")[0].removeprefix(person.address)
    for place in (f"files/{DRAWING}", "files/visit.html", "checks", "difference", "trial", "deploy"):
        person.go(f"{draft}/{place}")
        person.picture(f"studio-{place.rpartition('/')[2]}-{size}")
        assert person.barriers() == [], place
        assert not person.overflows(), place


def test_a_fault_is_told_at_its_place_and_mended(visitor: Callable[..., Any]) -> None:
    page = open_drawing(visitor().sign_in("administrator"))
    page.locator(".djs-connection[data-element-id=visit_to_assess_income] .djs-hit").first.click(force=True)
    page.keyboard.press("Delete")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "faults")
    expect(page.locator("[data-step='studio.effect']")).to_contain_text("还不能部署")
    expect(page.locator(".fault.error").first).to_be_visible()
    page.locator("[data-canvas]").click(position={"x": 500, "y": 20})
    finding = page.locator("[data-findings] li[data-severity=error] button", has_text="测算人均收入")
    expect(finding).to_contain_text("从开始事件走不到这里")
    finding.click()
    expect(page.locator(".djs-element.selected[data-element-id=assess_income]")).to_have_count(1)
    page.click("[data-undo]")
    expect(page.locator("[data-status]")).to_have_text("可以部署")
    expect(page.locator("[data-findings] li[data-severity=error]")).to_have_count(0)


def test_a_deleted_step_is_taken_back(visitor: Callable[..., Any]) -> None:
    page = open_drawing(visitor().sign_in("administrator"))
    element(page, "assess_income").click()
    page.keyboard.press("Delete")
    expect(element(page, "assess_income")).to_have_count(0)
    page.click("[data-undo]")
    expect(element(page, "assess_income")).to_have_count(1)
    page.click("[data-redo]")
    expect(element(page, "assess_income")).to_have_count(0)


def test_a_redraw_takes_force(visitor: Callable[..., Any], world: Any) -> None:
    page = open_drawing(visitor().sign_in("administrator"))
    rename(page, "visit", "两人入户走访")
    expect(page.locator("[data-status]")).to_have_text("可以部署")
    deploy(page, "走访改为两人")
    expect(page.get_by_text("走访改为两人").first).to_be_visible()  # what calls it has another version too
    with world.runtime.database.read() as session:
        redrawn = deployments.definition(session, "process", "follow_up")
        assert redrawn.version == 2
        assert deployments.process(session, redrawn.key).elements["visit"].name == "两人入户走访"


def test_a_redraw_survives_a_closed_tab_and_goes_out_and_in_as_a_file(
    visitor: Callable[..., Any], tmp_path: Path
) -> None:
    person = visitor().sign_in("administrator")
    page = open_drawing(person)
    rename(page, "visit", "冬季入户走访")
    expect(page.locator("[data-status]")).to_have_text("可以部署")
    with page.expect_download() as download:
        page.click("[data-export]")
    exported = tmp_path / "exported.bpmn"
    download.value.save_as(exported)
    assert "冬季入户走访" in exported.read_text()
    page.reload()
    expect(element(page, "visit")).to_contain_text("冬季")
    page.set_input_files("[data-import]", exported)
    expect(page.locator("[data-status]")).to_have_text("可以部署")
    expect(element(page, "visit")).to_contain_text("冬季")
