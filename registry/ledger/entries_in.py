"""A plain ledger's workbook brought back: what would be entered or corrected is shown first, then done in one transaction.

A row with a key (编号) corrects its entry; one without is a new entry of the place that it names, of a household where the
ledger is about households. A row that says what is known already changes nothing, so that a sheet sent twice enters
nothing twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import areas
from registry.errors import Impossible
from registry.imports import cells, sheets
from registry.imports.cells import BadCell
from registry.imports.columns import refuse_lost
from registry.imports.sheets import BadSheet
from registry.ledger import entries
from registry.ledger.corrections import KEY, MOST, Overtaken
from registry.ledger.plain import HOUSEHOLD, Plain
from registry.models import Household, LedgerEntry


@dataclass(frozen=True)
class Line:
    """A row that changes something. `key` is the entry's, None for a new one; `before` its fields as shown, None for a new one."""

    key: int | None
    title: str
    area: str
    about: int | None
    before: dict[str, Any] | None
    after: dict[str, Any]


@dataclass
class Preview:
    """What a workbook would change, and the rows that cannot be taken: (row of the sheet, what it is about, why)."""

    lines: list[Line] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    unchanged: int = 0


def where(ledger: Plain) -> str:
    """The heading of the column that names an entry's place."""
    return "村和户主" if ledger.about == HOUSEHOLD else "地区"


def preview(session: Session, ledger: Plain, data: bytes, keeps: Callable[[str], bool]) -> Preview:
    """Compare a workbook with the ledger. `keeps`: whether the ledger's entries of an area are kept by who asks. BadSheet."""
    grid = sheets.read(data)[0]
    headings = [_heading(cell) for cell in grid.rows[0]] if grid.rows else []
    wanted = [where(ledger), *(each.name for each in ledger.fields if each.required)]
    if missing := [heading for heading in wanted if heading not in headings]:
        raise BadSheet("missing_columns", "表格缺少这些列：{columns}。", columns="、".join(missing))
    sheets.refuse_merged(grid, 0)
    if KEY in headings:
        at = headings.index(KEY)
        refuse_lost(KEY, ((number, row[at]) for number, row in enumerate(grid.rows[1:], 2) if at < len(row)))
    reader = _Reader(session, ledger, keeps)
    found = Preview()
    for number, row in enumerate(grid.rows[1:], start=2):
        told = {name: row[at] for at, name in enumerate(headings) if at < len(row)}
        if not any(cell not in ("", None) for cell in told.values()):
            continue
        try:
            line = reader.line(told)
        except (Impossible, BadCell) as refused:
            found.refused.append((number, _about(told, ledger), str(refused)))
            continue
        if line is None:
            found.unchanged += 1
        else:
            found.lines.append(line)
    if len(found.lines) > MOST:
        raise BadSheet("too_many_changes", "一次最多更正 {most} 处，请分几次导入。", most=MOST)
    return found


def apply(session: Session, ledger: Plain, lines: Sequence[Line], keeps: Callable[[str], bool]) -> int:
    """Enter and correct what was shown; how many lines. Overtaken where an entry is not any more what the preview showed."""
    for line in lines:
        if not keeps(line.area):
            raise Overtaken(line.title)
        if line.key is None:
            entries.add(session, ledger, line.after, area=line.area, household=line.about)
        elif _kept(ledger, entries.get(session, ledger, line.key)) != line.before:
            raise Overtaken(line.title)
        else:
            entries.correct(session, ledger, line.key, line.after)
    return len(lines)


class _Reader:
    """Reads the rows of one sheet; places and what is in force are looked up once."""

    def __init__(self, session: Session, ledger: Plain, keeps: Callable[[str], bool]) -> None:
        self._session, self._ledger, self._keeps = session, ledger, keeps
        self._places = {name: path for path, name in areas.full_names(session).items()}
        in_force = select(LedgerEntry).where(LedgerEntry.ledger == ledger.id, LedgerEntry.valid_to.is_(None))
        self._known = {_same(row.area, row.about, _kept(ledger, row)) for row in session.scalars(in_force)}

    def line(self, told: Mapping[str, Any]) -> Line | None:
        """What the row changes, None for nothing. Impossible, BadCell."""
        key = cells.text(told.get(KEY))
        entry = self._entry(key) if key else None
        area, about = (
            (entry.area, entry.about) if entry else self._place(cells.text(told.get(where(self._ledger))))
        )
        if not self._keeps(area):
            raise Impossible("not_kept_here", "这个地区的“{ledger}”不由您登记。", ledger=self._ledger.name)
        before = _kept(self._ledger, entry) if entry else None
        given = {
            each.key: told[each.name] if each.name in told else (before or {}).get(each.key)
            for each in self._ledger.fields
        }
        after = self._ledger.read(given)
        if after == before or (entry is None and _same(area, about, after) in self._known):
            return None
        self._known.add(_same(area, about, after))
        return Line(entry.key if entry else None, _about(told, self._ledger), area, about, before, after)

    def _entry(self, key: str) -> LedgerEntry:
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 20 else 0
        entry = entries.get(self._session, self._ledger, number)
        if entry.valid_to is not None:
            raise Impossible("entry_ended", "这一条已经结束，不能再改。")
        return entry

    def _place(self, name: str) -> tuple[str, int | None]:
        """The area of a new entry, and the household where the ledger is about those."""
        place, _, head = name.rpartition(" ") if self._ledger.about == HOUSEHOLD else (name, "", "")
        area = self._places.get(place)
        if area is None:
            raise Impossible(
                "unknown_place", "没有地区“{name}”，请写全县、乡、村的名称，用空格隔开。", name=place[:40]
            )
        if self._ledger.about != HOUSEHOLD:
            return area, None
        there = select(Household.key).where(Household.area == area, Household.head_name == head)
        found = list(self._session.scalars(there.limit(2)))
        if len(found) != 1:
            why = "没有" if not found else "不止一个"
            raise Impossible(
                "unknown_head", "这个村{why}户主“{name}”，请从这一户的页面登记。", why=why, name=head[:40]
            )
        return area, found[0]


def _kept(ledger: Plain, entry: LedgerEntry) -> dict[str, Any]:
    """An entry's fields, all that the ledger has now."""
    return {
        each.key: entry.fields.get(each.key, "" if each.kind == "text" else None) for each in ledger.fields
    }


def _same(area: str, about: int | None, fields: Mapping[str, Any]) -> tuple[Any, ...]:
    return (area, about, *sorted((key, str(value)) for key, value in fields.items()))


def _heading(cell: Any) -> str:
    return "".join(str(cell if cell is not None else "").split()).strip("*＊")


def _about(told: Mapping[str, Any], ledger: Plain) -> str:
    names = (where(ledger), *((ledger.fields[0].name,) if ledger.about != HOUSEHOLD else ()))
    return " ".join(str(told.get(name) or "") for name in names).strip()[:60]
