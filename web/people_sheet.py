"""A sheet of people: each row a role of a person, taken or refused with its reason; new accounts get one-time codes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import people, roles
from engine.errors import InvalidInput, NotFound, Refusal
from registry import areas, households
from registry.imports import cells, columns, sheets
from registry.imports.report import ACCEPTED, REFUSED, UNCHANGED, workbook
from web.refusals import told

PEOPLE = columns.read(Path(__file__).with_name("people_columns.yaml").read_text("utf-8"))
HEADINGS = {headings[0]: 24 for headings in PEOPLE.headings.values()}
MOST = 5_000
"""Rows that one sheet may have."""


@dataclass(frozen=True)
class Row:
    """A row of the sheet, what became of it and why. `code`: the one-time code where it made an account."""

    number: int
    name: str
    display_name: str
    status: str
    reason: str = ""
    code: str = ""


def load(session: Session, data: bytes, actor: str, at: datetime) -> list[Row]:
    """Take the rows that can be taken, each by itself; what is known already stays. BadSheet, InvalidInput."""
    table = columns.find(sheets.read(data), [PEOPLE])
    if len(table.rows) > MOST:
        raise InvalidInput("file", detail=_("一次不超过%(most)s行", most=MOST))
    named = {name: path for path, name in areas.full_names(session).items()}
    done = []
    for number, facts in table.rows:
        row = Row(number, _shown(facts.get("name")), _shown(facts.get("display_name")), ACCEPTED)
        try:
            with session.begin_nested():
                done.append(_taken(session, row, facts, named, actor, at))
        except Refusal as refusal:
            done.append(replace(row, status=REFUSED, reason=told(refusal.message, refusal)))
        except cells.BadCell as bad:
            done.append(replace(row, status=REFUSED, reason=str(bad)))
    return done


def as_xlsx(rows: list[Row]) -> bytes:
    """What became of each row, with the codes to hand over."""
    widths = {"行号": 8, "用户名": 24, "姓名": 20, "结果": 10, "说明": 60, "一次性代码": 20}
    lines = [(str(r.number), r.name, r.display_name, r.status, r.reason, r.code) for r in rows]
    return workbook("登记结果", widths, lines)


def blank() -> bytes:
    """An empty sheet to fill in."""
    return workbook(PEOPLE.name, HEADINGS, [])


def _taken(
    session: Session, row: Row, facts: Mapping[str, Any], named: Mapping[str, str], actor: str, at: datetime
) -> Row:
    group = _group(facts)
    place = _place(session, group, facts, named)
    name, shown = cells.text(facts.get("name")), cells.text(facts.get("display_name"))
    try:
        account = people.get(session, name)
    except NotFound:
        return replace(row, code=people.add(session, name, shown, [(group, place)], actor, at))
    if not account.active:
        raise InvalidInput("name", detail=_("这个账户已停用，请先启用"))
    if account.user.display_name != shown:
        raise InvalidInput("name", detail=_("这个用户名是%(who)s的", who=account.user.display_name))
    new = people.grant(session, name, group, place, actor, at)
    return row if new else replace(row, status=UNCHANGED)


def _group(facts: Mapping[str, Any]) -> str:
    """The group of a row: its role by name or key, with the department where it is one."""
    wanted, department = cells.text(facts.get("role")), cells.text(facts.get("department"))
    role = next((each for each in roles.ROLES.values() if wanted in (each.key, each.name)), None)
    if role is None:
        raise InvalidInput("role", detail=_("没有“%(role)s”这个角色", role=wanted[:40]))
    if role.key != "department":
        return role.key
    if not department:
        raise InvalidInput("department", detail=_("责任部门要写明是哪个部门"))
    return f"department:{department}"


def _place(session: Session, group: str, facts: Mapping[str, Any], named: Mapping[str, str]) -> str:
    """Where a row's role is bound: nowhere, to a household by its number, or to an area."""
    if group == "administrator":
        return ""
    role = roles.ROLES[roles.split_group(group)[0]]
    if role.level is not None:
        return _area(cells.text(facts.get("area")), named)
    number = cells.text(facts.get("household.national_number"))
    household = households.numbered(session, number) if number else None
    if household is None:
        raise InvalidInput("household", detail=_("没有户编号为“%(number)s”的户", number=number[:40]))
    return f"={household.key}"


def _area(text: str, named: Mapping[str, str]) -> str:
    """The path of an area as a sheet tells it: its path, its code, or its names from the county down."""
    words = " ".join(text.replace("/", " ").split())
    for name, path in named.items():
        if text == path or words == name or text == path.rstrip("/").rpartition("/")[2]:
            return path
    raise InvalidInput(
        "area", detail=_("没有“%(area)s”这个地区，写法如：蛟河市 青禾镇 望山村", area=text[:40])
    )


def _shown(cell: Any) -> str:
    """A cell as the report repeats it, whatever it holds."""
    return str(cell if cell is not None else "").strip()[:60]
