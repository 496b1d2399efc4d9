"""Tasks for people."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import CLUSTERED, Base, present
from engine.models.instances import Attributes

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The due moment of what has none: sorts last."""
URGENT = 90
"""The priority (0 to 100) from which a task is urgent (加急). What a drawing does not say is 50."""


class UserTask(Attributes, Base):
    """A step that waits, or waited, for a person.

    `answer_entry` is the journal entry that carries the answer's values. `reminded_at` and `reminded_by` tell of the
    latest reminder; the journal has them all. `typed` and `brought` count the answer's fields (`engine.typed`). `completed_for` is the absent person in whose place `completed_by` acted.
    """

    __tablename__ = "user_task"
    __table_args__ = (
        sa.UniqueConstraint("instance_key", "token"),
        present("ix_user_task_assignee", "assignee", "state", "key"),
        present("ix_user_task_completed_by", "completed_by", "ended_at"),
    )
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(index=True)
    instance_key: Mapped[int] = mapped_column(sa.ForeignKey("instance.key"))
    token: Mapped[str]
    definition_key: Mapped[int] = mapped_column(sa.ForeignKey("definition.key"))
    process_id: Mapped[str]
    element: Mapped[str]
    via: Mapped[str | None]
    name: Mapped[str]
    form_id: Mapped[str | None]
    properties: Mapped[dict[str, Any]]
    groups: Mapped[list[Any]]
    users: Mapped[list[Any]]
    assignee: Mapped[str | None]
    priority: Mapped[int]
    created_at: Mapped[datetime]
    due: Mapped[datetime | None]
    follow_up: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reminded_by: Mapped[str | None]
    state: Mapped[str] = mapped_column(sa.String(10))  # open, completed, cancelled
    ended_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    completed_for: Mapped[str | None]
    answer_entry: Mapped[int | None]
    typed: Mapped[int | None]
    brought: Mapped[int | None]

    @property
    def urgent(self) -> bool:
        """Whether it goes before all that is not."""
        return self.priority >= URGENT


class TaskCandidate(Base):
    """Where an open task waits for a group (`engine.roles.place`), or for one user (group "", place = user name).

    The primary key is the worklist's index by age, the second index the one by due moment: a page is read from either
    whatever the number of tasks. `due` repeats the task's, `NEVER` where it has none; `rank` is 0 where the task is
    urgent, else 1.
    """

    __tablename__ = "task_candidate"
    __table_args__ = CLUSTERED
    group: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    task_key: Mapped[int] = mapped_column(
        sa.ForeignKey("user_task.key", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    rank: Mapped[int] = mapped_column(default=1)
    due: Mapped[datetime] = mapped_column(default=NEVER)


sa.Index("ix_task_candidate_task", TaskCandidate.task_key)
sa.Index(
    "ix_task_candidate_due",
    TaskCandidate.group,
    TaskCandidate.place,
    TaskCandidate.rank,
    TaskCandidate.due,
    TaskCandidate.task_key,
)


class Draft(Base):
    """What somebody has filled in so far, kept though it may be invalid; sealed like an answer."""

    __tablename__ = "draft"
    task_key: Mapped[int] = mapped_column(
        sa.ForeignKey("user_task.key", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]
    saved_at: Mapped[datetime]
