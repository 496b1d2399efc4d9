"""Column sets: those that come with the ledger, and those that people keep by name."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry import told
from registry.errors import Impossible
from registry.ledger.columns import Ledger
from registry.models import ColumnSet

LONGEST = 30
MOST = 50
"""How many sets one person may keep."""


def kept(session: Session, ledger: Ledger, user: str) -> list[ColumnSet]:
    """The user's own sets and those that others share, his own first."""
    query = select(ColumnSet).where(
        ColumnSet.ledger == ledger.id, or_(ColumnSet.owner == user, ColumnSet.shared)
    )
    return sorted(session.scalars(query), key=lambda each: (each.owner != user, each.name))


def keep(
    session: Session, ledger: Ledger, user: str, name: str, columns: Sequence[str], *, shared: bool
) -> ColumnSet:
    """Keep columns under a name; under a name of his own that there is already, they are kept instead."""
    name = told.text(name)
    if not name or len(name) > LONGEST:
        raise Impossible("unnamed_set", "列组要有名称，最多 {longest} 个字。", longest=LONGEST)
    ledger.chosen(columns)
    own = {each.name: each for each in kept(session, ledger, user) if each.owner == user}
    if name not in own and len(own) >= MOST:
        raise Impossible("too_many_sets", "每人最多保存 {most} 个列组，请先删去不用的。", most=MOST)
    row = own.get(name) or ColumnSet(ledger=ledger.id, owner=user, name=name)
    row.columns, row.shared = list(columns), shared
    session.add(row)
    session.flush()
    return row


def drop(session: Session, user: str, key: int) -> None:
    """Delete a set of one's own; Impossible (`not_own_set`) for another's."""
    row = session.get(ColumnSet, key)
    if row is None or row.owner != user:
        raise Impossible("not_own_set", "只能删去自己保存的列组。")
    session.delete(row)
