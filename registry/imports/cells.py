"""Cells as people write them: yes and no, months, sums, ID numbers that a spreadsheet may have changed."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from registry.money import NotMoney, yuan

_YES, _NO = ("是", "有", "Y", "YES", "1", "TRUE", "√"), ("否", "无", "N", "NO", "0", "FALSE", "×", "")

_DAY = re.compile(r"([0-9]{4})-?(0[1-9]|1[0-2]|[1-9](?=-|$))-?([0-9]{1,2})?日?")


class BadCell(ValueError):
    """A cell that does not hold what its column is for: a Chinese phrase for the report."""


def text(cell: Any) -> str:
    """The text of a cell; a whole number without `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    value = str(cell).strip().lstrip("'‘")
    if value.startswith("="):
        raise BadCell(f"是公式“{value[:20]}”，请改为数值")
    if value.startswith("#"):
        raise BadCell(f"是表格错误“{value[:20]}”")
    return value


def shown(value: Any) -> str:
    """How a sheet of ours shows a value that is no amount and no day."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(value)


def truth(cell: Any) -> bool:
    """是 or 否; nothing is 否."""
    value = text(cell).upper()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise BadCell(f"“{value[:20]}”不是“是”或“否”")


def day(cell: Any) -> date | None:
    """A day, or the first of a month: a date cell, `202005`, `2020-05`, `2020/5/20`, `2020年5月`; None for nothing."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    value = text(cell)
    if not value:
        return None
    for mark in "年月./":
        value = value.replace(mark, "-")
    match = _DAY.fullmatch(value)
    try:
        found = date(*(int(part or 1) for part in match.groups())) if match else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2100:
        raise BadCell(f"“{text(cell)[:20]}”不是日期（如 202005 或 2020-05-20）")
    return found


def money(cell: Any) -> Decimal:
    """Yuan to the fen; nothing is 0."""
    value = text(cell) if not isinstance(cell, float) else cell
    try:
        return yuan(value)
    except NotMoney:
        raise BadCell(f"“{str(value)[:20]}”不是金额") from None


def number(cell: Any) -> int | None:
    """A whole number; None for nothing."""
    value = text(cell)
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise BadCell(f"“{value[:20]}”不是整数")
    return int(value)


def several(cell: Any) -> list[str]:
    """Parts of a cell that names several things: `患有大病,残疾`."""
    value = text(cell)
    for mark in "，、;；/":
        value = value.replace(mark, ",")
    return [part.strip() for part in value.split(",") if part.strip()]
