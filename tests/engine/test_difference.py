"""Differences are told as what they are: the procedure's own files, each changed in one place, give that one change."""

from pathlib import Path

import pytest

from engine.difference import Change, Part, between

ROOT = Path(__file__).parents[2]
FILES = {
    path.name: path.read_bytes()
    for folder in ("processes", "forms")
    for path in (ROOT / folder).iterdir()
    if path.suffix in (".bpmn", ".dmn", ".form", ".html", ".yaml")
}


def changed(file: str, before: str, after: str) -> list[Change]:
    """The differences after one replacement."""
    text = FILES[file].decode()
    assert before in text
    return between(FILES, {**FILES, file: text.replace(before, after, 1).encode()})


def test_what_is_the_same_does_not_differ():
    assert between(FILES, dict(FILES)) == []


def test_an_element_tells_each_fact_that_changed():
    [change] = changed("application.bpmn", 'name="受理申请"', 'name="收件"')
    assert change == Change(
        "application.bpmn", "changed", "userTask", "accept", "收件", (Part("name", "受理申请", "收件"),)
    )
    [change] = changed("application.bpmn", 'formId="county_review"', 'formId="x"')
    assert (change.id, change.parts) == (
        "county_review",
        (Part("formDefinition.formId", "county_review", "x"),),
    )


def test_what_only_stands_elsewhere_is_moved():
    text = FILES["application.bpmn"].decode()
    at = text.index('bpmnElement="accept"')
    x = text.index('x="', at)
    moved = text[:x] + 'x="1' + text[x + 3 :]
    [change] = between(FILES, {**FILES, "application.bpmn": moved.encode()})
    assert (change.what, change.id) == ("moved", "accept")


def test_what_is_new_or_gone_tells_its_facts():
    text = FILES["application.bpmn"].decode()
    start = text.index('<bpmn:sequenceFlow id="decide_inclusion_to_county_review"')
    gone = text[:start] + text[text.index("/>", start) + 2 :]
    [change] = between(FILES, {**FILES, "application.bpmn": gone.encode()})
    assert (change.what, change.id) == ("removed", "decide_inclusion_to_county_review")
    assert {part.path: part.before for part in change.parts}["targetRef"] == "县扶贫办审核确认"
    [change] = between({**FILES, "application.bpmn": gone.encode()}, FILES)
    assert (change.what, {part.path: part.after for part in change.parts}["sourceRef"]) == (
        "added",
        "判断纳入条件",
    )


def test_a_rule_tells_the_cell_by_its_columns_name():
    [change] = changed("inclusion.dmn", "settings.entry_multiple * line, 2)", "2 * line, 2)")
    assert (change.sort, change.name) == ("rule", "纳入依据 1")
    assert change.parts == (
        Part("cell.人均可支配收入", "< decimal(settings.entry_multiple * line, 2)", "< decimal(2 * line, 2)"),
    )


def test_a_field_that_is_put_between_others_moves_none_of_them():
    field = '{"id": "new", "type": "money", "key": "deposit", "label": "押金"},'
    [change] = changed("acceptance.form", '"components": [', f'"components": [{field}')
    assert (change.what, change.sort, change.name) == ("added", "money", "押金")


def test_a_sheet_tells_its_lines_and_a_figure_its_day():
    [change] = changed("acceptance.html", "<h1>", "<h1>新")
    assert (change.sort, change.what) == ("lines", "changed")
    assert (change.parts[0].after or "").startswith("<h1>新")
    [change] = changed("settings.yaml", "value: 4000", "value: 4600")
    assert (change.id, change.parts) == ("line 2020-01-01", (Part("value", "4000", "4600"),))


def test_files_come_and_go():
    without = {name: data for name, data in FILES.items() if name != "visit.form"}
    assert [(c.what, c.file) for c in between(FILES, without)] == [("removed", "visit.form")]
    assert [(c.what, c.file) for c in between(without, FILES)] == [("added", "visit.form")]


@pytest.mark.parametrize("file", ["application.bpmn", "inclusion.dmn", "visit.form", "settings.yaml"])
@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"<x", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"- &a [*a]", b"[" * 5000, b"\xff"],
)
def test_what_cannot_be_read_is_compared_by_its_lines(file: str, broken: bytes):
    changes = between({file: FILES[file]}, {file: broken})
    assert changes and all(change.file == file for change in changes)
