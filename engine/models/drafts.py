"""Drafts of drawings: files as an administrator is changing them, not in force."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class DrawingDraft(Base):
    """One change of the procedure in the making, by `owner`; other administrators see it and may go on with it.

    `tried` tells how the scenarios went: {digest of the files that were tried, passed, failed}; `replayed` likewise which
    job replayed the cases: {job, digest, otherwise, needs_answers}.
    """

    __tablename__ = "drawing_draft"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(sa.String(200))
    owner: Mapped[str]
    began_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    tried: Mapped[dict[str, Any] | None]
    replayed: Mapped[dict[str, Any] | None]


class DraftFile(Base):
    """A changed or new file of a draft (compressed), saved `revision` times.

    `base` is the hash of the file in force when the change began, None for a new file.
    """

    __tablename__ = "drawing_draft_file"
    draft_key: Mapped[int] = mapped_column(
        sa.ForeignKey("drawing_draft.key", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    base: Mapped[str | None] = mapped_column(sa.String(64))
    revision: Mapped[int]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


class Enactment(Base):
    """A draft on its way into force: who asked for it, on what grounds, from when, and who approved it.

    `digest` tells the draft as it was asked for and approved. `due`: the moment of taking force, None for at once.
    `problem`: why it could not take force at that moment.
    """

    __tablename__ = "enactment"
    draft_key: Mapped[int] = mapped_column(
        sa.ForeignKey("drawing_draft.key", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    digest: Mapped[str] = mapped_column(sa.String(64))
    note: Mapped[str]
    document: Mapped[str] = mapped_column(sa.String(100))
    document_date: Mapped[date | None]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    due: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    problem: Mapped[str | None]
