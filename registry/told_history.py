"""The history of a household as people read it: who, when, in which task, why, and each field before and after.

Names of tables and fields are data (`registry/data/facts.yaml`). ID numbers and accounts are masked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import id_numbers
from registry.history import Change, changes
from registry.imports import cells
from registry.models import Member

SECRET = {"id_number", "account"}


@dataclass(frozen=True)
class Field:
    """One field that was changed: of what (a member by his name), and its values as a sheet would show them."""

    subject: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """All that one act changed. `task` is the key of the engine's task or instance, None outside of cases."""

    actor: str
    at: datetime
    task: str | None
    reason: str
    fields: tuple[Field, ...]


@cache
def names() -> Mapping[str, Mapping[str, Any]]:
    """Table → {name, fields: {column: name}}."""
    told: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
        (files("registry") / "data" / "facts.yaml").read_text("utf-8")
    )
    return told


def steps(session: Session, household_key: int) -> list[Step]:
    """Every act that changed a fact of the household, the latest first."""
    members = session.execute(select(Member.key, Member.name).where(Member.household_key == household_key))
    people = {member.key: member.name for member in members}
    found = [
        Step(actor, at, task, reason, tuple(field for change in group for field in _fields(change, people)))
        for (at, actor, task, reason), group in groupby(
            changes(session, household_key), lambda each: (each.at, each.actor, each.task, each.reason)
        )
    ]
    return found[::-1]


def _fields(change: Change, people: Mapping[int, str]) -> Iterator[Field]:
    table = names().get(change.subject, {"name": change.subject, "fields": {}})
    subject = people.get(change.subject_key) or str(table["name"])
    for field, (before, after) in change.fields.items():
        if isinstance(after, dict):
            yield from _inner(subject, before or {}, after)
            continue
        yield Field(
            subject, str(table["fields"].get(field, field)), _shown(field, before), _shown(field, after)
        )


def _inner(subject: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Field]:
    """An entry of a plain ledger: each of its own fields."""
    for key, value in after.items():
        if before.get(key) != value and not (value in ("", None) and key not in before):
            yield Field(subject, key, _shown(key, before.get(key)), _shown(key, value))


def _shown(field: str, value: Any) -> str:
    text = "、".join(map(str, value)) if isinstance(value, list) else cells.shown(value)
    return id_numbers.masked(text) if field in SECRET else text
