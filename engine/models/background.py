"""Long work that goes on behind the pages: what was asked, how far it is, and how it ended."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class BackgroundJob(Base):
    """One such work. `arguments`, `cursor` and `result` are sealed.

    `attempt` is its fencing token: each run has its own, and only the latest may write. `heard_at`: its runner's last sign.
    """

    __tablename__ = "background_job"
    __table_args__ = (
        sa.Index("ix_background_job_state", "state", "heard_at"),
        sa.Index("ix_background_job_actor", "actor", "key"),
    )
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    arguments: Mapped[bytes]
    actor: Mapped[str]
    state: Mapped[str] = mapped_column(sa.String(10))  # waiting, running, paused, done, failed, cancelled
    attempt: Mapped[int]
    done: Mapped[int]
    total: Mapped[int | None]
    message: Mapped[str]
    cursor: Mapped[bytes | None]
    result: Mapped[bytes | None]
    error: Mapped[dict[str, Any] | None]
    heard_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
