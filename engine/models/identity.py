"""Tables of users, what is granted to them, and their tokens."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class UserRow(Base):
    """An account. Users are never deleted: the journal names them."""

    __tablename__ = "app_user"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    display_name: Mapped[str] = mapped_column(sa.String(120))
    password: Mapped[str] = mapped_column(sa.String(255))
    """An argon2id hash; empty while a one-time code stands in its place."""
    code: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    """The keyed digest of the one-time code (`engine.codes`)."""
    code_until: Mapped[datetime | None]
    active: Mapped[bool]
    epoch: Mapped[int]
    """Rises with each new password, which ends the sessions before it."""
    mail: Mapped[str] = mapped_column(sa.String(254), server_default="")
    """Where notices go; empty for nowhere."""


class UserGrant(Base):
    """A role at a place: an area path, or `=SUBJECT` for a relation (`engine.roles`)."""

    __tablename__ = "user_grant"

    user_key: Mapped[int] = mapped_column(sa.ForeignKey("app_user.key"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    place: Mapped[str] = mapped_column(sa.String(120), primary_key=True)

    __table_args__ = (sa.Index(None, "role", "place"),)


class UserToken(Base):
    """A bearer token, known only by its SHA-256."""

    __tablename__ = "user_token"

    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    user_key: Mapped[int] = mapped_column(sa.ForeignKey("app_user.key"), index=True)
    label: Mapped[str] = mapped_column(sa.String(120))
    issued: Mapped[datetime]
    expires: Mapped[datetime | None]


class Substitute(Base):
    """From `first` to `last`, both included, one person does what waits for another who is away."""

    __tablename__ = "substitute"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    absent_key: Mapped[int] = mapped_column(sa.ForeignKey("app_user.key"), index=True)
    stand_in_key: Mapped[int] = mapped_column(sa.ForeignKey("app_user.key"), index=True)
    first: Mapped[date]
    last: Mapped[date]
