"""Sheets on paper: sound on A4 with much and with nothing, harmless whoever wrote them, never a blank box for a name."""

import base64
import json
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from weasyprint import Document
from weasyprint.urls import URLFetcher

from engine.feel import FeelError
from engine.runtime import Runtime
from engine.sheets import TOLD
from tests.forms.answers import COMPLETE, MEMBER, STROKES
from web import prints, sheet_facts

FORMS = Path(__file__).parents[2] / "forms"
SHEETS = sorted(path.stem for path in FORMS.glob("*.html"))
PX_PER_MM = 96 / 25.4
UNKNOWN = "\U00031350"
"""An ideograph younger than the fonts."""
LONGEST = "𠮷㐂䶮㛃·阿卜杜勒艾合买提·买买提吐尔逊·努尔麦麦提江·艾山江·" * 2
Render = Callable[..., str]


@pytest.fixture
def render(sqlite_runtime: Runtime) -> Render:
    """A sheet filled in; without names, empty."""

    def run(sheet: str, names: dict[str, Any] | None = None) -> str:
        template = (FORMS / f"{sheet}.html").read_text("utf-8") if sheet in SHEETS else sheet
        return prints.render(sqlite_runtime, template, sheet_facts.blank() if names is None else names)

    return run


def step(**told: Any) -> dict[str, Any]:
    """A completed step as sheets see it."""
    return {
        **sheet_facts.shown(told),
        "by": "王主任",
        "in_place_of": None,
        "at": "2020年7月5日",
        "step": "驻村工作队入户核实",
    }


def case(sheet: str, members: int = 3, name: str = "张三") -> dict[str, Any]:
    """Everything a sheet may print, much of it."""
    answer = step(**COMPLETE.get(sheet, COMPLETE["application"]))
    people = [{**MEMBER, "name": name, "student": None} for _ in range(members)]
    verified = step(outcome="属实", opinion="入户查看，情况属实。", verifier_signature=STROKES)
    measures = [
        {"number": 1, "name": "公益岗位安置", "category_name": "产业发展与就业", "due": "2020年6月30日"}
    ]
    return {
        "county": "蛟河市",
        "place": "蛟河市新农街道新农村",
        "mark": "案卷7　2020年7月5日打印",
        "household": {"head_name": name, "population": members, "kind": "脱贫户", "address": "三社" * 30},
        "head_id_number": MEMBER["id_number"],
        "members": [{**person, "number": number} for number, person in enumerate(people, 1)],
        "measures": measures,
        "measure": measures[0],
        "answer": answer,
        "steps": {
            "apply": step(**COMPLETE["application"]),
            "accept": step(outcome="受理"),
            **dict.fromkeys(("verify_work_team", "verify_township", "verify_committee"), verified),
            "county_review": step(outcome="同意纳入", kind="脱贫不稳定户"),
            **dict.fromkeys(("verify_exit_village", "verify_exit_township"), verified),
        },
        "warning": {"level": "红", "reasons": ["F4.4.1：“两不愁三保障”得不到有效保障"]},
        "exit_check": {"outcome": "移出", "reasons": ["F4.3.6：人均纯收入稳定超过现行扶贫标准"]},
        "kind": "脱贫不稳定户",
        "level": "红",
        "line": "4,000.00",
        "net_income": "4,321.50",
        "shortfalls": ["基本医疗"],
        "causes": ["因病"],
    }


def words(pdf: bytes) -> str:
    """The text of a PDF, without spaces."""
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s", "", text.stdout.decode())


def boxes(document: Document, css_class: str) -> Iterator[tuple[int, Any]]:
    """The boxes of elements of a class, with the number of their page; the outermost of each element."""
    for number, page in enumerate(document.pages):
        seen = set()
        for box in page._page_box.descendants():
            element = box.element
            if (
                element is not None
                and element not in seen
                and css_class in (element.get("class") or "").split()
            ):
                seen.add(element)
                yield number, box


def rectangle(box: Any) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in mm."""
    left, top = box.border_box_x() / PX_PER_MM, box.border_box_y() / PX_PER_MM
    return left, top, left + box.border_width() / PX_PER_MM, top + box.border_height() / PX_PER_MM


def apart(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two rectangles share nothing."""
    return (
        one[2] <= other[0] + 0.1
        or other[2] <= one[0] + 0.1
        or one[3] <= other[1] + 0.1
        or other[3] <= one[1] + 0.1
    )


def pictures_in(box: Any) -> list[Any]:
    """The boxes of pictures in a box."""
    return [b for b in box.descendants() if hasattr(b, "replacement")]


def texts_in(box: Any) -> str:
    """What is written in a box."""
    return "".join(b.text for b in box.descendants() if hasattr(b, "text"))


def picture(data: bytes) -> bytes:
    """The first page in pixels."""
    command = ["pdftoppm", "-r", "40", "-gray", "-singlefile", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


PAGES = {
    "application": 2,
    "warning_confirmation": 2,
    "risk_visit": 2,
    "verification": 2,
    "visit": 2,
    "visit_basic": 2,
}


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("filled", [False, True])
def test_a_sheet_is_a4_and_of_as_many_pages_as_planned(sheet: str, filled: bool, render: Render) -> None:
    document = prints.lay_out(render(sheet, case(sheet) if filled else None))
    assert {(round(p.width / PX_PER_MM), round(p.height / PX_PER_MM)) for p in document.pages} == {(210, 297)}
    assert len(document.pages) == PAGES.get(sheet, 1)


@pytest.mark.parametrize("sheet", SHEETS)
def test_eighteen_members_and_the_longest_name_stay_within_the_margins(sheet: str, render: Render) -> None:
    html = render(sheet, case(sheet, members=18, name=LONGEST))
    assert prints.draw(html)[1] == set()
    for page in prints.lay_out(html).pages:
        for box in page._page_box.descendants():
            if hasattr(box, "text") and box.text.strip():
                right = (box.position_x + box.width) / PX_PER_MM
                assert 19 <= box.position_x / PX_PER_MM <= right <= 192, box.text


def test_a_rare_character_prints_as_itself() -> None:
    """Seen in pixels: each character looks like no other, and like no empty box."""
    page = '<style>@page {{ @bottom-center {{ content: none }} }}</style><p style="font-size: 90pt">{}</p>'
    drawn = {
        each: picture(prints.draw(page.format(each))[0])
        for each in ("𠮷", "吉", "㐂", "䶮", "㛃", UNKNOWN, " ")
    }
    assert len(set(drawn.values())) == len(drawn)


def test_a_character_that_no_font_has_is_named() -> None:
    assert prints.draw(f"<p>李{UNKNOWN}</p>")[1] == {UNKNOWN}
    assert words(prints.pdf(f"<p>李{UNKNOWN}山</p>")).startswith("李〔U+31350〕山")


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_place_of_a_seal_is_free_and_no_seal_is_drawn(sheet: str, render: Render) -> None:
    html = render(sheet, case(sheet))
    document = prints.lay_out(html)
    found = list(boxes(document, "seal"))
    signed = [(page, b) for page, box in boxes(document, "signature") for b in pictures_in(box)]
    assert found or sheet in ("authorization", "visit", "visit_basic", "risk_visit")
    for page, box in found:
        assert re.fullmatch(r"(（盖章）)?(　*年　*月　*日|\d+年\d+月\d+日)", texts_in(box))
        assert box.height / PX_PER_MM >= 13.9
        assert not pictures_in(box)
        for other_page, signature in signed:
            assert other_page != page or apart(rectangle(signature), rectangle(box))


def test_each_level_signs_in_its_own_field(render: Render) -> None:
    """Four pictures in 附件1: the applicant and three verifiers; nobody signs for the two who confirm by password."""
    document = prints.lay_out(render("application", case("application")))
    opinions = [box for _, box in boxes(document, "opinion")]
    assert [len(pictures_in(box)) for box in opinions] == [1, 0, 1, 1, 1, 0]
    for box in opinions:
        left, top, right, bottom = rectangle(box)
        for signature in pictures_in(box):
            x, y, to_x, to_y = rectangle(signature)
            assert left <= x < to_x <= right and top <= y < to_y <= bottom, texts_in(box)
    confirmed = ["系统确认" in texts_in(box) for box in opinions]
    assert confirmed == [False, True, False, False, False, True]


def test_a_blank_sheet_says_nothing_that_somebody_should_write(render: Render) -> None:
    html = render("application")
    text = words(prints.pdf(html))
    assert "县（市）区存在返贫或致贫风险农户申请表" in text.replace("_", "")
    assert "null" not in text
    assert text.count("年月日") >= 6
    assert not list(boxes(prints.lay_out(html), "ticked"))


def test_the_annex_carries_its_marks(render: Render) -> None:
    """附件N at the top left in 16 pt, the title in 22 pt, figures and reasons with their clause."""
    html = render("warning_confirmation", case("warning_confirmation"))
    (_, annex), *_ = boxes(prints.lay_out(html), "annex")
    assert texts_in(annex) == "附件2"
    assert annex.style["font_size"] == pytest.approx(16 * 96 / 72)
    text = words(prints.pdf(html))
    assert "蛟河市纳入返贫或致贫风险农户分类预警（帮扶）确认表" in text
    assert "F4.4.1：“两不愁三保障”得不到有效保障" in text
    assert "4,321.50" in text


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_prints_only_names_that_exist(sheet: str) -> None:
    """A misspelt name would print as nothing, for years."""
    template = (FORMS / f"{sheet}.html").read_text("utf-8")
    drawn = "".join(p.read_text("utf-8") for p in (FORMS.parent / "processes").glob("*.bpmn"))
    contract = (FORMS.parent / "processes" / "README.md").read_text("utf-8")
    documented = (FORMS.parent / "docs" / "forms.md").read_text("utf-8")
    keys = _keys(sheet)
    bound = set(re.findall(r"\bfor (\w+) in\b", template))  # the sheet's own
    for path in _paths(template):
        first, *rest = path.split(".")
        if first in bound:
            continue
        if first == "answer" and rest:
            assert rest[0] in {*keys, *TOLD}, path
        elif first == "steps" and rest:
            assert f'id="{rest[0]}"' in drawn, path
            assert rest[1:2] == [] or rest[1] in {*_keys(_form_of(drawn, rest[0])), *TOLD}, path
        elif first == "this" and rest:
            assert f"`{rest[0]}`" in documented, path
        elif rest or first != "this":
            assert re.search(rf"\b{first}\b", contract + documented), path


def _keys(form: str) -> set[str]:
    file = FORMS / f"{form}.form"
    return set(re.findall(r'"(?:key|path)": "(\w+)', file.read_text("utf-8"))) if file.exists() else set()


def _form_of(drawn: str, element: str) -> str:
    found = re.search(rf'<bpmn:userTask id="{element}".*?formId="(\w+)"', drawn, re.DOTALL)
    assert found, element
    return found[1]


def _paths(template: str) -> set[str]:
    inside = " ".join(re.sub(r'"[^"]*"', "", each) for each in re.findall(r"{{(.*?)}}", template, re.DOTALL))
    words_of_feel = {
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "null",
        "true",
        "false",
        "loop",
        "list",
        "contains",
        "count",
        "string",
        "join",
    }
    return set(re.findall(r"[A-Za-z_][\w.]*", inside)) - words_of_feel


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=file:///etc/passwd>",
    '"><img src=x onerror=alert(1)>',
    "'><style>@import url(file:///etc/passwd)</style>",
    "</td></tr></table><h1>冒充</h1>",
    "{{steps.accept.by}}",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_people_wrote_is_text(hostile: str, render: Render) -> None:
    names = case("measure_delivery")
    plain = render("measure_delivery", names)
    names["household"]["address"] = hostile
    names["measure"] = {"name": hostile}
    names["answer"] |= {"delivery": hostile, "opinion": hostile, "files": [hostile]}
    html = render("measure_delivery", names)
    count = len(re.findall(r"<[a-zA-Z!/]", plain))
    assert len(re.findall(r"<[a-zA-Z!/]", html)) == count
    assert re.sub(r"\s", "", hostile) in words(prints.pdf(html))


def svg(inside: str) -> str:
    """A picture that a sheet carries itself."""
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{inside}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="../../pyproject.toml">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        "<style>@import url('file:///etc/passwd'); p { background: url(http://127.0.0.1:9/) }</style>",
        "<style>@font-face { font-family: x; src: local('Noto Serif CJK SC'), url(file:///etc/passwd) }</style>",
        '<base href="file:///etc/"><img src="passwd"><object data="passwd"></object>',
        '<embed src="file:///etc/passwd"><iframe src="file:///etc/passwd"></iframe>',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        '<img src="' + svg('<image xlink:href="file:///etc/passwd" width="9" height="9"/>') + '">',
        '<img src="' + svg('<style>@import url("file:///etc/passwd")</style><rect/>') + '">',
    ],
)
def test_a_sheet_loads_nothing_from_outside(
    markup: str, render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    prints.pdf("<p>字体先装好</p>")
    opened: list[str] = []
    fetch = URLFetcher.fetch
    monkeypatch.setattr(URLFetcher, "fetch", lambda self, url, *a: opened.append(url) or fetch(self, url, *a))
    monkeypatch.setattr(socket, "socket", _no_socket)
    data = prints.pdf(render(f"<html><head>{markup}</head><body>{markup}<p>正文</p></body></html>", {}))
    assert all(url.startswith("data:image/") for url in opened)
    assert "正文" in words(data)
    assert b"EmbeddedFile" not in data
    assert "root:" not in words(data)


def _no_socket(*_: Any) -> None:
    raise AssertionError("a sheet opened a connection")


def test_a_sheet_cannot_change_how_the_next_one_looks(render: Render) -> None:
    before = prints.pdf(render("acceptance"))
    font = base64.b64encode((FORMS / "sheet.css").read_bytes()).decode()
    rogue = f"""<style>@font-face {{ font-family: "Sheet Serif"; src: url(data:font/ttf;base64,{font}) }}
        @font-face {{ font-family: "Sheet Serif"; src: url(https://sheets.invalid/fonts/NotoSansSC_500Medium.ttf) }}
        </style><p>字</p>"""
    prints.pdf(render(rogue, {}))
    assert prints.pdf(render("acceptance")) == before


def test_a_print_is_the_same_bytes_each_time(render: Render) -> None:
    html = render("application", case("application"))
    assert prints.pdf(html) == prints.pdf(html)


def test_the_fonts_are_ours(render: Render, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(prints.pdf(render("application", case("application"))))
    listed = subprocess.run(["pdffonts", tmp_path / "a.pdf"], capture_output=True, check=True).stdout.decode()
    fonts = [line.split() for line in listed.splitlines()[2:]]
    assert {font[0].split("+")[1] for font in fonts} == {"Sheet-Serif", "Sheet-Serif-Bold", "Sheet-Sans"}
    assert all("yes yes" in " ".join(font) for font in fonts)


def test_a_sheet_that_grows_without_end_is_refused(render: Render) -> None:
    with pytest.raises((prints.SheetTooLong, FeelError)):
        render("{{#loop rows}}{{text}}{{this.text}}{{/loop}}", {"rows": [{"text": "字" * 1000}] * 5000})


def test_facts_are_made_ready_for_paper() -> None:
    told = {
        "due": "2020-06-05",
        "visited": "2020-06-05T16:30:00Z",
        "line": 4000.0,
        "income": {"this_year": {"wage": 12345.6}},
        "months_above_line": 7,
        "files": [{"sha256": "a", "name": "收据.jpg", "media_type": "image/jpeg", "size": 1}],
        "calamity": False,
        "id": "2020-13-45",
    }
    assert sheet_facts.shown(told) == {
        "due": "2020年6月5日",
        "visited": "2020年6月6日",
        "line": "4,000.00",
        "income": {"this_year": {"wage": "12,345.60"}},
        "months_above_line": 7,
        "files": ["收据.jpg"],
        "calamity": False,
        "id": "2020-13-45",
    }


def test_a_signature_becomes_lines() -> None:
    uri = sheet_facts.shown(STROKES)
    picture = base64.b64decode(uri.removeprefix("data:image/svg+xml;base64,")).decode()
    assert picture.count("M") == len(STROKES["strokes"])
    assert "<image" not in picture
    assert sheet_facts.shown({"width": 1, "height": 1, "strokes": [[]]}) is None
    dot = sheet_facts.shown({"width": 9, "height": 9, "strokes": [[[4, 4, 0]]]})
    assert "M4.0 4.0L4.0 4.0" in base64.b64decode(dot.split(",")[1]).decode()
    assert json.dumps(STROKES)
