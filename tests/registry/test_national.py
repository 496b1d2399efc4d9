"""The national system's columns written: what it told comes back as it was, and what was done here is in it."""

import io
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from registry import areas, history, households, measures, monitoring, national
from registry.fiction import families
from registry.fiction.sheet import as_xlsx
from registry.imports import import_households, read_sheet
from registry.imports.columns import kinds
from registry.models import FactChange
from tests.registry.conftest import START, VILLAGE
from tests.registry.imports.sheets_made import HEAD, WIFE, rows, xlsx_of

LINE = Decimal(4000)
COUNTY = "2202/220281/"


def taken(session, data, **more):
    return import_households(session, read_sheet(data), line=LINE, **more)


def table(data):
    lines = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.fixture
def imported(session):
    villages = [area.path for area in areas.below(session, COUNTY, "village")]
    made = list(families(24, villages, seed=5))
    report, cases = taken(session, as_xlsx(made, {path: areas.names(session, path) for path in villages}))
    assert report.count("已拒绝") == 0 and len(cases) == 12
    return cases


def test_what_was_read_comes_back_and_reading_it_again_changes_nothing(session, imported):
    data, count = national.as_xlsx(session, COUNTY)
    assert count == 12
    before = session.query(FactChange).count()
    report, cases = taken(session, data)
    assert session.query(FactChange).count() == before and cases == []
    assert {row.status for row in report.rows} <= {"无变化", "存疑"} and len(report.rows) == 12
    assert "无变化" in {row.status for row in report.rows}


def test_the_same_by_hand_cell_by_cell(session):
    taken(session, xlsx_of(rows(HEAD, WIFE)))
    data, _count = national.as_xlsx(session, VILLAGE)
    head, wife = table(data)
    assert list(head) == list(kinds()[0].written.values())
    assert "上次走访时间" not in head, "the national system has no such column"
    told = {
        **{
            heading: HEAD[heading]
            for heading in ("县", "乡", "村", "户编号", "证件号码", "预警级别", "与户主关系")
        },
        "识别监测时间": "2020-05-01",
        "健康状况": "患有大病,残疾",
        "生产经营性收入": "3000.50",
        "家庭纯收入": "10000.50",
        "健康帮扶": "是",
        "产业帮扶": "否",
        "风险是否已消除": "否",
        "是否饮水出现安全问题": "是",
    }
    assert {heading: head[heading] for heading in told} == told
    assert wife["姓名"] == "王芳" and wife["家庭纯收入"] == head["家庭纯收入"]


def test_what_was_done_here_is_in_it(session, imported):
    key = int(imported[0].household_key)
    history.act(session, "周敏", START)
    households.save(session, key, None, {"address": "=9组"}, None)
    monitoring.check_guarantees(session, key, ["吃", "住房安全"], "跟踪")
    measures.open_one(session, key, {"code": "CY02"})
    monitoring.exit_from(session, key, ["收入稳定"])
    number = households.get(session, key).national_number
    data, _count = national.as_xlsx(session, COUNTY)
    told = next(row for row in table(data) if row["户编号"] == number)
    shown = ("家庭住址", "是否住房出现安全问题", "产业帮扶", "风险是否已消除", "风险消除时间")
    assert [told[heading] for heading in shown] == ["=9组", "是", "是", "是", "2020-05-20"]


def test_a_guarantee_that_the_sheet_does_not_tell_stays_as_it_was_found(session, imported):
    key = int(imported[0].household_key)
    monitoring.check_guarantees(session, key, ["吃", "住房安全"], "跟踪")
    data, _count = national.as_xlsx(session, COUNTY)
    taken(session, data)
    assert monitoring.shortfalls(session, key) == ["吃", "住房安全"]
