"""Every page that takes a sheet, and every way in which a sheet is bad: one clear answer each, and nothing is changed."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest

from engine import background
from registry import areas, history, households, monitoring
from registry.imports import archive
from registry.imports import sheets as reading
from tests.registry.imports import sheets_made
from tests.registry.imports.sheets_made import csv_of, xlsx_of
from tests.web.world import World

Lines = list[list[Any]]
LONG = 220299196801011010
"""An ID number, or a key of ours, as a spreadsheet keeps it once it took it for a number."""


def swapped(lines: Lines, heading: str, cell: Any) -> Lines:
    """The lines with another cell in the first row below the headings."""
    at = lines[0].index(heading)
    first = [cell if place == at else each for place, each in enumerate(lines[1])]
    return [lines[0], first, *lines[2:]]


def bomb() -> bytes:
    """A workbook that unpacks to more than may be unpacked (the limit is lowered by the test)."""
    buffer = io.BytesIO(xlsx_of([["a"]]))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/bomb.bin", bytes(2 << 20))
    return buffer.getvalue()


class Page:
    """One page that takes sheets: its address, the name of its field, and how its answer is read."""

    def __init__(self, world: World, who: str, path: str, name: str) -> None:
        self.world, self.client, self.path, self.name = world, world.client(who), path, name

    def answer(self, data: bytes) -> str:
        """What the sender is told: by the page itself, or by the page of the job that read the sheet."""
        sent = self.client.post(self.path, data={self.name: (io.BytesIO(data), "sheet")})
        if sent.status_code != 302:
            return sent.text
        key = int(re.search(r"/jobs/(\d+)", sent.location)[1])
        background.run(self.world.runtime, key)
        with self.world.runtime.database.read() as session:
            job = background.get(session, key)
        if job.error:
            return self.client.get(f"/jobs/{key}").text
        return str(reading.read(self.client.get(f"/sheets/{key}/report.xlsx").data)[0].rows)

    def too_large(self) -> Any:
        """The answer to 200 MB, told before anything is read."""
        told = {"CONTENT_LENGTH": str(200 << 20)}
        kind = "multipart/form-data; boundary=x"
        return self.client.post(self.path, content_type=kind, environ_overrides=told)


def check(page: Page, good: Lines, cases: Sequence[tuple[bytes, str]]) -> None:
    assert page.too_large().status_code == 413 and "内容太大" in page.too_large().text
    everywhere = [
        (csv_of([["a", "b"], ["1", "2"]]), "表头|缺少这些列"),
        (xlsx_of(good, merge=(1, 0, 2, 0)), "有合并的单元格，请取消合并"),
        (bomb(), "文件解压后过大"),
        (b"", "文件是空的|请选择要上传的"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "旧版 Excel"),
        (b"PK\x03\x04 broken", "已损坏"),
    ]
    for data, told in [*everywhere, *cases]:
        assert re.search(told, page.answer(data)), (told, page.answer(data)[-1500:])


@pytest.fixture(autouse=True)
def small_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1 << 20)


def test_the_national_systems_export(world):
    good = sheets_made.rows(sheets_made.HEAD, sheets_made.WIFE)
    cases = [
        (csv_of(swapped(good, "工资性收入", "=8000+1")), "是公式“=8000"),
        (csv_of(swapped(good, "识别监测时间", "去年五月")), "“去年五月”不是日期"),
        (xlsx_of(swapped(good, "证件号码", LONG)), "“证件号码”列有 1 个号码存成了数字（第一个在第 2 行）"),
        (csv_of(swapped(good, "识别监测时间", "2020年5月"), "gbk"), "已接收|存疑"),
    ]
    check(Page(world, "county_office", "/sheets/households", "file"), good, cases)


def test_a_departments_sheet(world):
    family = world.family()
    with world.runtime.database.begin() as session:
        history.act(session, "x", world.clock.now())
        households.save(session, None, family.area, family.household, family.members)
    name, number = family.head["name"], family.head["id_number"]
    good = [
        ["姓名", "身份证号码", "残疾等级", "发证日期"],
        [name, number, "一级", ""],
        ["王二", number, "二级", ""],
    ]
    cases = [
        (csv_of(swapped(good, "身份证号码", "=A1")), "身份证号码有误"),
        (xlsx_of(swapped(good, "身份证号码", LONG)), "存成了数字|末几位"),
        (csv_of(good, "gbk"), "支出骤增"),
    ]
    check(Page(world, "department_残联", "/sheets/comparison", "file"), good, cases)


def test_corrections_of_the_ledger(world):
    family = world.family()
    with world.runtime.database.begin() as session:
        history.act(session, "x", world.clock.now())
        key = households.save(session, None, family.area, family.household, family.members).key
        monitoring.include(session, key, "脱贫不稳定户", [1], "农户申请")
        monitoring.warn(session, key, "黄", ["核实"], "x")
    page = Page(world, "township_cadre", "/ledger/corrections", "sheet")
    asked = {"c": ["head", "address"]}
    taken = page.client.post("/ledger/workbook", data=asked)
    assert taken.status_code == 200, taken.text
    good = [list(map(str, row)) for row in reading.read(taken.data)[0].rows]
    good.append(good[1])
    cases = [
        (csv_of(swapped(good, "住址", "=1+1")), "是公式“=1"),
        (xlsx_of(swapped(good, "编号", LONG)), "“编号”列有 1 个号码存成了数字"),
        (csv_of(swapped(good, "编号", "1.8E+18")), "“编号”列有 1 个号码存成了数字"),
        (csv_of(swapped(good, "住址", "九组"), "gbk"), "九组"),
    ]
    check(page, good, cases)


def test_a_plain_ledger(world):
    with world.runtime.database.read() as session:
        place = " ".join(areas.names(session, world.village))
    headings = ["编号", "地区", "带贫主体", "产业项目", "带动户数", "到期时间"]
    good = [
        headings,
        ["", place, "甲", "木耳", "3", "2022-12-31"],
        ["", place, "乙", "木耳", "3", "2022-12-31"],
    ]
    cases = [
        (csv_of(swapped(good, "带动户数", "=1+1")), "“带动户数”是公式"),
        (csv_of(swapped(good, "到期时间", "年底")), "“年底”不是日期"),
        (xlsx_of(swapped(good, "编号", LONG)), "“编号”列有 1 个号码存成了数字"),
        (csv_of(swapped(good, "到期时间", "2022年12月31日"), "gbk"), "2022年12月31日"),
    ]
    check(Page(world, "county_office", "/ledgers/contracts/workbook", "sheet"), good, cases)


def test_the_sheet_of_people(world):
    with world.runtime.database.read() as session:
        place = " ".join(areas.names(session, world.village))
    headings = ["用户名", "姓名", "角色", "部门", "地区"]
    good = [headings, ["wang1", "王一", "村民委员会", "", place], ["wang2", "王二", "驻村工作队", "", place]]
    cases = [
        (csv_of(swapped(good, "用户名", "=A1")), "是公式“=A1”"),
        (xlsx_of(swapped(good, "地区", LONG)), "没有“220299196801011010”这个地区|没有“220299196801011"),
        (csv_of(swapped(good, "用户名", "wang3"), "gbk"), "wang3"),
    ]
    check(Page(world, "administrator", "/people/sheet/", "file"), good, cases)
