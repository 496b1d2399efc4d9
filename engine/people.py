"""Changes to who is there: accounts, what they are granted, who is let in. Each is kept in the house's journal.

`actor` is the name of whoever makes the change. What is changed takes hold at once: sessions ask anew with each page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import codes, identity, journal, substitutes
from engine.errors import NotFound, Refusal
from engine.identity import BadUser, User
from engine.models.identity import UserGrant, UserRow
from engine.models.journal import Entry
from engine.models.worklist import TaskCandidate, UserTask

PAGE = 50
KINDS = (
    "user_added",
    "user_renamed",
    "user_granted",
    "user_withdrawn",
    "user_disabled",
    "user_enabled",
    "user_code",
    "user_password",
    "user_succeeded",
    "substitute",
    "substitute_ended",
)
"""Entries of the house's journal about people."""
Grant = tuple[str, str]


class Needed(Refusal):
    """The house would be left without an administrator."""

    status, code = 409, "needed"
    message = "{who}是唯一的管理员，不能停用，也不能收回管理员角色。"
    mend = "请先让另一位成为管理员。"


class Oneself(Refusal):
    """An administrator shuts himself out."""

    status, code = 409, "oneself"
    message = "不能停用自己。"
    mend = "请另一位管理员来办。"


@dataclass(frozen=True)
class Account:
    """An account as administrators see it. `code_until`: the one-time code that nobody has used yet ends then."""

    user: User
    active: bool
    grants: tuple[Grant, ...]
    code_until: datetime | None


@dataclass(frozen=True)
class Left:
    """What happened to the tasks of somebody who left: how many went back to their groups, and how many only he can do."""

    released: int
    stuck: int


def add(
    session: Session,
    name: str,
    display_name: str,
    grants: Iterable[Grant],
    actor: str,
    at: datetime,
    *,
    password: str | None = None,
) -> str:
    """Make an account; its one-time code, unless it is given a password (then ""). BadUser, BadGrant."""
    kept = list(dict.fromkeys(grants))
    user = identity.add_user(session, name, display_name, password or identity.Hashed(""), kept)
    body = {"user": name, "grants": [list(grant) for grant in kept]}
    journal.append(session, journal.HOUSE, "user_added", actor, body, at)
    return "" if password else codes.issue(session, user, at)


def rename(session: Session, name: str, display_name: str, actor: str, at: datetime) -> None:
    """Change what others read of somebody. NotFound, BadUser."""
    user, shown = identity.find(session, name), display_name.strip()
    if not shown or len(shown) > 120:
        raise BadUser(name=name, reason="姓名不能为空或超过120字")
    session.execute(sa.update(UserRow).where(UserRow.key == user.key).values(display_name=shown))
    _keep(session, "user_renamed", actor, at, name)


def grant(session: Session, name: str, group: str, place: str, actor: str, at: datetime) -> bool:
    """Bind somebody to a role at a place; whether he was not yet. NotFound, BadGrant."""
    if (group, place) in get(session, name).grants:
        return False
    identity.grant(session, identity.find(session, name), group, place)
    _keep(session, "user_granted", actor, at, name, group=group, place=place)
    return True


def withdraw(session: Session, name: str, group: str, place: str, actor: str, at: datetime) -> None:
    """Take a role at a place back. NotFound, Needed."""
    account = get(session, name)
    if (group, place) in account.grants:
        if group == "administrator":
            _refuse_last(session, account)
        identity.withdraw(session, account.user, group, place)
        _keep(session, "user_withdrawn", actor, at, name, group=group, place=place)


def disable(session: Session, name: str, actor: str, at: datetime) -> Left:
    """Let somebody in no more: his sessions and tokens end, what he had taken goes back to its group, and he stands in for
    nobody. NotFound, Needed, Oneself."""
    account = get(session, name)
    if name == actor:
        raise Oneself()
    _refuse_last(session, account)
    identity.deactivate(session, name)
    for absence in substitutes.absences(session, at, account.user):
        substitutes.end(session, absence.key, actor, at)
    his = sa.and_(UserTask.assignee == name, UserTask.state == "open")
    offered = sa.exists().where(TaskCandidate.task_key == UserTask.key)
    released = session.execute(
        sa.update(UserTask)
        .where(his, offered)
        .values(assignee=None)
        .execution_options(synchronize_session=False)
    )
    stuck = session.scalar(sa.select(sa.func.count()).select_from(UserTask).where(his)) or 0
    left = Left(released.rowcount, stuck)  # type: ignore[attr-defined]
    _keep(session, "user_disabled", actor, at, name, released=left.released)
    return left


def enable(session: Session, name: str, actor: str, at: datetime) -> str:
    """Let somebody in again who was disabled; the one-time code for it. NotFound."""
    user = identity.find(session, name)
    session.execute(sa.update(UserRow).where(UserRow.key == user.key).values(active=True))
    _keep(session, "user_enabled", actor, at, name)
    return codes.issue(session, user, at)


def reset(session: Session, name: str, actor: str, at: datetime) -> str:
    """A one-time code in place of somebody's password. NotFound."""
    user = identity.named(session, name).user
    _keep(session, "user_code", actor, at, name)
    return codes.issue(session, user, at)


def set_password(session: Session, name: str, password: str, actor: str, at: datetime) -> None:
    """Give somebody a new password; sessions opened with the old one end. NotFound, BadUser."""
    identity.set_password(session, name, password)
    _keep(session, "user_password", actor, at, name)


def name_of(session: Session, key: int) -> str:
    """The name of the account of this key. NotFound."""
    row = session.get(UserRow, key)
    if row is None:
        raise NotFound(what="用户", key=key)
    return row.name


def get(session: Session, name: str) -> Account:
    """One account, let in or not. NotFound."""
    user = identity.find(session, name)
    return _accounts(session, [session.get_one(UserRow, user.key)])[0]


def search(
    session: Session,
    text: str = "",
    *,
    role: str = "",
    area: str = "",
    active: bool = True,
    after: str = "",
    limit: int = PAGE,
) -> tuple[list[Account], str | None]:
    """A page of accounts by name, and after which name the next one goes on. `text` is looked for in both names, `role`
    and `area` (a prefix) in one and the same grant."""
    wanted = sa.select(UserRow).where(UserRow.active.is_(active), UserRow.name > after)
    if text:
        like = (column.contains(text, autoescape=True) for column in (UserRow.name, UserRow.display_name))
        wanted = wanted.where(sa.or_(*like))
    if role or area:
        granted = sa.select(UserGrant.user_key).where(UserGrant.place.startswith(area, autoescape=True))
        if role:
            below = UserGrant.role.startswith(f"{role}:", autoescape=True)
            granted = granted.where(sa.or_(UserGrant.role == role, below))
        wanted = wanted.where(UserRow.key.in_(granted))
    rows = session.scalars(wanted.order_by(UserRow.name).limit(limit + 1)).all()
    return _accounts(session, rows[:limit]), rows[limit - 1].name if len(rows) > limit else None


def history(session: Session, name: str, limit: int = 50) -> list[Entry]:
    """What was changed about somebody, the latest first."""
    about = [Entry.body[side].as_string() == name for side in ("user", "stand_in", "successor")]
    wanted = sa.select(Entry).where(Entry.case_key == journal.HOUSE, Entry.kind.in_(KINDS), sa.or_(*about))
    return list(session.scalars(wanted.order_by(Entry.number.desc()).limit(limit)))


def _accounts(session: Session, rows: Sequence[UserRow]) -> list[Account]:
    held: dict[int, list[Grant]] = {}
    wanted = sa.select(UserGrant).where(UserGrant.user_key.in_([row.key for row in rows]))
    for each in session.scalars(wanted.order_by(UserGrant.role, UserGrant.place)):
        held.setdefault(each.user_key, []).append((each.role, each.place))
    return [
        Account(
            User(row.key, row.name, row.display_name, row.epoch),
            row.active,
            tuple(held.get(row.key, ())),
            row.code_until if row.code else None,
        )
        for row in rows
    ]


def _refuse_last(session: Session, account: Account) -> None:
    others = (
        sa.select(sa.func.count())
        .select_from(UserGrant)
        .join(UserRow, UserRow.key == UserGrant.user_key)
        .where(UserGrant.role == "administrator", UserRow.active, UserRow.key != account.user.key)
    )
    is_one = any(group == "administrator" for group, _ in account.grants)
    if is_one and account.active and not session.scalar(others):
        raise Needed(who=account.user.display_name)


def _keep(session: Session, kind: str, actor: str, at: datetime, name: str, **told: Any) -> None:
    session.flush()
    journal.append(session, journal.HOUSE, kind, actor, {"user": name, **told}, at)
