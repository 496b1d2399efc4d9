"""The plain ledgers, each defined by a yaml of `registry/data/entries/`: its fields, who keeps it, what it is about.

A new ledger is a new file. What is told of an entry is read by its fields' kinds, and refused with the field's name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from registry.errors import Impossible
from registry.imports import cells
from registry.imports.cells import BadCell
from registry.ledger.sources import DAY, MONEY, NUMBER, TEXT, TRUTH

AREA, HOUSEHOLD = "area", "household"
LONGEST = 500
_READ: Mapping[str, Callable[[Any], Any]] = {
    TEXT: cells.text,
    MONEY: lambda cell: cells.money(cell) if cells.text(cell) else None,
    NUMBER: cells.number,
    DAY: cells.day,
    TRUTH: cells.truth,
}


@dataclass(frozen=True)
class Field:
    """One field of an entry."""

    key: str
    name: str
    kind: str
    required: bool = False
    options: tuple[str, ...] = ()

    def read(self, cell: Any) -> Any:
        """The value that a form or a sheet tells, as JSON keeps it. Impossible names the field."""
        try:
            value = _READ[self.kind](cell)
        except BadCell as bad:
            raise Impossible("bad_field", "“{name}”{bad}", name=self.name, bad=str(bad)) from None
        if self.kind == TEXT and len(value) > LONGEST:
            raise Impossible(
                "too_long", "“{start}…”太长，最多 {limit} 个字。", start=value[:10], limit=LONGEST
            )
        if self.required and value in ("", None):
            raise Impossible("field_missing", "请填写“{name}”。", name=self.name)
        if self.options and value and value not in self.options:
            offered = "、".join(self.options)
            raise Impossible("not_offered", "“{name}”只能填：{offered}。", name=self.name, offered=offered)
        if isinstance(value, date | Decimal):
            return value.isoformat() if isinstance(value, date) else str(value)
        return value

    def shown(self, kept: Any) -> Any:
        """A kept value as pages and sheets write it: days and money as such."""
        if kept in ("", None):
            return ""
        return date.fromisoformat(kept) if self.kind == DAY else Decimal(kept) if self.kind == MONEY else kept


@dataclass(frozen=True)
class Plain:
    """A plain ledger. `due` names the field by which an entry becomes due; `at_least` is how many each county should have;
    `marks` names the field that is shown on the pages of the households in the entry's area."""

    id: str
    name: str
    clause: str
    says: str
    about: str
    kept_by: tuple[str, ...]
    fields: tuple[Field, ...]
    due: str = ""
    at_least: int = 0
    marks: str = ""

    def read(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """All fields of an entry, from what a form tells by their keys."""
        return {field.key: field.read(told.get(field.key)) for field in self.fields}


@cache
def ledgers() -> Mapping[str, Plain]:
    """The plain ledgers by id, in the order of their clauses."""
    found = [
        _plain(file.name.removesuffix(".yaml"), yaml.safe_load(file.read_text("utf-8")))
        for file in (files("registry") / "data" / "entries").iterdir()
    ]
    return {each.id: each for each in sorted(found, key=lambda each: (each.clause, each.id))}


def _plain(name: str, told: Mapping[str, Any]) -> Plain:
    return Plain(
        name,
        told["name"],
        told["clause"],
        told["says"],
        told["about"],
        tuple(told["kept_by"]),
        tuple(
            Field(
                each["key"],
                each["name"],
                each["kind"],
                each.get("required", False),
                tuple(each.get("options", ())),
            )
            for each in told["fields"]
        ),
        told.get("due", ""),
        told.get("at_least", 0),
        told.get("marks_households", ""),
    )
