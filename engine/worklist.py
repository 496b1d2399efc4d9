"""The worklist: which tasks wait for a viewer, in which order; claiming, handing over, drafts.

A page is read from ranges of an index (`engine.waiting`) and goes on from a key (`cursor`), never from an offset.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import authority, identity, journal, substitutes
from engine.errors import InvalidInput, NotAllowed, NotFound, Refusal, Stale, TaskDone, TaskGone, TaskTaken
from engine.identity import Viewer
from engine.models.worklist import Draft, TaskCandidate, UserTask
from engine.waiting import (
    BOXES,
    DONE,
    DUE,
    GROUP,
    MINE,
    OPEN,
    SORTS,
    Filter,
    Position,
    conditions,
    merged,
    read_position,
    waiting,
)

COUNTED = 500
"""Counts stop here: nobody reads further, and a count must not grow with the county."""
PAGE = 50


class CannotReceive(Refusal):
    """A task was to be handed to somebody who may not do it."""

    status, code = 422, "cannot_receive"
    message = "不能转给{who}：{reason}"
    mend = "请选一位有这个角色、管这个地方的同事。"


@dataclass(frozen=True)
class Page:
    """Tasks in order, and the cursor of the next page if there is one."""

    tasks: list[UserTask]
    next: str | None


@dataclass(frozen=True)
class Counts:
    """How much waits, each counted up to `COUNTED`."""

    overdue: int = 0
    today: int = 0
    week: int = 0
    mine: int = 0
    group: int = 0
    open: int = 0
    done: int = 0


@dataclass(frozen=True)
class Sheet:
    """A draft: what was filled in, when it was saved; `version` is to be sent back with the next save."""

    data: dict[str, Any] = field(default_factory=dict)
    saved_at: datetime | None = None

    @property
    def version(self) -> str:
        """Changes with each save."""
        return self.saved_at.isoformat() if self.saved_at else ""


def search(
    session: Session,
    viewer: Viewer,
    wanted: Filter,
    now: datetime,
    sort: str = "due",
    after: str | None = None,
    limit: int = PAGE,
) -> Page:
    """One page of the viewer's tasks. `after` is the `next` of the page before; sorts see `SORTS`.

    By due moment, which is how a list is first seen, what is urgent comes before all else.
    """
    if wanted.box not in BOXES or sort not in SORTS or wanted.due not in (None, *DUE):
        raise InvalidInput("worklist", detail="没有这样的筛选或排序")
    if wanted.box == DONE:
        return _done(session, viewer, wanted, after, limit)
    ranges = list(waiting(viewer, wanted, now, sort, read_position(after, sort), limit + 1))
    rows = session.execute(merged(ranges).limit(limit + 1)).all()
    return _page(session, [Position(row.rank, row.sort, row.key) for row in rows], limit)


def counts(session: Session, viewer: Viewer, now: datetime) -> Counts:
    """What waits for the viewer by what must be done first."""
    found = {}
    for name in ("overdue", "today", "week"):
        found[name] = _count(session, viewer, Filter(due=name), now)
    for box in (OPEN, MINE, GROUP):
        found[box] = _count(session, viewer, Filter(box=box), now)
    done = sa.select(UserTask.key).where(UserTask.completed_by == viewer.name).limit(COUNTED)
    found[DONE] = session.scalar(sa.select(sa.func.count()).select_from(done.subquery())) or 0
    return Counts(**found)


def steps(session: Session, viewer: Viewer, now: datetime) -> list[tuple[str, str, str]]:
    """The kinds of steps that wait for the viewer among his first tasks: (process, element, name)."""
    ranges = list(waiting(viewer, Filter(), now, "created", None, COUNTED))
    keys = sa.union(*(sa.select(each.subquery().c.key) for each in ranges)).subquery()
    rows = session.execute(
        sa.select(UserTask.process_id, UserTask.element, UserTask.name)
        .join(keys, keys.c.key == UserTask.key)
        .distinct()
        .order_by(UserTask.process_id, UserTask.name)
    )
    return [(row.process_id, row.element, row.name) for row in rows]


def get(session: Session, viewer: Viewer, key: int) -> UserTask:
    """The task, open or not; `NotAllowed` unless the viewer sees its case."""
    task = session.get(UserTask, key)
    if task is None:
        raise NotFound("任务", key)
    if not authority.is_candidate(session, viewer, task):
        authority.permit(
            session, viewer, "task.see", area=task.area, subject=task.subject, case_key=task.case_key
        )
    return task


def claim(session: Session, viewer: Viewer, key: int) -> None:
    """Take a task for oneself, also from one in whose place one acts. Of two who try at once one succeeds; the other is
    told who has it."""
    task = _open(session, viewer, key)
    authority.permit_task(session, viewer, task)
    if task.assignee == viewer.name:
        return
    changed = session.execute(
        sa.update(UserTask)
        .where(
            UserTask.key == key,
            UserTask.state == "open",
            sa.or_(UserTask.assignee.is_(None), UserTask.assignee.in_(viewer.names)),
        )
        .values(assignee=viewer.name)
        .execution_options(synchronize_session=False)
    )
    session.refresh(task)
    if not changed.rowcount:  # type: ignore[attr-defined]
        _refuse_closed(session, task)
        raise TaskTaken(_shown(session, task.assignee))


def release(session: Session, viewer: Viewer, key: int) -> None:
    """Give a claimed task back to its group: one's own, or anybody's for who may hand over."""
    task = _open(session, viewer, key)
    _permit_moving(session, viewer, task)
    task.assignee = None
    session.flush()


def hand_over(session: Session, viewer: Viewer, key: int, name: str, now: datetime) -> None:
    """Give a task to somebody else who may do it. The journal keeps from whom, to whom."""
    task = _open(session, viewer, key)
    _permit_moving(session, viewer, task)
    receiver = substitutes.standing(session, identity.named(session, name), now)
    try:
        authority.permit_task(session, receiver, task)
    except (NotAllowed, authority.Separated) as refusal:
        raise CannotReceive(who=receiver.user.display_name, reason=str(refusal)) from refusal
    before = task.assignee
    task.assignee = name
    body = {"task": str(key), "element": task.element, "from": before, "to": name}
    journal.append(session, task.case_key, "task_handed_over", viewer.name, body, now)


def may_move(session: Session, viewer: Viewer, task: UserTask) -> bool:
    """Whether the viewer may give the task back or to somebody else: he has it, or may hand over anybody's."""
    return task.assignee in viewer.names or authority.may(
        session, viewer, "task.hand_over", area=task.area, subject=task.subject, case_key=task.case_key
    )


def receivers(session: Session, viewer: Viewer, task: UserTask) -> list[identity.User]:
    """Who else may do this task."""
    return [
        person.user
        for person in identity.holding(session, waiting_places(session, task))
        if person.name != viewer.name and not person.is_administrator
    ]


def waiting_places(session: Session, task: UserTask) -> list[tuple[str, str]]:
    """The (group, place) pairs that a task waits at."""
    rows = session.execute(
        sa.select(TaskCandidate.group, TaskCandidate.place).where(TaskCandidate.task_key == task.key)
    )
    return [(group, place) for group, place in rows]


def draft(session: Session, viewer: Viewer, key: int) -> Sheet:
    """What the viewer has filled in so far; empty when nothing."""
    row = session.get(Draft, (key, viewer.name))
    return Sheet(session.info["vault"].unseal(row.data), row.saved_at) if row else Sheet()


def save_draft(
    session: Session, viewer: Viewer, key: int, data: dict[str, Any], version: str, now: datetime
) -> Sheet:
    """Keep a draft, valid or not. `version` is that of the draft it goes on from: `Stale` if another tab saved since."""
    task = _open(session, viewer, key)
    authority.permit_task(session, viewer, task)
    row = session.get(Draft, (key, viewer.name), with_for_update=True)
    if version != (Sheet({}, row.saved_at).version if row else ""):
        raise Stale("这份草稿在另一个窗口里保存过")
    if row is None:
        row = Draft(task_key=key, user=viewer.name)
        session.add(row)
    elif now <= row.saved_at:
        now = row.saved_at + timedelta(microseconds=1)
    row.data, row.saved_at = session.info["vault"].seal(data), now
    session.flush()
    return Sheet(data, now)


def drop_draft(session: Session, viewer: Viewer, key: int) -> None:
    """Forget a draft: the task is done, or the person starts anew."""
    session.execute(sa.delete(Draft).where(Draft.task_key == key, Draft.user == viewer.name))


def _done(session: Session, viewer: Viewer, wanted: Filter, after: str | None, limit: int) -> Page:
    start = read_position(after, "due")
    select = sa.select(UserTask.key, UserTask.ended_at).where(
        UserTask.completed_by == viewer.name, *conditions(viewer, wanted)
    )
    if start:
        moment = start.value
        earlier = sa.or_(
            UserTask.ended_at < moment, sa.and_(UserTask.ended_at == moment, UserTask.key < start.key)
        )
        select = select.where(earlier, UserTask.ended_at <= moment)
    rows = session.execute(
        select.order_by(UserTask.ended_at.desc(), UserTask.key.desc()).limit(limit + 1)
    ).all()
    return _page(session, [Position(0, row.ended_at, row.key) for row in rows], limit)


def _page(session: Session, found: list[Position], limit: int) -> Page:
    keys = [each.key for each in found[:limit]]
    tasks = {task.key: task for task in session.scalars(sa.select(UserTask).where(UserTask.key.in_(keys)))}
    more = len(found) > limit
    return Page([tasks[key] for key in keys], found[limit - 1].cursor() if more else None)


def _count(session: Session, viewer: Viewer, wanted: Filter, now: datetime) -> int:
    sort = "created" if wanted.due is None else "due"
    ranges = waiting(viewer, wanted, now, sort, None, COUNTED)
    together = sa.union(*(sa.select(each.subquery().c.key) for each in ranges)).subquery()
    return min(session.scalar(sa.select(sa.func.count()).select_from(together)) or 0, COUNTED)


# --- who holds a task


def _open(session: Session, viewer: Viewer, key: int) -> UserTask:
    task = get(session, viewer, key)
    _refuse_closed(session, task)
    return task


def _refuse_closed(session: Session, task: UserTask) -> None:
    if task.state == "completed":
        raise TaskDone(_shown(session, task.completed_by), task.ended_at)
    if task.state != "open":
        raise TaskGone()


def _permit_moving(session: Session, viewer: Viewer, task: UserTask) -> None:
    if not may_move(session, viewer, task):
        raise NotAllowed(authority.VERBS["task.hand_over"].name)


def _shown(session: Session, name: str | None) -> str:
    return identity.display_names(session, [name])[name] if name else ""
