"""The rows of one household, read: every cell that is wrong is named with its row and column."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from registry import vocabulary
from registry.imports import cells
from registry.imports.cells import BadCell
from registry.imports.columns import Columns
from registry.income import COMPONENTS, Sums
from registry.monitoring import GUARANTEES, KINDS, LEVELS

Cells = Mapping[str, Any]
NumberedRow = tuple[int, Cells]


@dataclass
class Entry:
    """What the sheet says of one household; `wrong` is why it cannot be taken."""

    numbers: list[int]
    national_number: str
    area_names: tuple[str, str, str] = ("", "", "")
    household: dict[str, Any] = field(default_factory=dict)
    members: list[dict[str, Any]] = field(default_factory=list)
    income: Sums | None = None
    stated_net: Decimal | None = None
    stated_population: int | None = None
    shortfalls: dict[str, bool] | None = None
    """Guarantee → whether it is lacking, of those that the sheet tells."""
    kind: str = ""
    included_on: date | None = None
    level: str = ""
    visited_on: date | None = None
    exited: bool = False
    exited_on: date | None = None
    measures: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def head_name(self) -> str:
        """户主's name, for the report."""
        return next((str(m["name"]) for m in self.members if m.get("relation") == "户主"), "")


def _one_of(offered: Sequence[str]) -> Callable[[Any], str]:
    def read(cell: Any) -> str:
        value = cells.text(cell)
        if value and value not in offered:
            raise BadCell(
                f"“{value[:20]}”不在可填的值中（{'、'.join(offered[:6])}{'…' if len(offered) > 6 else ''}）"
            )
        return value

    return read


def _all_of(offered: Sequence[str]) -> Callable[[Any], list[str]]:
    def read(cell: Any) -> list[str]:
        one = _one_of(offered)
        return [one(part) for part in cells.several(cell)]

    return read


_READ: dict[str, Callable[[Any], Any]] = {
    "household.kind": _one_of(("脱贫户", "一般农户")),
    "household.attribute": _one_of(vocabulary.ATTRIBUTES),
    "household.resettled": cells.truth,
    "household.military_family": cells.truth,
    "household.destitute": cells.truth,
    "member.sex": _one_of(vocabulary.SEXES),
    "member.birth": cells.day,
    "member.relation": _one_of(vocabulary.RELATIONS),
    "member.health": _all_of(vocabulary.HEALTH),
    "member.labour": _one_of(vocabulary.LABOUR),
    "member.work_months": cells.number,
    "member.low_income_relief": cells.truth,
    "member.destitute": cells.truth,
    "member.resident_insurance": cells.truth,
    "member.employee_insurance": cells.truth,
    "stated.population": cells.number,
    "stated.net": cells.money,
    "monitoring.kind": _one_of(KINDS),
    "monitoring.included_on": cells.day,
    "monitoring.level": _one_of(LEVELS),
    "monitoring.visited_on": cells.day,
    "monitoring.exited": cells.truth,
    "monitoring.exited_on": cells.day,
    **{f"income.{name}": cells.money for name in COMPONENTS},
    **{f"shortfall.{name}": cells.truth for name in GUARANTEES},
}
"""How a fact's cell is read; the others are text."""


def read(columns: Columns, national_number: str, rows: Sequence[NumberedRow]) -> Entry:
    """The household of these rows (one a person; what concerns the household counts from the first that says it)."""
    entry = Entry([number for number, _ in rows], national_number)
    reader = _Reader(columns, entry)
    entry.members = [_member(reader, row) for row in rows]
    first = _merged(rows)
    household = dict(reader.group(first, "household."))
    entry.household = {**household, "national_number": national_number, **_causes(reader, first)}
    entry.area_names = (
        reader.cell(first, "area.county") or "",
        reader.cell(first, "area.township") or "",
        reader.cell(first, "area.village") or "",
    )
    _monitoring(reader, first)
    _income(reader, first)
    _measures(reader, first)
    entry.household["kind"] = household.get("kind") or ("一般农户" if entry.kind == KINDS[1] else "脱贫户")
    return entry


class _Reader:
    """Reads cells by their facts, and keeps what is wrong instead of raising it."""

    def __init__(self, columns: Columns, entry: Entry) -> None:
        self.columns = columns
        self.entry = entry

    def cell(self, row: NumberedRow, fact: str, words: str = "") -> Any:
        """The value of a fact; None where the sheet has no such column or the cell is wrong."""
        number, found = row
        if fact not in found:
            return None
        try:
            value = found[fact]
            if isinstance(value, str):
                value = self.columns.values.get(words or fact, {}).get(value.strip(), value)
            read_as: Callable[[Any], Any] = _READ.get(fact, cells.text)
            return read_as(value)
        except BadCell as bad:
            self.entry.wrong.append(f"第{number}行“{self.columns.headings[fact][0]}”{bad}")
            return None

    def group(self, row: NumberedRow, prefix: str) -> Iterator[tuple[str, Any]]:
        """The facts of the sheet that begin with `prefix`, by the rest of their names."""
        for fact in row[1]:
            if fact.startswith(prefix):
                value = self.cell(row, fact)
                if value is not None:
                    yield fact.removeprefix(prefix), value


def _merged(rows: Sequence[NumberedRow]) -> NumberedRow:
    merged = dict(rows[0][1])
    for _, row in rows[1:]:
        for fact, cell in row.items():
            if merged.get(fact) in ("", None):
                merged[fact] = cell
    return rows[0][0], merged


def _member(reader: _Reader, row: NumberedRow) -> dict[str, Any]:
    member = dict(reader.group(row, "member."))
    resident, employee = (_told(member, row, f"{kind}_insurance") for kind in ("resident", "employee"))
    if resident and employee:
        reader.entry.wrong.append(f"第{row[0]}行：城乡居民和职工基本医疗保险只能参加一种")
    if resident is not None or employee is not None:
        member["medical_insurance"] = "城乡居民" if resident else "城镇职工" if employee else "未参加"
    return member


def _told(member: dict[str, Any], row: NumberedRow, fact: str) -> bool | None:
    """Take a yes or no out of the member's facts; None where the cell says nothing."""
    value = member.pop(fact, None)
    return value if row[1].get(f"member.{fact}") not in ("", None) else None


def _causes(reader: _Reader, row: NumberedRow) -> dict[str, Any]:
    facts = [fact for fact in row[1] if fact.startswith("stated.causes.")]
    named = [reader.cell(row, fact, "stated.causes") for fact in sorted(facts)]
    causes = list(dict.fromkeys(cause for cause in named if cause))
    unknown = [cause for cause in causes if cause not in vocabulary.CAUSES]
    if not unknown:
        return {"causes": causes} if facts else {}
    return {
        "causes": [*dict.fromkeys(cause if cause in vocabulary.CAUSES else "其他" for cause in causes)],
        "causes_note": "、".join(unknown),
    }


def _monitoring(reader: _Reader, row: NumberedRow) -> None:
    entry = reader.entry
    entry.kind = reader.cell(row, "monitoring.kind") or ""
    entry.included_on = reader.cell(row, "monitoring.included_on")
    entry.level = reader.cell(row, "monitoring.level") or ""
    entry.visited_on = reader.cell(row, "monitoring.visited_on")
    entry.exited = bool(reader.cell(row, "monitoring.exited"))
    entry.exited_on = reader.cell(row, "monitoring.exited_on")
    entry.stated_population = reader.cell(row, "stated.population")
    found = {
        name: lacking
        for name, lacking in reader.group(row, "shortfall.")
        if row[1][f"shortfall.{name}"] not in ("", None)
    }
    entry.shortfalls = found or None


def _income(reader: _Reader, row: NumberedRow) -> None:
    sums = dict(reader.group(row, "income."))
    told = any(row[1].get(f"income.{name}") not in ("", None) for name in COMPONENTS)
    reader.entry.income = Sums(**sums) if told else None
    if row[1].get("stated.net") not in ("", None):
        reader.entry.stated_net = reader.cell(row, "stated.net")


def _measures(reader: _Reader, row: NumberedRow) -> None:
    for code, told in reader.group(row, "measure."):
        if told and told not in ("否", "无", "未实施", "尚未实施", "0"):
            detail = "" if told in ("是", "已实施", "1", "√") else told
            reader.entry.measures.append({"code": code, "detail": detail})
