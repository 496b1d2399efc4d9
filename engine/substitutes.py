"""Standing in for somebody who is away (代办), from day to day: what waits for him is then the other's to do and to see.

A stand-in has all that the absent one is granted, but for what is a person's own: an applicant's household and an
administrator's work. He does not stand in for those for whom the absent one stands in. What he does so is told as done
in that one's place (`engine.authority.permit_task`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from engine import identity, journal, roles
from engine.clock import SHANGHAI
from engine.errors import NotFound, Refusal
from engine.identity import Capacity, User, Viewer
from engine.keys import new_key
from engine.models.identity import Substitute, UserGrant, UserRow

OWN = frozenset({"applicant", "administrator"})
"""Roles in which nobody is stood in for."""
LONGEST = 366
"""Days that an absence may last: who is away longer has left his post."""


class BadSubstitute(Refusal):
    """An absence that cannot be kept so."""

    status, code = 422, "bad_substitute"
    message = "不能这样安排代办：{reason}。"
    mend = "请改选代办人或日期。"

    REASONS = {
        "same": "代办人不能是本人",
        "order": "结束日期早于开始日期",
        "past": "日期已经过去",
        "long": "一次最长一年",
        "nothing": "他没有可以代办的角色",
        "administrator": "管理员不办理案件，不能代办",
        "applicant": "农户不能代办",
        "overlap": "这些日子已经安排了代办人",
        "away": "代办人在这些日子也不在",
    }


@dataclass(frozen=True)
class Absence:
    """Who stands in for whom, from `first` to `last`, both included."""

    key: int
    absent: User
    stand_in: User
    first: date
    last: date


def day(at: datetime) -> date:
    """The day in Shanghai, by which absences are counted."""
    return at.astimezone(SHANGHAI).date()


def standing(session: Session, viewer: Viewer, at: datetime) -> Viewer:
    """The viewer with those in whose place he acts at this moment."""
    rows = session.execute(_in_force(), {"stand_in": viewer.user.key, "day": day(at)}).all()
    grants: dict[User, list[tuple[str, str]]] = {}
    for row in rows:
        if roles.split_group(row.role)[0] not in OWN:
            user = User(row.key, row.name, row.display_name, row.epoch)
            grants.setdefault(user, []).append((row.role, row.place))
    return replace(
        viewer, stands_in=tuple(Capacity(user, tuple(sorted(each))) for user, each in grants.items())
    )


def appoint(
    session: Session, absent: str, stand_in: str, first: date, last: date, actor: str, at: datetime
) -> Absence:
    """Let `stand_in` act in the place of `absent` from `first` to `last`; journaled. NotFound, BadSubstitute."""
    away, other = identity.named(session, absent), identity.named(session, stand_in)
    if reason := _fault(session, away, other, first, last, day(at)):
        raise BadSubstitute(reason=BadSubstitute.REASONS[reason])
    made = Absence(new_key(), away.user, other.user, first, last)
    row = Substitute(
        key=made.key, absent_key=away.user.key, stand_in_key=other.user.key, first=first, last=last
    )
    session.add(row)
    _journal(session, "substitute", made, actor, at)
    return made


def end(session: Session, key: int, actor: str, at: datetime) -> None:
    """End an absence now, before its last day: the stand-in sees and does no more; journaled. NotFound."""
    found = get(session, key)
    session.execute(sa.delete(Substitute).where(Substitute.key == key))
    _journal(session, "substitute_ended", found, actor, at)


def absences(session: Session, at: datetime, user: User | None = None) -> Sequence[Absence]:
    """Absences that last still or are to come, those of one user (away or standing in) if given, by their first day."""
    concerned = []
    if user is not None:
        concerned = [sa.or_(Substitute.absent_key == user.key, Substitute.stand_in_key == user.key)]
    return _listed(session, Substitute.last >= day(at), *concerned)


def away(session: Session, at: datetime) -> dict[str, str]:
    """The names of who is away at a moment, and of who stands in for each."""
    return {each.absent.name: each.stand_in.name for each in absences(session, at) if each.first <= day(at)}


def get(session: Session, key: int) -> Absence:
    """One absence. NotFound."""
    found = _listed(session, Substitute.key == key)
    if not found:
        raise NotFound("代办", key)
    return found[0]


def _fault(session: Session, away: Viewer, other: Viewer, first: date, last: date, today: date) -> str | None:
    """Why this absence cannot be kept: a key of `BadSubstitute.REASONS`."""
    within = sa.and_(Substitute.first <= last, Substitute.last >= first)
    faults = {
        "same": away.name == other.name,
        "order": last < first,
        "past": last < today,
        "long": (last - first).days > LONGEST,
        "nothing": all(roles.split_group(group)[0] in OWN for group, _ in away.own),
        "administrator": other.is_administrator,
        "applicant": other.has("applicant"),
        "overlap": bool(_listed(session, within, Substitute.absent_key == away.user.key)),
        "away": bool(_listed(session, within, Substitute.absent_key == other.user.key)),
    }
    return next((reason for reason, holds in faults.items() if holds), None)


def _listed(session: Session, *where: sa.ColumnElement[bool]) -> list[Absence]:
    absent, stand_in = aliased(UserRow), aliased(UserRow)
    rows = session.execute(
        sa.select(Substitute, absent, stand_in)
        .join(absent, absent.key == Substitute.absent_key)
        .join(stand_in, stand_in.key == Substitute.stand_in_key)
        .where(*where)
        .order_by(Substitute.first, Substitute.key)
    )
    return [Absence(row.key, _user(a), _user(s), row.first, row.last) for row, a, s in rows]


def _user(row: UserRow) -> User:
    return User(row.key, row.name, row.display_name, row.epoch)


def _journal(session: Session, kind: str, told: Absence, actor: str, at: datetime) -> None:
    body = {
        "user": told.absent.name,
        "stand_in": told.stand_in.name,
        "first": told.first.isoformat(),
        "last": told.last.isoformat(),
    }
    journal.append(session, journal.HOUSE, kind, actor, body, at)


@cache
def _in_force() -> sa.Select[int, str, str, int, str, str]:
    """What those are granted for whom one stands in on a day. Made once: every request asks."""
    return (
        sa.select(
            UserRow.key, UserRow.name, UserRow.display_name, UserRow.epoch, UserGrant.role, UserGrant.place
        )
        .join(Substitute, Substitute.absent_key == UserRow.key)
        .join(UserGrant, UserGrant.user_key == UserRow.key)
        .where(
            Substitute.stand_in_key == sa.bindparam("stand_in"),
            Substitute.first <= sa.bindparam("day"),
            Substitute.last >= sa.bindparam("day"),
            UserRow.active,
        )
        .order_by(UserRow.name)
    )
