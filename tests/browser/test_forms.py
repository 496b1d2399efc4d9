"""Forms in a real Chromium: the server's verdicts, by thumb and by keyboard, with nothing lost."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine import forms
from engine.feel import Evaluator
from tests.browser.conftest import AXE
from tests.forms.answers import CASE, COMPLETE

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "web" / "static" / "build"
PHONE, DESK = (360, 740), (1440, 900)
Mount = Callable[..., Page]


def schema_of(name: str) -> dict[str, Any]:
    """A form of the procedure."""
    schema: dict[str, Any] = json.loads((ROOT / "forms" / f"{name}.form").read_bytes())
    return schema


def form(*components: dict[str, Any]) -> dict[str, Any]:
    """A form of a few components."""
    return {
        "type": "default",
        "id": "f",
        "components": [{"id": c["key"], "label": c["key"], **c} for c in components],
    }


@pytest.fixture
def mount(chromium: Browser) -> Iterator[Mount]:
    """A page with one form on it. Faults of scripts fail the test."""
    faults: list[str] = []
    pages: list[Page] = []

    def show(schema: dict[str, Any], size: tuple[int, int] = PHONE, **options: Any) -> Page:
        page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_content(
            "<!doctype html><html lang=zh-CN><title>表单</title><main><h1>表单</h1><div id=form></div></main></html>"
        )
        for name in ("pages.css", "forms.css"):
            page.add_style_tag(path=BUILD / name)
        page.add_script_tag(path=BUILD / "forms.js")
        page.evaluate(
            """options => {
              window.uploads = [];
              window.changes = 0;
              window.form = fangfanForm.mount(document.getElementById('form'), {
                ...options,
                onChange: () => { window.changes += 1; },
                upload: async (file) => {
                  if (file.size > 2000) throw new Error('文件太大');
                  return { sha256: 'ab'.repeat(32), name: file.name, media_type: file.type, size: file.size };
                },
              });
            }""",
            {"schema": schema, **options},
        )
        page.wait_for_selector(".fjs-form")
        return page

    yield show
    for page in pages:
        page.close()
    assert faults == []


def known() -> dict[str, Any]:
    return dict(CASE)


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_browser_and_server_judge_alike(mount: Mount, evaluator: Evaluator, name: str) -> None:
    schema, answer = schema_of(name), COMPLETE[name]
    now = datetime.now(UTC)
    for given in (answer, {}):
        page = mount(schema, data=known(), draft=given)
        in_browser = page.evaluate("form.validate()")
        on_server = forms.check(evaluator, schema, in_browser["answer"], known(), now)
        assert in_browser["errors"] == on_server.errors
        assert page.evaluate("form.answer()") == on_server.data
    if "dynamiclist" not in json.dumps(schema):  # a list shows a row to begin with
        assert in_browser["errors"] == forms.check(evaluator, schema, {}, known(), now).errors
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def test_members_by_thumb(mount: Mount) -> None:
    page = mount(form({"type": "members", "key": "members", "validate": {"required": True}}))
    page.get_by_role("button", name="添加成员").click()
    page.get_by_label("姓名").fill("张三")
    page.get_by_label("证件号码").fill("220281196503120010")
    # The number says the birth date and the sex.
    assert page.get_by_label("出生日期").input_value() == "1965-03-12"
    assert page.get_by_label("男", exact=True).is_checked()
    assert page.get_by_label("与户主关系").input_value() == "户主"
    page.get_by_role("button", name="完成").click()
    assert page.locator(".ff-card .ff-error").all_inner_texts() == [
        "请选择",
        "文化程度和在校生状况只填一项",
        "请选择",
        "请选择",
    ]
    page.get_by_label("劳动技能").select_option("普通劳动力")
    page.get_by_label("文化程度").select_option("初中")
    page.get_by_label("残疾", exact=True).check()
    page.get_by_label("健康", exact=True).check()  # and takes 残疾 away
    page.get_by_label("基本医疗保险").select_option("城乡居民")
    page.get_by_role("button", name="完成").click()
    assert page.locator(".ff-card").count() == 0
    assert "户主 · 男" in page.locator(".ff-summary").inner_text()
    assert page.evaluate("form.validate().errors") == {}
    (member,) = page.evaluate("form.answer().members")
    assert (member["health"], member["birth"]) == (["健康"], "1965-03-12")

    page.get_by_role("button", name="添加成员").click()
    assert page.locator(".ff-card").count() == 1
    page.get_by_role("button", name="删除").click()
    page.get_by_role("button", name="确认删除").click()
    assert len(page.evaluate("form.answer().members")) == 1


def test_faults_of_members_lead_to_their_fields(mount: Mount) -> None:
    members = [{"name": "甲", "relation": "户主"}, {"name": "乙", "relation": "户主"}]
    page = mount(form({"type": "members", "key": "members"}), data={"members": members})
    errors = page.evaluate("form.validate().errors")
    assert "members[1].relation" in errors
    assert page.locator(".ff-summary .ff-error").count() == 2
    page.evaluate("form.focus('members[1].relation')")
    assert page.evaluate("document.activeElement.textContent").startswith("乙")
    page.get_by_role("button", name="修改 乙").click()
    page.evaluate("form.focus('members[1].relation')")
    control = page.get_by_label("与户主关系")
    assert control.evaluate("e => e === document.activeElement")
    assert (
        page.locator(f"#{control.get_attribute('aria-describedby')}").inner_text()
        == errors["members[1].relation"]
    )
    control.select_option("配偶")
    assert page.locator(f"#{control.get_attribute('id')}-error").count() == 0


def test_what_the_server_found_is_shown_beside_its_field(mount: Mount) -> None:
    schema = form({"type": "idnumber", "key": "x"}, {"type": "income", "key": "income"})
    page = mount(schema, errors={"x": "与登记不符", "income.forecast.wage": "金额不能为负数"})
    page.wait_for_selector(".ff-error")
    assert page.locator(".ff-error").all_inner_texts() == ["与登记不符", "金额不能为负数"]
    page.evaluate("form.focus('income.forecast.wage')")
    page.keyboard.type("12,000.5")
    page.keyboard.press("Tab")
    assert page.locator(".ff-error").all_inner_texts() == ["与登记不符"]
    assert page.evaluate("form.answer().income.forecast.wage") == 12000.5
    assert page.locator("output").all_inner_texts()[6] == "12,000.50"


def test_a_signature_is_strokes(mount: Mount) -> None:
    schema = form({"type": "signature", "key": "s_signature", "validate": {"required": True}})
    page = mount(schema, data={"s_signature": {"width": 9, "height": 9, "strokes": [[[1, 1, 0], [2, 2, 9]]]}})
    assert page.evaluate("form.validate().errors") == {
        "s_signature": "请签名"
    }  # another step's is not this one's
    box = page.locator("canvas").bounding_box()
    assert box is not None
    for start in (30, 90):
        page.mouse.move(box["x"] + start, box["y"] + 40)
        page.mouse.down()
        for step in range(10):
            page.mouse.move(box["x"] + start + 4 * step, box["y"] + 40 + 8 * step)
        page.mouse.up()
    signed = page.evaluate("form.validate()")
    assert signed["errors"] == {}
    drawn = signed["answer"]["s_signature"]
    assert (len(drawn["strokes"]), drawn["height"]) == (2, 178)
    assert all(len(point) == 3 for stroke in drawn["strokes"] for point in stroke)
    again = mount(schema, draft={"s_signature": drawn})
    assert again.evaluate("form.answer().s_signature") == drawn
    again.get_by_role("button", name="重签").click()
    assert again.evaluate("form.answer().s_signature") is None


def test_files_and_photographs(mount: Mount) -> None:
    page = mount(form({"type": "files", "key": "files"}))
    camera = page.get_by_label("拍照")
    assert (camera.get_attribute("capture"), camera.get_attribute("accept")) == ("environment", "image/*")
    page.get_by_label("选择文件").set_input_files(
        {"name": "<b>证明.png", "mimeType": "image/png", "buffer": b"x" * 1000}
    )
    page.wait_for_selector(".ff-files li")
    assert page.locator(".ff-files li a").inner_text() == "<b>证明.png"
    camera.set_input_files({"name": "大.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 3000})
    page.wait_for_selector(".ff-error")
    assert page.locator(".ff-error").inner_text() == "大.jpg：文件太大"
    assert [file["size"] for file in page.evaluate("form.answer().files")] == [1000]
    page.get_by_role("button", name="删除 <b>证明.png").click()
    assert page.evaluate("form.answer().files") == []


def test_what_is_known_is_text_until_it_is_corrected(mount: Mount) -> None:
    phone = {"type": "known", "of": "phone", "key": "household.phone", "id": "phone", "label": "联系电话"}
    page = mount(form(phone), data={"household": {"phone": "13812345678"}})
    assert page.get_by_role("textbox").count() == 0
    page.get_by_role("button", name="更正 联系电话").click()
    page.get_by_label("联系电话").fill("1391234")
    page.keyboard.press("Tab")
    assert page.locator(".ff-error").inner_text() == "电话应为11位手机号，或带区号的固定电话"
    assert page.evaluate("form.answer()") == {
        "household": {"phone": "1391234"}
    }  # a draft keeps what is not right yet
    assert page.evaluate("changes") > 0
    assert mount(form(phone), data={"household": {"phone": ""}}).get_by_role("textbox").count() == 1


@pytest.mark.parametrize(("language", "day"), [("zh-CN", "2020年5月30日"), ("en", "30 May 2020")])
def test_facts_stand_as_paper_has_them(mount: Mount, language: str, day: str) -> None:
    rows = [
        {"label": "标准", "value": "=line", "as": "money"},
        {"label": "1.5倍", "value": "=line * 1.5", "as": "money"},
        {"label": "期限", "value": "=due", "as": "date"},
        {"label": "部门", "value": "=departments"},
        {"label": "还不知道", "value": "=unknown", "as": "money"},
    ]
    schema = {"type": "default", "id": "f", "components": [{"id": "facts", "type": "facts", "rows": rows}]}
    data = {"line": 4000, "due": "2020-05-30", "departments": ["民政", "<b>医保"]}
    page = mount(schema, data=data, language=language)
    yuan = "元" if language == "zh-CN" else "yuan"
    assert page.locator(".ff-facts dd").all_inner_texts() == [
        f"4,000.00 {yuan}",
        f"6,000.00 {yuan}",
        day,
        "民政、<b>医保",
    ]
    right = {round(box["x"] + box["width"]) for box in map(box_of, page.locator(".ff-facts dd").all())}
    assert len(right) == 1
    assert page.evaluate("form.answer()") == {}


def box_of(locator: Any) -> Any:
    return locator.bounding_box()


def test_rows_are_added_and_removed(mount: Mount) -> None:
    rows = {
        "type": "dynamiclist",
        "id": "rows",
        "key": "rows",
        "path": "rows",
        "label": "措施",
        "allowAddRemove": True,
        "defaultRepetitions": 1,
    }
    rows["components"] = [
        {"type": "textfield", "id": "name", "key": "name", "label": "名称", "validate": {"required": True}}
    ]
    page = mount(form(rows))
    for _ in range(8):
        page.get_by_role("button", name="添加一项").click()
    page.get_by_label("名称").nth(8).fill("九")
    page.get_by_role("button", name="删除 8", exact=True).click()
    assert page.get_by_label("名称").count() == 8  # none is folded away
    found = page.evaluate("form.validate()")
    assert found["answer"]["rows"][7] == {"name": "九"}
    assert sorted(found["errors"]) == [f"rows[{at}].name" for at in range(7)]
    page.evaluate("form.focus('rows[6].name')")
    assert page.get_by_label("名称").nth(6).evaluate("e => e === document.activeElement")


def test_villages_are_chosen_level_by_level(mount: Mount) -> None:
    areas = [
        {"label": f"{county} {town} 村{n}", "value": f"2202/{c}/{c}{t}/{c}{t}{n}/"}
        for c, county in enumerate(("甲县", "乙县"), 1)
        for t, town in enumerate(("东镇", "西镇"), 1)
        for n in range(5)
    ]
    page = mount(form({"type": "area", "key": "area"}), data={"areas": areas})
    page.get_by_label("县区").select_option("乙县")
    page.get_by_label("乡镇").select_option("西镇")
    assert page.evaluate("form.answer().area") is None
    page.get_by_label("村", exact=True).select_option("村3")
    assert page.evaluate("form.answer().area") == "2202/2/22/223/"
    page.get_by_label("县区").select_option("甲县")
    assert page.evaluate("form.answer().area") is None


def test_nothing_typed_or_drawn_is_markup(mount: Mount) -> None:
    evil = "<img src=x onerror='window.hacked=1'>"
    schema = form(
        {"type": "known", "of": "textfield", "key": "a", "label": evil},
        {"type": "radio", "key": "b", "values": [{"label": evil, "value": "1"}]},
    )
    schema["components"].append(
        {"type": "text", "id": "t", "text": "你好 {{a}} <script>window.hacked=1</script>"}
    )
    page = mount(schema, data={"a": evil})
    page.wait_for_timeout(50)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".ff-known-value").inner_text() == evil


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_who_cannot_see_it_can_fill_it_in(mount: Mount, size: tuple[int, int], language: str) -> None:
    page = mount(
        schema_of("application"), size, data=known(), draft={"members": [{"name": "甲"}]}, language=language
    )
    page.get_by_role("button", name="修改 甲" if language == "zh-CN" else "Edit 甲").click()
    page.evaluate("form.validate()")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run('#form', {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert [
        (fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found["violations"]
    ] == []
    assert page.locator(".fjs-powered-by-link").is_visible()
    small = page.evaluate(
        "[...document.querySelectorAll('#form button, #form select, #form .ff-option')].filter(e => e.offsetHeight && e.offsetHeight < 44).map(e => e.outerHTML)"
    )
    assert small == []
