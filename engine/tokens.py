"""Bearer tokens: how programs say whose they are. Shown once: only a token's SHA-256 is kept."""

import hashlib
import secrets
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert
from sqlalchemy.orm import Session

from engine import identity
from engine.identity import NotSignedIn, User, Viewer
from engine.models.identity import UserRow, UserToken

_LEAK_MARK = "ff_"  # lets a leaked token be recognised for what it is


def issue(session: Session, user: User, label: str, now: datetime, expires: datetime | None = None) -> str:
    """A new bearer token for a program. It is shown once: only its SHA-256 is kept."""
    token = _LEAK_MARK + secrets.token_urlsafe(32)
    session.execute(
        insert(UserToken).values(
            digest=_digest(token),
            user_key=user.key,
            label=label,
            issued=now,
            expires=expires,
        )
    )
    return token


def revoke(session: Session, token: str) -> None:
    """End a token at once."""
    session.execute(delete(UserToken).where(UserToken.digest == _digest(token)))


def viewer(session: Session, token: str, now: datetime) -> Viewer:
    """Whose bearer token this is, in one statement; `NotSignedIn` when it is not in force."""
    rows = session.execute(_by_token(), {"digest": _digest(token)}).all()
    found = identity.viewers(rows)
    if not found or (rows[0].expires is not None and rows[0].expires <= now):
        raise NotSignedIn()
    return found[0]


@cache
def _by_token() -> Select[Any]:
    """Made once: every request of a program begins with it, and to build it costs as much as to run it."""
    joined = identity.with_grants(UserToken.expires).join(UserToken, UserToken.user_key == UserRow.key)
    return joined.where(UserToken.digest == bindparam("digest"))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
