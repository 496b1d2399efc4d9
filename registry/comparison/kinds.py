"""The departments' sheets and the rules over them: data, kept by name and year in `registry/data/comparison/*.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from registry.imports.columns import Columns

ID_NUMBER, NAME = "id_number", "name"


@dataclass(frozen=True)
class Rule:
    """Which rows of a sheet are a hidden problem, from `valid_from` on.

    `when` tests facts of a row: `{fact: {in: [values]}}`, `{fact: {at_least: number}}`; `age` (whole years, from the ID
    number): `{from, to}`. `absent`: it is a person of the registry whom the sheet does not list.
    """

    code: str
    problem: str
    says: str
    clause: str
    valid_from: date
    when: Mapping[str, Mapping[str, Any]]
    absent: bool
    local: bool


@dataclass(frozen=True)
class Kind:
    """A department's sheet: its columns, and the rules over it."""

    department: str
    columns: Columns
    rules: Sequence[Rule]

    @property
    def name(self) -> str:
        """Name and year, as the report and the list of sheets show them."""
        return f"{self.columns.name}（{self.columns.year}）"

    def in_force(self, day: date) -> list[Rule]:
        """The rules that hold on a day: of each code the latest."""
        latest: dict[str, Rule] = {}
        for rule in sorted(self.rules, key=lambda rule: rule.valid_from):
            if rule.valid_from <= day:
                latest[rule.code] = rule
        return list(latest.values())


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of sheets that are known, newest first."""
    folder = files("registry") / "data" / "comparison"
    told = [yaml.safe_load(file.read_text("utf-8")) for file in folder.iterdir()]
    return tuple(sorted(map(_kind, told), key=lambda kind: (-kind.columns.year, kind.columns.name)))


def departments() -> tuple[str, ...]:
    """The departments whose sheets are compared, in the document's order as far as it names them."""
    named = ("教育", "住建", "民政", "卫健", "医保", "水利", "残联", "应急")
    return tuple(sorted({kind.department for kind in kinds()}, key=named.index))


def _kind(told: Mapping[str, Any]) -> Kind:
    columns = Columns(told["name"], told["year"], told["required"], told["columns"], told.get("values", {}))
    return Kind(told["department"], columns, [_rule(rule) for rule in told["rules"]])


def _rule(told: Mapping[str, Any]) -> Rule:
    return Rule(
        told["code"],
        told["problem"],
        told["says"],
        told["clause"],
        told["valid_from"],
        told.get("when", {}),
        told.get("absent", False),
        told.get("local", False),
    )
