"""Messages: what cases are told from outside, found by name and correlation key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import catching
from engine.errors import Refusal
from engine.instances import Actor, name_of
from engine.keys import new_key
from engine.models.instances import Instance, Message, MessageStart, Subscription
from engine.runtime import Runtime


class NobodyWaits(Refusal):
    """No case waits for this message."""

    status, code = 404, "nobody_waits"
    message = "没有流程在等候消息“{name}”（{correlation_key}）。"
    mend = "请核对消息名称和关联值。"


def publish(
    runtime: Runtime,
    session: Session,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    actor: Actor,
    *,
    ttl: timedelta = timedelta(0),
    message_id: str | None = None,
    areas: Sequence[str] | None = None,
) -> int:
    """Tell every process that waits for the message; what none awaits is kept for `ttl`. Returns the message's key.

    Of each process the case that waited longest gets it. A `message_id` that is kept already has no second effect.
    What is kept reaches only cases of these `areas`, or all; whom it reaches at once the caller has to permit.
    """
    told = _tell(runtime, session, name, correlation_key, variables, actor)
    key = new_key()
    if not told and ttl > timedelta(0):
        _buffer(runtime, session, key, name, correlation_key, variables, actor, ttl, message_id, areas)
    return key


def correlate(
    runtime: Runtime,
    session: Session,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    actor: Actor,
) -> Instance:
    """Tell the case that waits for the message, or start one by it. NobodyWaits."""
    told = _tell(runtime, session, name, correlation_key, variables, actor)
    if not told:
        raise NobodyWaits(name=name, correlation_key=correlation_key)
    return told[0]


def forget_expired(runtime: Runtime) -> int:
    """Throw away kept messages whose time is over; how many."""
    expired = sa.select(Message.key).where(Message.expires <= runtime.clock.now())
    with runtime.database.read() as session:
        keys = list(session.scalars(expired))
    if keys:
        with runtime.database.begin() as session:
            session.execute(sa.delete(Message).where(Message.key.in_(keys)))
    return len(keys)


def _tell(
    runtime: Runtime,
    session: Session,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    actor: Actor,
) -> list[Instance]:
    told = [
        catching.deliver(
            runtime, session, Subscription, position, variables, actor, "told", {"message": name}
        )
        for position in _waiting(session, name, correlation_key)
    ]
    starts = session.scalars(sa.select(MessageStart).where(MessageStart.name == name)).all()
    begun = catching.begin(runtime, session, starts, variables, actor)
    return [instance for instance in told if instance is not None] + begun


def _waiting(session: Session, name: str, correlation_key: str) -> list[tuple[int, str]]:
    """Of each process the subscription that waited longest; by case, so that two messages never lock crosswise."""
    rows = session.execute(
        sa.select(Subscription, Instance.process_id)
        .join(Instance, Instance.key == Subscription.instance_key)
        .where(Subscription.name == name, Subscription.correlation_key == correlation_key)
        .order_by(Subscription.key)
    )
    first: dict[str, Subscription] = {}
    for subscription, process_id in rows:
        first.setdefault(process_id, subscription)
    return [(s.instance_key, s.token) for s in sorted(first.values(), key=lambda s: s.case_key)]


def _buffer(
    runtime: Runtime,
    session: Session,
    key: int,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    actor: Actor,
    ttl: timedelta,
    message_id: str | None,
    areas: Sequence[str] | None,
) -> None:
    now = runtime.clock.now()
    kept = Message(
        key=key,
        name=name,
        correlation_key=correlation_key,
        message_id=message_id,
        variables=session.info["vault"].seal(dict(variables)),
        actor=name_of(actor),
        areas=None if areas is None else list(areas),
        published=now,
        expires=now + ttl,
    )
    with suppress(IntegrityError), session.begin_nested():  # a message of this id is kept already
        session.add(kept)
