"""Corrections brought back in the ledger's workbook: what would change is shown first, then done in one transaction.

A workbook says of each household up to which change of its facts (版本) it was written: a field that somebody has
changed since is not overwritten by what the sheet still has.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import history, households
from registry.imports import cells, sheets
from registry.imports.cells import BadCell
from registry.imports.columns import refuse_lost
from registry.imports.sheets import BadSheet
from registry.ledger.columns import Column, Ledger
from registry.ledger.sources import LIST, TRUTH
from registry.models import FactChange, Household

KEY, VERSION = "编号", "版本"
MOST = 1_000
"""Changes that one sheet may bring: more are no corrections."""

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Correction:
    """One cell that differs from the registry; `before` and `after` as the registry keeps them."""

    household: int
    head: str
    column: str
    before: Any
    after: Any


@dataclass
class Preview:
    """What a workbook would change, and the rows that cannot be taken: (row of the sheet, 户主, why)."""

    corrections: list[Correction] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    unchanged: int = 0


class Overtaken(Exception):
    """Between preview and confirmation somebody else changed a field of `head`."""

    def __init__(self, head: str) -> None:
        super().__init__(head)
        self.head = head


def versions(session: Session, keys: Sequence[int]) -> dict[int, int]:
    """The last change of each household's facts."""
    found: dict[int, int] = {}
    for start in range(0, len(keys), _AT_ONCE):
        query = (
            select(FactChange.household_key, func.max(FactChange.key))
            .where(FactChange.household_key.in_(keys[start : start + _AT_ONCE]))
            .group_by(FactChange.household_key)
        )
        for key, last in session.execute(query):
            found[key] = last
    return found


def preview(session: Session, ledger: Ledger, data: bytes, seen: Callable[[Household], bool]) -> Preview:
    """Compare a workbook with the registry. BadSheet where it is none of the ledger's."""
    sheet = sheets.read(data)[0]
    grid = sheet.rows
    headings = [cells.text(cell) for cell in grid[0]] if grid else []
    missing = [heading for heading in (KEY, VERSION) if heading not in headings]
    if missing:
        raise BadSheet("missing_columns", "表格缺少这些列：{columns}。", columns="、".join(missing))
    sheets.refuse_merged(sheet, 0)
    for heading in (KEY, VERSION):
        at = headings.index(heading)
        refuse_lost(heading, ((number, row[at]) for number, row in enumerate(grid[1:], 2) if at < len(row)))
    named = {column.name: column for column in ledger.columns if column.correct}
    told = {place: named[heading] for place, heading in enumerate(headings) if heading in named}
    found = Preview()
    for number, row in enumerate(grid[1:], start=2):
        line = dict(enumerate(row))
        key, version = (str(line.get(headings.index(each)) or "").strip() for each in (KEY, VERSION))
        if not any(cell not in ("", None) for cell in row):
            continue
        household = session.get(Household, int(key)) if _is_key(key) else None
        if household is None or not seen(household):
            found.refused.append((number, "", "您的地区里没有这个编号的农户。"))
            continue
        _compare(
            session, found, number, household, version, {c: line.get(place) for place, c in told.items()}
        )
    if len(found.corrections) > MOST:
        raise BadSheet("too_many_changes", "一次最多更正 {most} 处，请分几次导入。", most=MOST)
    return found


def apply(
    session: Session, ledger: Ledger, corrections: Sequence[Correction], seen: Callable[[Household], bool]
) -> int:
    """Make the corrections; how many. Overtaken where a field is not any more what the preview showed.

    The history gets its who, when and why from `history.act`.
    """
    facts: dict[int, dict[str, Any]] = {}
    for each in corrections:
        household = households.get(session, each.household)
        column = ledger.by_key[each.column].source.household
        if not seen(household) or _plain(getattr(household, column)) != _plain(each.before):
            raise Overtaken(each.head)
        facts.setdefault(household.key, {})[column] = each.after
    for key, told in facts.items():
        households.save(session, key, None, told, None)
    return len(corrections)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20


def _compare(
    session: Session,
    found: Preview,
    number: int,
    household: Household,
    version: str,
    told: Mapping[Column, Any],
) -> None:
    changed = []
    for column, cell in told.items():
        before = getattr(household, column.source.household)
        try:
            # A text that begins like a formula is what the ledger itself wrote: only a changed cell is read.
            after = before if cells.shown(before) == cell else _read(column, cell)
        except BadCell as bad:
            found.refused.append((number, household.head_name, f"“{column.name}”{bad}"))
            return
        if _plain(before) != _plain(after):
            changed.append(Correction(household.key, household.head_name, column.key, before, after))
    overtaken = _overtaken(
        session, household, version, {told_.source.household: told_.name for told_ in told}
    )
    wrong = [overtaken[fact] for each in changed if (fact := _fact(told, each)) in overtaken]
    if wrong:
        found.refused.append((number, household.head_name, wrong[0]))
    else:
        found.corrections += changed
        found.unchanged += not changed


def _fact(told: Iterable[Column], correction: Correction) -> str:
    return next(column.source.household for column in told if column.key == correction.column)


def _overtaken(
    session: Session, household: Household, version: str, names: Mapping[str, str]
) -> dict[str, str]:
    """The household's fields that were changed after the sheet was written: field → what to say."""
    since = int(version) if _is_key(version) else 0
    return {
        fact: f"“{names[fact]}”在导出以后已由{change.actor}改过，请重新导出再改。"
        for change in history.changes(session, household.key, after=since)
        if change.subject == Household.__tablename__
        for fact in change.fields
        if fact in names
    }


def _read(column: Column, cell: Any) -> Any:
    kind = column.source.kind
    if kind == TRUTH:
        return cells.truth(cell)
    if kind == LIST:
        return [_offered(column, part) for part in cells.several(cell)]
    return _offered(column, cells.text(cell))


def _offered(column: Column, text: str) -> str:
    if text and column.options and text not in column.options:
        raise BadCell(f"“{text[:20]}”不在可填的值中（{'、'.join(column.options)}）")
    return text


def _plain(value: Any) -> Any:
    """Nothing and an empty text are the same to a sheet."""
    return "" if value is None else list(value) if isinstance(value, list | tuple) else value
