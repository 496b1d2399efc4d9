"""How the people's pages put it: what somebody is granted, what was changed about him, which roles there are to grant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import identity, roles
from engine.models.journal import Entry
from registry import areas, households, measures
from web.pages.sign_in import group_name

Grant = tuple[str, str]
SIDES = ("user", "stand_in", "successor")
"""Where an entry about people names somebody."""


@dataclass(frozen=True)
class Granted:
    """One grant as people read it: 村民委员会 · 蛟河市 青禾镇 望山村."""

    group: str
    place: str
    role: str
    where: str


@dataclass(frozen=True)
class Change:
    """One change to an account: when, by whom, what."""

    at: datetime
    who: str
    what: str


def granted(session: Session, grants: Iterable[Grant]) -> list[Granted]:
    """The grants in words: an area by its names, a relation by the household's head and village."""
    named = areas.full_names(session)
    return [
        Granted(group, place, group_name(group), _where(session, place, named)) for group, place in grants
    ]


def groups() -> Iterator[tuple[str, str]]:
    """(group, name) of all that can be granted at an area: each role, and each department of the catalogue."""
    for role in roles.ROLES.values():
        if role.level is not None and role.key != "department":
            yield role.key, group_name(role.key)
    codes = {code for row in measures.catalogue().values() for code in row.departments}
    yield from ((f"department:{code}", group_name(f"department:{code}")) for code in sorted(codes))


def changes(session: Session, entries: Sequence[Entry]) -> list[Change]:
    """Entries of the journal about people, in words."""
    names = {row.actor for row in entries}
    names |= {row.body[side] for row in entries for side in SIDES if side in row.body}
    shown = identity.display_names(session, names)
    named = areas.full_names(session)
    return [Change(row.at, shown[row.actor], _what(session, row, shown, named)) for row in entries]


def _what(session: Session, row: Entry, shown: Mapping[str, str], named: Mapping[str, str]) -> str:
    body = row.body
    role = _grant(session, body["group"], body["place"], named) if "group" in body else ""
    days: dict[str, Any] = {side: body.get(side, "") for side in ("first", "last")}
    who = {
        side: shown.get(body.get(key, ""), "") for side, key in (("absent", "user"), ("stand_in", "stand_in"))
    }
    post = {"who": who["absent"], "successor": shown.get(body.get("successor", ""), "")}
    sentences = {
        "user_added": _("建立账户"),
        "user_renamed": _("改姓名"),
        "user_granted": _("授予：%(role)s", role=role),
        "user_withdrawn": _("收回：%(role)s", role=role),
        "user_disabled": _("停用"),
        "user_enabled": _("启用"),
        "user_code": _("发一次性代码"),
        "user_password": _("改密码"),
        "user_succeeded": _("%(who)s的工作交给%(successor)s", **post),
        "substitute": _("%(stand_in)s 代 %(absent)s，%(first)s 至 %(last)s", **who, **days),
        "substitute_ended": _("结束代办：%(stand_in)s 代 %(absent)s", **who),
    }
    return sentences[row.kind]


def _grant(session: Session, group: str, place: str, named: Mapping[str, str]) -> str:
    return f"{group_name(group)} {_where(session, place, named)}".strip()


def _where(session: Session, place: str, named: Mapping[str, str]) -> str:
    if not place.startswith("="):
        return named.get(place, place)
    household = households.get(session, int(place[1:]))
    return f"{household.head_name}（{named.get(household.area, household.area)}）"
