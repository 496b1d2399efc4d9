"""Background jobs: imports, batch prints, migrations and replays, which take longer than a page may.

A kind is a function `(runtime, job) -> result`. It does its work in units, each one transaction together with the job's
cursor, so that a job whose worker dies goes on where the last unit ended and does nothing twice:

    @background.kind("migrate", "迁移案卷")
    def migrate(runtime, job):
        for case in job.arguments["cases"][job.cursor or 0 :]:
            with job.unit() as session:
                ...
                job.cursor = (job.cursor or 0) + 1
                job.report(job.cursor, len(job.arguments["cases"]), session)
        return {"next": "/studio/"}

Before each unit the job's row is locked and must still be this run's: paused, cancelled or taken over by another worker, it
stops there. A worker tells every few seconds that it lives; who is silent for `LEASE` has lost its jobs to the others.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from engine import dispatch, faults
from engine.errors import NotFound, Refusal
from engine.keys import new_key
from engine.models.background import BackgroundJob
from engine.runtime import Runtime

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""A running job of which nobody has heard for so long is run again."""

OVER = ("done", "failed", "cancelled")


class CannotNow(Refusal):
    """The job is not in a state in which this can be done."""

    status, code = 409, "job_cannot_now"
    message = "后台任务现在是“{state}”，不能这样做。"
    mend = "请刷新页面查看最新状态。"


STATES = {
    "waiting": "等待开始",
    "running": "进行中",
    "paused": "已暂停",
    "done": "已完成",
    "failed": "失败",
    "cancelled": "已取消",
}
"""What people read for each state: msgids."""

BROKEN = "后台任务出错（{sort}），详情见服务日志。"
"""What is told of a failure that is no refusal: a msgid."""


@dataclass(frozen=True)
class Kind:
    """A sort of job: its name in code, what people read (a msgid), and what does it."""

    key: str
    name: str
    do: Callable[[Runtime, Job], Mapping[str, Any] | None]


KINDS: dict[str, Kind] = {}


def kind(key: str, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as what does jobs of this kind; `name` is what people read."""

    def register(do: Callable[..., Any]) -> Callable[..., Any]:
        KINDS[key] = Kind(key, name, do)
        return do

    return register


@dataclass(frozen=True)
class Progress:
    """How a job stands. `total` is None until it is known; `result` may name a page to go on to as `next`."""

    key: int
    kind: str
    name: str
    actor: str
    state: str
    done: int
    total: int | None
    message: str
    result: dict[str, Any]
    error: dict[str, Any] | None
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether it will not change by itself any more."""
        return self.state in OVER


class Stopped(BaseException):
    """This run of the job is over: paused, cancelled, taken over, or its worker ends. Nobody but `run` catches it."""


class Job:
    """One run of a job, as its kind's function sees it. `cursor` is any JSON value, None at the beginning."""

    def __init__(self, runtime: Runtime, row: BackgroundJob, ending: Callable[[], bool]) -> None:
        vault = runtime.database.vault
        self.key, self.kind, self.actor, self.attempt = row.key, row.kind, row.actor, row.attempt
        self.arguments: dict[str, Any] = vault.unseal(row.arguments)
        self.cursor: Any = None if row.cursor is None else vault.unseal(row.cursor)
        self._runtime, self._ending = runtime, ending

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """One transaction of the work: what is done in it and the cursor are kept together or not at all."""
        if self._ending():
            raise Stopped
        before = copy.deepcopy(self.cursor)
        try:
            with self._runtime.database.begin() as session:
                row = _own(session, self.key, self.attempt)
                yield session
                row.cursor = session.info["vault"].seal(self.cursor)
                row.heard_at = self._runtime.clock.now()
        except BaseException:
            self.cursor = before
            raise

    def report(self, done: int, total: int | None, session: Session, message: str = "") -> None:
        """Tell, within a unit, how much is done of how much; `message` is a msgid."""
        row = session.get_one(BackgroundJob, self.key)
        row.done, row.total, row.message = done, total, message


def start(session: Session, kind: str, arguments: Mapping[str, Any], actor: str) -> int:
    """Ask, in this transaction, for a job (arguments are JSON values); its key."""
    job = BackgroundJob(
        key=new_key(),
        kind=KINDS[kind].key,
        arguments=session.info["vault"].seal(dict(arguments)),
        actor=actor,
        state="waiting",
        attempt=1,
        done=0,
        message="",
    )
    session.add(job)
    dispatch.enqueue(session, job.key, job.attempt)
    return job.key


def get(session: Session, key: int) -> Progress:
    """How the job stands. `NotFound`."""
    row = session.get(BackgroundJob, key)
    if row is None:
        raise NotFound("后台任务", key)
    return _progress(session, row)


def of(session: Session, actor: str, limit: int = 20) -> list[Progress]:
    """The jobs that somebody has asked for, the newest first."""
    theirs = sa.select(BackgroundJob).where(BackgroundJob.actor == actor)
    rows = session.scalars(theirs.order_by(BackgroundJob.key.desc()).limit(limit))
    return [_progress(session, row) for row in rows]


def pause(session: Session, key: int) -> None:
    """Let the job rest after the unit that it is at."""
    _change(session, key, ("waiting", "running"), "paused")


def cancel(session: Session, key: int) -> None:
    """End the job after the unit that it is at; what it has done stays done."""
    _change(session, key, ("waiting", "running", "paused"), "cancelled")


def resume(session: Session, key: int) -> None:
    """Let a paused or failed job go on from its cursor."""
    row = _change(session, key, ("paused", "failed"), "waiting")
    row.error = row.ended_at = None
    _again(session, row)


def run(runtime: Runtime, key: int, attempt: int = 1, ending: Callable[[], bool] = lambda: False) -> None:
    """Do this run of the job to its end, unless it is another's by now. When `ending()`, it is left for another run."""
    with suppress(Stopped):
        job = _begin(runtime, key, attempt, ending)
        try:
            result = KINDS[job.kind].do(runtime, job)
        except Stopped:
            if ending():
                _hand_back(runtime, job)
            return
        except Exception as failure:
            log.exception("background_job_failed", job=key)
            _end(runtime, job, "failed", error=_told(failure))
        else:
            _end(runtime, job, "done", result=dict(result or {}))


def hear(runtime: Runtime, running: Mapping[int, int]) -> None:
    """Tell that these runs (job's key → attempt) are alive."""
    if not running:
        return
    with runtime.database.begin() as session:
        theirs = sa.select(BackgroundJob).where(BackgroundJob.key.in_(running))
        for row in session.scalars(theirs.with_for_update(skip_locked=True)):  # one in a unit tells by itself
            if row.attempt == running[row.key]:
                row.heard_at = runtime.clock.now()


def rescue(runtime: Runtime) -> int:
    """Ask anew for the runs whose worker has fallen silent, or died between taking and beginning them; how many."""
    lost = _lost(runtime)
    if not lost:
        return 0
    theirs = sa.select(BackgroundJob).where(BackgroundJob.key.in_(lost))
    with runtime.database.begin() as session:
        rows = session.scalars(theirs.with_for_update(skip_locked=True))
        found = [row for row in rows if (row.attempt, row.state) == lost[row.key]]
        for row in found:
            row.state = "waiting"
            _again(session, row)
        return len(found)


def _lost(runtime: Runtime) -> dict[int, tuple[int, str]]:
    """Lost runs: the job's key → attempt and state."""
    silent = runtime.clock.now() - LEASE
    unfinished = sa.or_(
        BackgroundJob.state == "waiting",
        sa.and_(BackgroundJob.state == "running", BackgroundJob.heard_at < silent),
    )
    with runtime.database.read() as session:
        found = session.execute(
            sa.select(BackgroundJob.key, BackgroundJob.attempt, BackgroundJob.state).where(unfinished)
        ).all()
    waiting = [(key, attempt) for key, attempt, state in found if state == "waiting"]
    queued = dispatch.queued(runtime.database.engine, waiting) if waiting else set()
    return {key: (attempt, state) for key, attempt, state in found if (key, attempt) not in queued}


def _begin(runtime: Runtime, key: int, attempt: int, ending: Callable[[], bool]) -> Job:
    with runtime.database.begin() as session:
        row = _own(session, key, attempt, "waiting")
        row.state = "running"
        row.heard_at = runtime.clock.now()
        row.started_at = row.started_at or row.heard_at
        job = Job(runtime, row, ending)
    faults.point("after_claim")
    return job


def _end(
    runtime: Runtime,
    job: Job,
    state: str,
    *,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
) -> None:
    with runtime.database.begin() as session:
        row = _own(session, job.key, job.attempt)
        row.state, row.error, row.ended_at = state, error, runtime.clock.now()
        row.result = None if result is None else session.info["vault"].seal(result)


def _hand_back(runtime: Runtime, job: Job) -> None:
    with runtime.database.begin() as session:
        row = _own(session, job.key, job.attempt)
        row.state = "waiting"
        _again(session, row)


def _again(session: Session, row: BackgroundJob) -> None:
    row.attempt += 1
    row.heard_at = None
    dispatch.enqueue(session, row.key, row.attempt)


def _own(session: Session, key: int, attempt: int, state: str = "running") -> BackgroundJob:
    """The job's row, locked, when it still is this run's. Stopped."""
    row = session.get(BackgroundJob, key, with_for_update=True)
    if row is None or row.attempt != attempt or row.state != state:
        raise Stopped
    return row


def _change(session: Session, key: int, allowed: tuple[str, ...], state: str) -> BackgroundJob:
    row = session.get(BackgroundJob, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("后台任务", key)
    if row.state not in allowed:
        raise CannotNow(state=STATES[row.state])
    row.state = state
    return row


def _told(failure: Exception) -> dict[str, Any]:
    """What its owner is told: a refusal's own sentence, of anything else no more than its sort."""
    if isinstance(failure, Refusal):
        return {"message": failure.message, "params": {k: str(v) for k, v in failure.params.items()}}
    return {"message": BROKEN, "params": {"sort": type(failure).__name__}}


def _progress(session: Session, row: BackgroundJob) -> Progress:
    return Progress(
        row.key,
        row.kind,
        KINDS[row.kind].name,
        row.actor,
        row.state,
        row.done,
        row.total,
        row.message,
        {} if row.result is None else session.info["vault"].unseal(row.result),
        row.error,
        row.started_at,
        row.ended_at,
    )
