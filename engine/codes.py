"""One-time codes: how somebody gets into his account the first time, or after his password was forgotten.

A code is shown once, to the administrator who hands it over, and works once, until it ends. Only its keyed digest is
kept. From the moment of its making the old password opens nothing, and all sessions have ended.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import identity, journal
from engine.errors import Refusal
from engine.identity import User, Viewer
from engine.models.identity import UserRow

GOOD_FOR = timedelta(days=7)
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another
_LENGTH = 12


class WrongCode(Refusal):
    """The name or the code is wrong, used or over; which of them is not told."""

    status, code = 401, "wrong_code"
    message = "用户名或一次性代码不对，或代码已经用过、过期。"
    mend = "请核对后再试；仍不行的，请管理员重发一个。"


def issue(session: Session, user: User, at: datetime) -> str:
    """A new code for the user, in place of his password and of any code before."""
    code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    session.execute(
        update(UserRow)
        .where(UserRow.key == user.key)
        .values(
            password="",  # no hash: nothing matches it
            epoch=UserRow.epoch + 1,
            code=_digest(session, code),
            code_until=at + GOOD_FOR,
        )
    )
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))


def redeem(session: Session, name: str, code: str, password: str, at: datetime) -> Viewer:
    """Set the password by a code, which is then used up; journaled. WrongCode, BadUser (the password is too short)."""
    row = session.execute(
        select(UserRow.key, UserRow.code, UserRow.code_until)
        .where(UserRow.name == name, UserRow.active)
        .with_for_update()
    ).first()
    given = _digest(session, "".join(sign for sign in code.upper() if sign.isalnum()))
    if row is None or not hmac.compare_digest(row.code or b"", given) or at >= row.code_until:
        raise WrongCode()
    identity.set_password(session, name, password)
    journal.append(session, journal.HOUSE, "user_password", name, {"user": name}, at)
    return identity.viewer(session, row.key)


def _digest(session: Session, code: str) -> bytes:
    digest: bytes = session.info["vault"].fingerprint(b"one-time code " + code.encode())
    return digest
