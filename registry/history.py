"""Who changes which fact, when and in which task: kept for every row of a `Fact`, whoever writes it.

The engine says who acts by `session.info["step"] = {"actor", "task", "at"}` for the length of a step; anybody
else (an import, a command) by `act`. The rows are written as part of the same flush, so a fact and its history agree.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from registry.models import Base, Fact, FactChange

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DERIVED = {
    "key",
    "household_key",
    "pinyin",
    "initials",
    "phone_index",
    "id_index",
    "id_last_four",
    "recorded_at",
}


@dataclass(frozen=True)
class Act:
    """Who acts, in which task, at what time (aware); why, where it was asked."""

    actor: str
    task: str | None
    at: datetime
    reason: str = ""

    @property
    def day(self) -> date:
        """The day in China on which it happens."""
        return self.at.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Change:
    """A past change, readable: `fields` is `{field: (before, after)}` as JSON values."""

    subject: str
    subject_key: int
    fields: Mapping[str, tuple[Any, Any]]
    actor: str
    task: str | None
    at: datetime
    reason: str


def act(session: Session, actor: str, at: datetime, task: str | None = None, reason: str = "") -> None:
    """Say who acts in `session` from here on, and why where that was asked."""
    session.info["step"] = {"actor": actor, "task": task, "at": at, "reason": reason}


def acting(session: Session) -> Act:
    """Who acts now. Where nobody said, the system does, at the machine's time."""
    step = session.info.get("step") or {}
    return Act(
        step.get("actor") or "系统",
        step.get("task"),
        step.get("at") or datetime.now(UTC),
        step.get("reason") or "",
    )


def changes(session: Session, household_key: int, *, after: int = 0) -> list[Change]:
    """All changes of a household's facts, oldest first; only those with a later key than `after`."""
    found = session.scalars(
        select(FactChange)
        .where(FactChange.household_key == household_key, FactChange.key > after)
        .order_by(FactChange.at, FactChange.key)
    )
    return [
        Change(
            row.subject,
            row.subject_key,
            {field: (before, after) for field, (before, after) in json.loads(row.fields).items()},
            row.actor,
            row.task,
            row.at,
            row.reason,
        )
        for row in found
    ]


def changed_since(session: Session, key: int) -> list[int]:
    """The households of which something was changed after the change of that key, in the order of their keys."""
    found = select(FactChange.household_key).where(FactChange.key > key).distinct()
    return list(session.scalars(found.order_by(FactChange.household_key)))


def _know_what_was_before() -> None:
    """Let a row that was not read yet be read before a field of it is set: else the value before would be lost."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Fact):
            for column in mapper.column_attrs:
                event.listen(column.class_attribute, "set", lambda *_: None, active_history=True)


_know_what_was_before()


@event.listens_for(Session, "before_flush")
def _keep(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    for fact in [*session.new, *session.dirty]:
        if isinstance(fact, Fact):
            fields = dict(_changed(fact))
            if fields:
                session.add(_change(session, fact, fields))
    for fact in session.deleted:
        if isinstance(fact, Fact):
            raise TypeError("facts are ended, never deleted")


def _changed(fact: Fact) -> Iterator[tuple[str, tuple[Any, Any]]]:
    state = inspect(fact)
    assert state is not None
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if column.key in _DERIVED or not history.added:
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0]
        if before != after:
            yield column.key, (plain(before), plain(after))


def _change(session: Session, fact: Fact, fields: dict[str, tuple[Any, Any]]) -> FactChange:
    acts = acting(session)
    return FactChange(
        household_key=fact.household_key,
        subject=type(fact).__tablename__,  # type: ignore[attr-defined]
        subject_key=fact.key,
        fields=json.dumps(fields, ensure_ascii=False),
        actor=acts.actor,
        task=acts.task,
        at=acts.at,
        reason=acts.reason,
    )


def plain(value: Any) -> Any:
    """A value of a field as the history keeps it."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
