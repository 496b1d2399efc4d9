"""Dated settings: figures that rules read, each in force from a day on.

The evaluator sees those in force as `settings`, whatever it evaluates.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from engine import journal
from engine.clock import SHANGHAI
from engine.errors import InvalidInput
from engine.models.settings import Setting


def in_force(session: Session, at: datetime) -> dict[str, Any]:
    """Name → value of every setting in force at `at` (the day in Shanghai decides)."""
    day = at.astimezone(SHANGHAI).date()
    rows = session.execute(
        sa.select(Setting.name, Setting.value).where(Setting.valid_from <= day).order_by(Setting.valid_from)
    )
    return {row.name: row.value for row in rows}  # later days come last and win


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
    """Put the settings of a YAML file that are not yet known: a list of {name, valid_from, value, note?, local?}.

    What an administrator has changed since is left alone. Returns how many were new.
    """
    new = 0
    for number, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")) or [], 1):
        try:
            name, valid_from, value = str(row["name"]), row["valid_from"], row["value"]
        except (KeyError, TypeError) as error:
            raise InvalidInput(path.name, detail=f"第{number}项缺少 name、valid_from 或 value") from error
        if not isinstance(valid_from, date):
            raise InvalidInput(path.name, detail=f"第{number}项的 valid_from 不是日期")
        if session.get(Setting, (name, valid_from)) is None:
            note = str(row.get("note") or row.get("label") or "")
            put(session, name, valid_from, value, actor, at, note=note, local=bool(row.get("local")))
            new += 1
    return new
