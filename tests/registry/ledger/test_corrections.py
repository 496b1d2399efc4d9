"""Corrections that come back in the workbook: shown first, made whole or not at all, never over somebody else's."""

import io

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from registry import history, households, ledger
from registry.imports import BadSheet
from registry.ledger import corrections
from tests.registry.ledger.conftest import AT, VILLAGES, wanted, written

COLUMNS = ("head", "address", "phone", "causes", "resettled", "attribute", "level")


def everybody(_household):
    return True


def sheet(session, **changed):
    """The workbook taken along, with cells changed by heading for the household of `赵一`."""
    data = written(session, wanted(*COLUMNS))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    for row in rows[1:]:
        if row[1] == "赵一":
            for heading, cell in changed.items():
                row[rows[0].index(heading)] = cell
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet()
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            page.write_string(line, place, str(cell))
    book.close()
    return buffer.getvalue()


def preview(session, data, seen=everybody):
    return corrections.preview(session, ledger.monitored(), data, seen)


def test_a_sheet_that_was_not_changed_changes_nothing(county):
    found = preview(county, sheet(county))
    assert (found.corrections, found.refused, found.unchanged) == ([], [], 5)


def test_what_was_changed_is_shown_and_then_made_with_its_history(county):
    data = sheet(
        county, 住址="2组8号", 联系电话="", 致贫返贫风险="因学，因灾", 易地搬迁集中安置="是", 预警级别="蓝"
    )
    found = preview(county, data)
    shown = {each.column: (each.before, each.after) for each in found.corrections}
    assert shown == {
        "address": ("=0组", "2组8号"),
        "phone": ("13900000001", ""),
        "causes": (["因病", "因残"], ["因学", "因灾"]),
        "resettled": (False, True),
    }, "a level is decided by a case, not by a sheet"
    history.act(county, "孙伟", AT, reason="入户核对")
    assert corrections.apply(county, ledger.monitored(), found.corrections, everybody) == 4
    key = found.corrections[0].household
    household = households.get(county, key)
    assert (household.address, household.phone, household.causes) == ("2组8号", None, ["因学", "因灾"])
    change = history.changes(county, key)[-1]
    assert (change.actor, change.reason, change.fields["address"]) == ("孙伟", "入户核对", ("=0组", "2组8号"))
    again = preview(county, data)
    assert (again.corrections, again.refused, again.unchanged) == ([], [], 5)


def test_what_another_has_changed_since_is_not_overwritten(county):
    data = sheet(county, 住址="2组8号")
    key = next(each.key for each in households.all_within(county, VILLAGES[0]) if each.head_name == "赵一")
    history.act(county, "李秀兰", AT)
    households.save(county, key, None, {"address": "3组1号"}, None)
    found = preview(county, data)
    assert found.corrections == []
    assert found.refused[0][1:] == ("赵一", "“住址”在导出以后已由李秀兰改过，请重新导出再改。")
    households.save(county, key, None, {"address": "=0组"}, None)
    other = preview(county, sheet(county, 住址="2组8号"))
    households.save(county, key, None, {"address": "4组"}, None)
    with pytest.raises(ledger.Overtaken):
        corrections.apply(county, ledger.monitored(), other.corrections, everybody)


def test_another_field_that_was_changed_since_does_not_matter(county):
    data = sheet(county, 住址="2组8号")
    key = next(each.key for each in households.all_within(county, VILLAGES[0]) if each.head_name == "赵一")
    households.save(county, key, None, {"account": "6217000000"}, None)
    assert len(preview(county, data).corrections) == 1


def test_a_row_that_cannot_be_taken_says_why(county):
    for changed, why in (
        ({"户属性": "富裕户"}, "不在可填的值中"),
        ({"易地搬迁集中安置": "也许"}, "不是“是”或“否”"),
        ({"住址": "=SUM(A1:A9)"}, "是公式"),
        ({"编号": "77"}, "没有这个编号"),
    ):
        found = preview(county, sheet(county, **changed))
        assert found.corrections == [] and why in found.refused[0][2]


def test_nobody_corrects_beyond_his_reach(county):
    def own(household):
        return household.area == VILLAGES[2]

    found = preview(county, sheet(county, 住址="2组8号"), own)
    assert (len(found.refused), found.unchanged, found.corrections) == (4, 1, [])
    stolen = preview(county, sheet(county, 住址="2组8号")).corrections
    with pytest.raises(ledger.Overtaken):
        corrections.apply(county, ledger.monitored(), stolen, own)


def test_what_is_no_workbook_of_the_ledger_is_refused(county):
    for data in (b"", "姓名,住址\n赵一,2组\n".encode(), b"PK\x03\x04nonsense"):
        with pytest.raises(BadSheet):
            preview(county, data)
