"""Sheets made by hand for the tests of the import."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from tests.registry.conftest import number

HEAD = {
    "县": "蛟河市",
    "乡": "杨柳渡镇",
    "村": "椴树村",
    "户编号": "220200000001",
    "户类型": "脱贫户",
    "联系电话": "13900000001",
    "家庭人口数": "2",
    "致贫/返贫风险1": "因病",
    "监测对象类别": "脱贫不稳定户",
    "识别监测时间": "202005",
    "预警级别": "红",
    "姓名": "李大山",
    "性别": "男",
    "证件号码": number("22029919680101101"),
    "与户主关系": "户主",
    "健康状况": "患有大病，残疾",
    "劳动技能": "丧失劳动力",
    "是否参加城乡居民基本医疗保险": "是",
    "是否参加职工基本医疗保险": "否",
    "工资性收入": "8000",
    "生产经营性收入": "3,000.50",
    "生产经营性支出": "1000",
    "合规自付支出": "6000",
    "家庭纯收入": "10000.5",
    "是否饮水出现安全问题": "是",
    "健康帮扶": "已实施",
}
WIFE = {
    **HEAD,
    "姓名": "王芳",
    "性别": "女",
    "证件号码": number("22029919700202102"),
    "与户主关系": "配偶",
    "健康状况": "健康",
    "劳动技能": "普通劳动力",
}
HEADINGS = list(HEAD)


def rows(*people: dict[str, Any]) -> list[list[Any]]:
    """Headings and one row a person."""
    return [HEADINGS, *[[person[heading] for heading in HEADINGS] for person in people]]


def changed(person: dict[str, Any], **cells: Any) -> dict[str, Any]:
    """The person with other cells."""
    return {**person, **cells}


def csv_of(lines: Iterable[Sequence[Any]], encoding: str = "utf-8", separator: str = ",") -> bytes:
    """The lines as csv."""
    text = "\r\n".join(
        separator.join(f'"{cell}"' if "," in str(cell) else str(cell) for cell in line) for line in lines
    )
    return (text + "\r\n").encode(encoding)


def xlsx_of(lines: Iterable[Sequence[Any]], merge: tuple[int, int, int, int] | None = None) -> bytes:
    """The lines as a workbook, numbers as numbers."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("户信息")
    for place, line in enumerate(lines):
        sheet.write_row(place, 0, line)
    if merge:
        sheet.merge_range(*merge, "合并")
    book.close()
    return buffer.getvalue()
