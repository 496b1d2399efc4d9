"""Documents: bytes kept under their hash, what was attached by whom, and the signed prints of a case."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class Document(Base):
    """A file's bytes, once, whoever sent it. `sealed` is the vault's: photographs and prints hold a person's data."""

    __tablename__ = "document"
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(sa.String(40))
    size: Mapped[int]
    sealed: Mapped[bytes]


class Attachment(Base):
    """A document that somebody attached, under the name he gave it; `case_key` once an answer carries it."""

    __tablename__ = "attachment"
    __table_args__ = (sa.Index("ix_attachment_document", "sha256", "case_key"),)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("document.sha256"))
    name: Mapped[str] = mapped_column(sa.String(120))
    case_key: Mapped[int | None] = mapped_column(index=True)
    attached_by: Mapped[str]
    at: Mapped[datetime]


class SignedPrint(Base):
    """A sheet as it was signed: frozen bytes. A change is the next revision; none is ever replaced."""

    __tablename__ = "signed_print"
    __table_args__ = (sa.UniqueConstraint("case_key", "sheet", "revision"),)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int]
    sheet: Mapped[str] = mapped_column(sa.String(100))
    revision: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("document.sha256"))
    task_key: Mapped[int | None]
    signed_by: Mapped[str]
    at: Mapped[datetime]
