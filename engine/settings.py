"""Dated settings: figures that rules read, each in force from a day on.

The evaluator sees those in force as `settings`, whatever it evaluates.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from engine import journal, workdays
from engine.clock import SHANGHAI
from engine.errors import InvalidInput
from engine.models.settings import Setting

FILE = "settings.yaml"
"""The dated settings as a file among others: of a draft, a deployment, a folder."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


def in_force(session: Session, at: datetime) -> dict[str, Any]:
    """Name → value of every setting in force at `at` (the day in Shanghai decides)."""
    day = at.astimezone(SHANGHAI).date()
    rows = session.execute(
        sa.select(Setting.name, Setting.value).where(Setting.valid_from <= day).order_by(Setting.valid_from)
    )
    return {row.name: row.value for row in rows}  # later days come last and win


def seen(session: Session, at: datetime) -> dict[str, Any]:
    """What expressions see as `settings`: those in force, and `workdays`, the working days to come."""
    found = in_force(session, at)
    changed = str(found.get(workdays.SETTING, ""))
    return {**found, "workdays": list(workdays.ahead(at.astimezone(SHANGHAI).date(), changed))}


def all_settings(session: Session) -> Sequence[Setting]:
    """Every value of every setting, past and to come."""
    return session.scalars(sa.select(Setting).order_by(Setting.name, Setting.valid_from)).all()


def put(
    session: Session,
    name: str,
    valid_from: date,
    value: Any,
    actor: str,
    at: datetime,
    *,
    note: str = "",
    local: bool = False,
) -> None:
    """Let `name` be `value` from a day on; journaled with the value it had for that day."""
    known = session.get(Setting, (name, valid_from))
    before = known.value if known else None
    session.merge(Setting(name=name, valid_from=valid_from, value=value, note=note, local=local))
    body = {"name": name, "valid_from": valid_from.isoformat(), "before": before, "after": value}
    journal.append(session, journal.HOUSE, "setting", actor, body, at)


def load(session: Session, path: Path, actor: str, at: datetime) -> int:
    """Put the settings of a YAML file that are not yet known. InvalidInput.

    What an administrator has changed since is left alone. Returns how many were new.
    """
    new = 0
    for row in read(path.name, path.read_bytes()):
        if session.get(Setting, (row.name, row.valid_from)) is None:
            put(session, row.name, row.valid_from, row.value, actor, at, note=row.note, local=row.local)
            new += 1
    return new


def read(file: str, content: bytes) -> list[Setting]:
    """The settings that a YAML file lists as {name, valid_from, value, note? or label?, local?}. InvalidInput."""
    try:
        listed = yaml.load(content, Plain) or []  # noqa: S506 - a SafeLoader without aliases
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(file, detail=f"不是能读懂的 YAML：{error}") from error
    if not isinstance(listed, list):
        raise InvalidInput(file, detail="要的是一个列表")
    found = [_row(file, number, row) for number, row in enumerate(listed, 1)]
    if len({(row.name, row.valid_from) for row in found}) < len(found):
        raise InvalidInput(file, detail="同一名称、同一天有两个值")
    return found


def as_yaml(rows: Iterable[Setting]) -> str:
    """Settings as a file that `read` reads, a line each."""
    listed = (
        {"name": r.name, "valid_from": r.valid_from, "value": r.value, "note": r.note}
        | ({"local": True} if r.local else {})
        for r in rows
    )
    lines = (
        yaml.safe_dump(row, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
        for row in listed
    )
    return "".join(f"- {line}" for line in lines)


def replace(session: Session, rows: Iterable[Setting], actor: str, at: datetime) -> list[Setting]:
    """Put those of `rows` that are new or differ from what is kept; nothing is taken away. Returns them."""
    changed = [row for row in rows if not _kept(session, row)]
    for row in changed:
        put(session, row.name, row.valid_from, row.value, actor, at, note=row.note, local=row.local)
    return changed


def _kept(session: Session, row: Setting) -> bool:
    known = session.get(Setting, (row.name, row.valid_from))
    return known is not None and (known.value, known.note, known.local) == (row.value, row.note, row.local)


class Plain(yaml.SafeLoader):
    """Plain data without aliases: a few hundred bytes of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def _row(file: str, number: int, row: Any) -> Setting:
    try:
        name, valid_from, value = str(row["name"]), _day(row["valid_from"]), row["value"]
    except (KeyError, TypeError) as error:
        raise InvalidInput(file, detail=f"第{number}项缺少 name、valid_from 或 value") from error
    if valid_from is None:
        raise InvalidInput(file, detail=f"第{number}项的 valid_from 不是日期")
    if not _NAME.fullmatch(name):
        raise InvalidInput(file, detail=f"第{number}项的名称只能有字母、数字和下划线，以字母开头")
    if not isinstance(value, str | int | float | bool):
        raise InvalidInput(file, detail=f"第{number}项的值不是数、文字或是非")
    note = str(row.get("note") or row.get("label") or "")
    return Setting(name=name, valid_from=valid_from, value=value, note=note, local=bool(row.get("local")))


def _day(given: Any) -> date | None:
    """A day as YAML or an editor writes it; None for anything else."""
    if type(given) is date:
        return given
    try:
        return date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
