"""Whether everything that is stored agrees: tokens, tasks, timers, subscriptions, jobs, calls, history, values, journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments, journal
from engine.machine import Machine
from engine.models.instances import (
    ATTRIBUTES,
    Incident,
    Instance,
    Job,
    Passage,
    SignalWait,
    Subscription,
    Timer,
)
from engine.models.journal import Entry
from engine.models.worklist import TaskCandidate, UserTask
from engine.scopes import Scopes
from engine.values import GIVEN

BATCH = 200


@dataclass(frozen=True)
class Disagreement:
    """Something stored that contradicts something else; `reason` is a Chinese sentence."""

    case_key: int
    instance_key: int
    reason: str


class _NoHost:
    """An instance that is only looked at asks nothing."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"an instance that is only looked at asks for {name}")


def check(session: Session) -> list[Disagreement]:
    """All disagreements; empty when all is well. Reads every instance and the whole journal."""
    found = [
        Disagreement(b.case_key, b.case_key, f"记录链第{b.number}条：{b.reason}")
        for b in journal.verify(session)
    ]
    last = -1
    while batch := session.scalars(
        sa.select(Instance).where(Instance.key > last).order_by(Instance.key).limit(BATCH)
    ).all():
        rows = _Rows(session, [instance.key for instance in batch])
        for instance in batch:
            reasons = _check(session, instance, rows)
            found += [Disagreement(instance.case_key, instance.key, reason) for reason in reasons]
        last = batch[-1].key
        session.expunge_all()
    return found


class _Rows:
    """The rows of some instances, by instance."""

    def __init__(self, session: Session, keys: Sequence[int]) -> None:
        self.tasks = self._by_instance(session, UserTask, keys)
        self.timers = self._by_instance(session, Timer, keys)
        self.subscriptions = self._by_instance(session, Subscription, keys)
        self.signals = self._by_instance(session, SignalWait, keys)
        self.jobs = self._by_instance(session, Job, keys)
        self.passages = self._by_instance(session, Passage, keys)
        self.incidents = self._by_instance(session, Incident, keys)
        self.children: dict[int, list[Instance]] = defaultdict(list)
        for child in session.scalars(sa.select(Instance).where(Instance.parent_key.in_(keys))):
            self.children[child.parent_key or 0].append(child)
        self.found_by: set[int] = set(
            session.scalars(
                sa.select(TaskCandidate.task_key)
                .join(UserTask, UserTask.key == TaskCandidate.task_key)
                .where(UserTask.instance_key.in_(keys))
            )
        )

    @staticmethod
    def _by_instance(session: Session, table: Any, keys: Sequence[int]) -> Mapping[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for row in session.scalars(sa.select(table).where(table.instance_key.in_(keys))):
            found[row.instance_key].append(row)
        return found


def _check(session: Session, instance: Instance, rows: _Rows) -> Iterator[str]:
    key = instance.key
    opened = {task.token: task for task in rows.tasks[key] if task.state == "open"}
    children = {child.parent_token for child in rows.children[key] if child.state == "active"}
    stored: dict[str, Iterable[Any]] = {
        "user_task": opened,
        "timer": {(timer.token, timer.due) for timer in rows.timers[key]},
        "message": {s.token for s in rows.subscriptions[key]},
        "signal": {wait.token for wait in rows.signals[key]},
        "job": {job.token for job in rows.jobs[key]},
        "call": children,
    }
    expected, stuck, tokens = _expected(session, instance)
    for kind, there in stored.items():
        if set(there) != expected[kind]:
            yield f"{_NAMES[kind]}与令牌不符：{sorted(map(str, set(there) ^ expected[kind]))}"
    yield from _incidents(rows.incidents[key], stuck, expected["conditional"])
    yield from _history(instance, rows.passages[key], tokens)
    yield from _tasks(session, instance, rows, opened)
    yield from _values(session, instance)
    if (instance.state == "active") == (instance.ended_at is not None):
        yield "状态与结束时间不符"


_NAMES = {
    "user_task": "待办任务",
    "timer": "定时",
    "message": "消息等候",
    "signal": "信号等候",
    "job": "外部作业",
    "call": "被调用的流程",
}


def _expected(session: Session, instance: Instance) -> tuple[dict[str, set[Any]], set[str], set[str]]:
    """What the tokens wait for by kind, the tokens that are stuck, and all tokens."""
    expected: dict[str, set[Any]] = {kind: set() for kind in (*_NAMES, "conditional")}
    if instance.state != "active":
        return expected, set(), set()
    process = deployments.process(session, instance.definition_key)
    machine = Machine.load(process, _NoHost(), Scopes(), instance.tokens)
    for wait in machine.waits():
        due: datetime | None = wait.data.get("due")
        expected[wait.kind].add((wait.token, due) if wait.kind == "timer" else wait.token)
    return expected, {token.id for token in machine.queue}, {t["id"] for t in instance.tokens["tokens"]}


def _incidents(incidents: list[Incident], stuck: set[str], conditions: set[str]) -> Iterator[str]:
    """`conditions`: tokens that wait for one; such a one may have failed and yet waits on."""
    told = {i.token for i in incidents if i.state == "open" and i.kind != "job"} - conditions
    if told != stuck:
        yield f"故障与停住的令牌不符：{sorted(map(str, told ^ stuck))}"


def _history(instance: Instance, passages: list[Passage], tokens: set[str]) -> Iterator[str]:
    active = {passage.token for passage in passages if passage.state == "active"}
    if not active <= tokens:
        yield f"经过的环节没有结束：{sorted(active - tokens)}"
    if any((p.state == "active") == (p.left_at is not None) for p in passages):
        yield "环节的状态与离开时间不符"


def _tasks(
    session: Session, instance: Instance, rows: _Rows, opened: Mapping[str, UserTask]
) -> Iterator[str]:
    for task in rows.tasks[instance.key]:
        if task.state != "open" and task.key in rows.found_by:
            yield f"任务 {task.key} 已不在办，仍可被检索"
        if task.state == "completed":
            entry = session.get(Entry, (task.case_key, task.answer_entry or 0))
            if entry is None or entry.body.get("task") != str(task.key) or entry.actor != task.completed_by:
                yield f"任务 {task.key} 的办结没有记录"
    for task in opened.values():
        if any(getattr(task, name) != getattr(instance, name) for name in ATTRIBUTES):
            yield f"任务 {task.key} 的属性与流程不符"


def _values(session: Session, instance: Instance) -> Iterator[str]:
    """Each value in force lies in the entry that is said to have it."""
    vault = session.info["vault"]
    opened: dict[int, dict[str, Any]] = {}
    for scope, names in instance.values.items():
        for name, number in names.items() if scope != GIVEN else ():
            if number not in opened:
                entry = session.get(Entry, (instance.case_key, number))
                kept = vault.unseal(entry.values) if entry is not None and entry.values is not None else {}
                opened[number] = kept.get("written", {}).get(str(instance.key), {})
            if name not in opened[number].get(scope, {}):
                yield f"变量 {name} 的值不在第{number}条记录里"
