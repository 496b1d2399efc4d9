"""What is late: open tasks past their due moment, within areas, by the step that waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.models.worklist import UserTask


@dataclass(frozen=True)
class LateStep:
    """A step of a process, how many of its tasks are late, and when the oldest was due."""

    process_id: str
    element: str
    name: str
    count: int
    oldest: datetime


def by_step(session: Session, areas: Sequence[str], now: datetime) -> list[LateStep]:
    """The steps with late tasks in these areas (paths; `""` is everywhere), the longest late first."""
    inside = sa.or_(sa.false(), *(UserTask.area.startswith(path, autoescape=True) for path in areas))
    rows = session.execute(
        sa.select(
            UserTask.process_id, UserTask.element, UserTask.name, sa.func.count(), sa.func.min(UserTask.due)
        )
        .where(UserTask.state == "open", UserTask.due < now, inside)
        .group_by(UserTask.process_id, UserTask.element, UserTask.name)
        .order_by(sa.func.min(UserTask.due))
    )
    return [LateStep(*row) for row in rows]  # type: ignore[arg-type]


def tasks(
    session: Session, seen: sa.ColumnElement[bool], now: datetime, process_id: str, element: str, limit: int
) -> list[UserTask]:
    """The late tasks of a step among those `seen` (`engine.sight`), the longest late first."""
    wanted = sa.select(UserTask).where(
        UserTask.state == "open",
        UserTask.due < now,
        UserTask.process_id == process_id,
        UserTask.element == element,
        seen,
    )
    return list(session.scalars(wanted.order_by(UserTask.due, UserTask.key).limit(limit)))
