"""Notices to households: written in the step's transaction, told once, by a channel that leaves the house or by hand."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from registry import areas, told
from registry.errors import Impossible
from registry.history import SHANGHAI, acting
from registry.models import Household, Notice

BY_HAND = ("当面", "电话", "书面送达", "张贴")
"""How somebody tells a household himself."""

ON_THE_PAGE = "网页"
"""The household read it in its own account."""


def write(session: Session, household_key: int, kind: str, text: str) -> Notice:
    """Put down a notice of a `kind` (受理, 不予纳入, 纳入, 移出 …) for the household."""
    notice = Notice(
        household_key=household_key, kind=kind, text=told.text(text), written_at=acting(session).at
    )
    session.add(notice)
    session.flush()
    return notice


def get(session: Session, key: int) -> Notice:
    """The notice; Impossible (`no_such_notice`)."""
    notice = session.get(Notice, key)
    if notice is None:
        raise Impossible("no_such_notice", "没有这条通知。")
    return notice


def of(session: Session, household_key: int) -> list[Notice]:
    """A household's notices, newest first."""
    query = select(Notice).where(Notice.household_key == household_key)
    return list(session.scalars(query.order_by(Notice.written_at.desc(), Notice.key.desc())))


def waiting(
    session: Session, within: Sequence[str], households: Collection[int] = (), limit: int = 100
) -> list[tuple[Notice, Household]]:
    """Notices of which these areas' (or these) households do not know yet, oldest first."""
    query = select(Notice, Household).join(Household, Household.key == Notice.household_key)
    unknown = query.where(*_unknown(within, households)).order_by(Notice.written_at, Notice.key)
    return [(notice, household) for notice, household in session.execute(unknown.limit(limit))]


def count_waiting(session: Session, within: Sequence[str]) -> int:
    """How many notices these areas' households do not know yet."""
    query = select(func.count(Notice.key)).join(Household, Household.key == Notice.household_key)
    return session.scalar(query.where(*_unknown(within))) or 0


def tell(session: Session, notice: Notice, how: str, on: date | None = None) -> None:
    """The household was told by whoever acts: `how` (`BY_HAND`, a channel …), on a day (today). Who was first stays."""
    act = acting(session)
    on = on or act.day
    if notice.delivered_at is not None:
        return
    if not how:
        raise Impossible("no_way_told", "请写明怎样告知的。")
    if on > act.day:
        raise Impossible("told_in_future", "告知日期不能晚于今天。")
    if on < notice.written_at.astimezone(SHANGHAI).date():
        raise Impossible("told_before", "告知日期不能早于通知日期。")
    notice.delivered_at, notice.delivered_on, notice.delivered_by, notice.delivered_how = (
        act.at,
        on,
        act.actor,
        how,
    )
    notice.failed = ""


def fail(notice: Notice, why: str) -> None:
    """A channel has given the notice up: somebody has to tell the household himself."""
    if notice.delivered_at is None:
        notice.failed = "；".join(filter(None, (notice.failed, why)))


def _unknown(within: Sequence[str], households: Collection[int] = ()) -> list[ColumnElement[bool]]:
    there = [areas.within(Household.area, path) for path in within]
    return [Notice.delivered_at.is_(None), or_(false(), *there, Household.key.in_(households))]
