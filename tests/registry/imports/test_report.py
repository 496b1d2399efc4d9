"""The report that a clerk downloads."""

import io

from python_calamine import CalamineWorkbook

from registry.imports import Report, Row, as_xlsx


def test_each_household_with_its_reason_and_nothing_is_a_formula():
    report = Report(
        "导出 2020",
        [
            Row([2, 3], "220200000001", "李大山", "已接收"),
            Row([4], "=1+1", "=cmd|' /C calc'!A0", "已拒绝", ["甲", "乙"]),
        ],
    )
    data = as_xlsx(report)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows == [
        ["行号", "户编号", "户主姓名", "结果", "说明"],
        ["2、3", "220200000001", "李大山", "已接收", ""],
        ["4", "=1+1", "=cmd|' /C calc'!A0", "已拒绝", "甲\n乙"],
    ]
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).name == "导入结果"
    assert (report.count("已接收"), report.count("存疑")) == (1, 0)
