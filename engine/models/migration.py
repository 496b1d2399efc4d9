"""Migrations that were made, with what it takes to undo them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class Migration(Base):
    """One instance's going over from one definition of its process to another.

    `before` seals the instance's tokens and rows as they were, `after` its tokens as the migration left them: as long as they are
    the same, the case has not moved on. `moved`: the migration itself let it go on, so that it cannot be undone.
    """

    __tablename__ = "migration"
    __table_args__ = (sa.Index("ix_migration_definitions", "from_key", "to_key", "key"),)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int]
    instance_key: Mapped[int] = mapped_column(sa.ForeignKey("instance.key"), index=True)
    from_key: Mapped[int] = mapped_column(sa.ForeignKey("definition.key"))
    to_key: Mapped[int] = mapped_column(sa.ForeignKey("definition.key"))
    before: Mapped[bytes]
    after: Mapped[bytes]
    moved: Mapped[bool]
    actor: Mapped[str]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
