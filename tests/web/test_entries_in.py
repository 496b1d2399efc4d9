"""A plain ledger's workbook, filled in and brought back: shown first, made once, and only where one keeps the ledger."""

import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from registry import areas, history, ledger
from registry.imports import sheets
from registry.ledger import entries
from registry.models import LedgerEntry
from tests.registry.imports.sheets_made import xlsx_of
from tests.web.world import World

HEAD = ["编号", "地区", "带贫主体", "产业项目", "带动户数", "签订时间", "到期时间", "备注"]


def send(client: FlaskClient, data: bytes, name: str = "contracts") -> Any:
    return client.post(f"/ledgers/{name}/workbook", data={"sheet": (io.BytesIO(data), "sheet.xlsx")})


def confirm(client: FlaskClient, shown: str, name: str = "contracts", reason: str = "合同更新") -> Any:
    sealed = re.search(r'name="sealed" value="([^"]+)"', shown)[1]
    return client.post(f"/ledgers/{name}/workbook/confirmed", data={"sealed": sealed, "reason": reason})


@pytest.fixture
def place(world: World) -> str:
    with world.runtime.database.read() as session:
        return " ".join(areas.names(session, world.village))


def kept(world: World) -> list[Mapping[str, Any]]:
    with world.runtime.database.read() as session:
        of = ledger.ledgers()["contracts"]
        return [row.fields for row in entries.listed(session, of, [""]).rows]


def test_new_lines_are_shown_then_entered_once(world, place):
    client = world.client("county_office")
    sheet = xlsx_of([HEAD, ["", place, "合作社", "木耳", 30, "2020-01-01", "2022/12/31", ""]])
    shown = send(client, sheet).text
    assert "要登记 1 条" in shown and "新登记" in shown and "木耳" in shown and kept(world) == []
    assert confirm(client, shown).status_code == 302
    (entry,) = kept(world)
    assert (entry["households"], entry["ends_on"]) == (30, "2022-12-31")
    again = send(client, sheet).text
    assert "1 行没有变化" in again and 'name="sealed"' not in again


def test_an_exported_sheet_comes_back_and_only_what_was_changed_changes(world, place):
    client = world.client("county_office")
    with world.runtime.database.begin() as session:
        history.act(session, "county_office", world.clock.now())
        of = ledger.ledgers()["contracts"]
        for name in ("甲", "乙"):
            told = {"enterprise": name, "project": "木耳", "ends_on": "2020-12-31"}
            session.add(_entry(of, world.village, told))
    grid = sheets.read(client.get("/ledgers/contracts.xlsx").data)[0].rows
    at = {heading: place for place, heading in enumerate(grid[0])}
    lines = [[cell.isoformat() if hasattr(cell, "isoformat") else cell for cell in row] for row in grid]
    lines[1][at["续签年限(年)"]] = 3
    lines[1][at["到期时间"]] = "2023年12月31日"
    new = list(lines[2])
    new[at["编号"]], new[at["带贫主体"]] = "", "丙"
    shown = send(client, xlsx_of([*lines, new])).text
    assert "要登记 1 条，更正 1 条；1 行没有变化，0 行不能登记" in shown
    stale = shown
    assert confirm(client, shown).status_code == 302
    assert {(each["enterprise"], each["ends_on"]) for each in kept(world)} == {
        ("甲", "2023-12-31"),
        ("乙", "2020-12-31"),
        ("丙", "2020-12-31"),
    }
    overtaken = confirm(client, stale)
    assert overtaken.status_code == 409 and "刚才被别人改过" in overtaken.text


def _entry(of, area: str, told: dict[str, Any]):
    fields = {each.key: told.get(each.key, "" if each.kind == "text" else None) for each in of.fields}
    return LedgerEntry(
        ledger=of.id, area=area, about=None, fields=fields, valid_from=date(2020, 7, 1), ended_because=""
    )


def test_rows_that_cannot_be_taken_say_why(world, place):
    lines = [
        ["", "某县 某乡", "甲", "木耳", "", "", "2022-12-31", ""],
        ["", place, "", "木耳", "", "", "2022-12-31", ""],
        ["", place, "甲", "木耳", "三十", "", "2022-12-31", ""],
        ["", place, "甲", "木耳", "", "", "年底", ""],
        ["999", place, "甲", "木耳", "", "", "2022-12-31", ""],
        ["", place, "甲", "木耳", "", "", "2022-12-31", "=HYPERLINK(1)"],
        ["", "昌邑区", "甲", "木耳", "", "", "2022-12-31", ""],
    ]
    shown = send(world.client("county_office"), xlsx_of([HEAD, *lines])).text
    assert "要登记 0 条，更正 0 条；0 行没有变化，7 行不能登记" in shown
    for why in (
        "没有地区“某县 某乡”",
        "请填写“带贫主体”",
        "不是整数",
        "不是日期",
        "没有这一条",
        "是公式",
        "不由您登记",
    ):
        assert why in shown, why


def test_a_household_is_found_by_village_and_head(world, place):
    family = world.family()
    world.begin(family)
    head = family.household.get("head_name") or family.members[0]["name"]
    with world.runtime.database.read() as session:
        place = " ".join(areas.names(session, family.area))
    fields = [each.name for each in ledger.ledgers()["dangerous_housing"].fields]
    of = ledger.ledgers()["dangerous_housing"]
    told = [
        each.options[0] if each.options else "2020-06-01" if each.kind == "day" else "" for each in of.fields
    ]
    lines = [[f"{place} {head}", *told], [f"{place} 查无此人", *told]]
    shown = send(world.client("county_office"), xlsx_of([["村和户主", *fields], *lines]), of.id).text
    assert "要登记 1 条" in shown and "没有户主“查无此人”" in shown
    assert confirm(world.client("county_office"), shown, of.id).status_code == 302


def test_who_keeps_no_such_ledger_brings_nothing(world, place):
    sheet = xlsx_of([HEAD, ["", place, "甲", "木耳", "", "", "2022-12-31", ""]])
    assert "不由您登记" in send(world.client("department_教育"), sheet).text
    assert send(world.client("city_group"), sheet).status_code == 403
    client = world.client("county_office")
    shown = send(client, sheet).text
    assert confirm(world.client("county_office_2"), shown).status_code == 409
    assert confirm(client, shown, reason=" ").status_code == 400
    assert sheets.read(client.get("/ledgers/contracts.xlsx").data)[0].rows[0][1] == "地区"
