"""Entries of the plain ledgers: listed, added, corrected, ended; every change is in `fact_change`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from registry import areas, households, told
from registry.errors import Impossible
from registry.history import acting
from registry.ledger.plain import HOUSEHOLD, Plain
from registry.models import LedgerEntry

PAGE = 100
SOON = timedelta(days=60)
"""So long before it is due an entry is told of."""


@dataclass(frozen=True)
class Entries:
    """Entries in the order of their areas, and the key to go on from."""

    rows: list[LedgerEntry]
    next: int | None


def listed(
    session: Session,
    ledger: Plain,
    seen: Sequence[str],
    within: str = areas.ROOT,
    *,
    ended: bool = False,
    after: int = 0,
    limit: int = PAGE,
) -> Entries:
    """A page of a ledger's entries within the areas `seen`, oldest first; `ended`: those that are over instead."""
    query = _within(ledger, seen, within).where(LedgerEntry.key > after)
    query = query.where(LedgerEntry.valid_to.is_not(None) if ended else LedgerEntry.valid_to.is_(None))
    rows = list(session.scalars(query.order_by(LedgerEntry.key).limit(limit + 1)))
    return Entries(rows[:limit], rows[limit - 1].key if len(rows) > limit else None)


def count(session: Session, ledger: Plain, seen: Sequence[str]) -> int:
    """How many entries are in force."""
    query = _within(ledger, seen, areas.ROOT).where(LedgerEntry.valid_to.is_(None)).subquery()
    return session.scalar(select(func.count()).select_from(query)) or 0


def by_county(session: Session, ledger: Plain) -> dict[str, int]:
    """Path of a county → entries in force; counties without any are named too."""
    found = {area.path: 0 for area in areas.below(session, areas.ROOT, "county")}
    for path in session.scalars(
        select(LedgerEntry.area).where(LedgerEntry.ledger == ledger.id, LedgerEntry.valid_to.is_(None))
    ):
        county = next((above for above in areas.ancestors(path) if above in found), None)
        if county:
            found[county] += 1
    return found


def get(session: Session, ledger: Plain, key: int) -> LedgerEntry:
    """The entry; Impossible (`unknown_entry`) where the ledger has none such."""
    entry = session.get(LedgerEntry, key)
    if entry is None or entry.ledger != ledger.id:
        raise Impossible("unknown_entry", "“{ledger}”没有这一条。", ledger=ledger.name)
    return entry


def add(
    session: Session, ledger: Plain, facts: Mapping[str, Any], *, area: str = "", household: int | None = None
) -> LedgerEntry:
    """Enter what was told: of an area, or of a household, where the ledger is about households."""
    if ledger.about == HOUSEHOLD:
        if household is None:
            raise Impossible("no_household", "“{ledger}”一户一条，请先选农户。", ledger=ledger.name)
        area = households.get(session, household).area
    elif areas.get(session, area) is None:
        raise Impossible("unknown_area", "没有地区“{path}”。", path=area)
    entry = LedgerEntry(
        ledger=ledger.id,
        area=area,
        about=household if ledger.about == HOUSEHOLD else None,
        fields=ledger.read(facts),
        valid_from=acting(session).day,
    )
    session.add(entry)
    session.flush()
    return entry


def correct(session: Session, ledger: Plain, key: int, facts: Mapping[str, Any]) -> LedgerEntry:
    """Bring an entry to what was told. Impossible (`entry_ended`) where it is over."""
    entry = _in_force(session, ledger, key)
    entry.fields = ledger.read(facts)
    session.flush()
    return entry


def end(session: Session, ledger: Plain, key: int, reason: str) -> LedgerEntry:
    """End an entry, with the reason."""
    entry = _in_force(session, ledger, key)
    reason = told.text(reason)
    if not reason:
        raise Impossible("no_reason", "请写明为什么。")
    entry.valid_to, entry.ended_because = acting(session).day, reason[:200]
    session.flush()
    return entry


def due_on(ledger: Plain, entry: LedgerEntry) -> date | None:
    """When the entry becomes due; None for never."""
    day = entry.fields.get(ledger.due) if ledger.due else None
    return date.fromisoformat(day) if day else None


def due_before(session: Session, ledger: Plain, within: str, until: date) -> list[tuple[date, LedgerEntry]]:
    """The entries in force that become due before a day, and those overdue, each with its day; the oldest first."""
    in_force = _within(ledger, [within], within).where(LedgerEntry.valid_to.is_(None))
    found = [(due_on(ledger, entry), entry) for entry in session.scalars(in_force)]
    return sorted(
        ((day, entry) for day, entry in found if day is not None and day < until),
        key=lambda each: (each[0], each[1].key),
    )


def is_due(ledger: Plain, entry: LedgerEntry, today: date) -> bool:
    """Whether the entry is due soon or overdue."""
    day = due_on(ledger, entry)
    return day is not None and entry.valid_to is None and day <= today + SOON


def count_due(session: Session, ledger: Plain, seen: Sequence[str], today: date) -> int:
    """How many entries in force are due soon or overdue."""
    query = _within(ledger, seen, areas.ROOT).where(LedgerEntry.valid_to.is_(None))
    return sum(is_due(ledger, entry, today) for entry in session.scalars(query))


def marks(session: Session, ledger: Plain, area: str) -> list[str]:
    """What a ledger of places says of an area: its own entries and those of the areas above it."""
    query = select(LedgerEntry).where(
        LedgerEntry.ledger == ledger.id,
        LedgerEntry.valid_to.is_(None),
        LedgerEntry.area.in_(areas.ancestors(area)),
    )
    return [entry.fields[ledger.marks] for entry in session.scalars(query.order_by(LedgerEntry.area))]


def _within(ledger: Plain, seen: Sequence[str], within: str) -> Select[LedgerEntry]:
    return select(LedgerEntry).where(
        LedgerEntry.ledger == ledger.id,
        or_(False, *(areas.within(LedgerEntry.area, path) for path in seen)),
        areas.within(LedgerEntry.area, within),
    )


def _in_force(session: Session, ledger: Plain, key: int) -> LedgerEntry:
    entry = get(session, ledger, key)
    if entry.valid_to is not None:
        raise Impossible("entry_ended", "这一条已经结束，不能再改。")
    return entry
