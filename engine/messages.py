"""Messages: what cases are told from outside, found by name and correlation key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import deployments, incidents, instances, records
from engine.errors import Refusal
from engine.instances import Actor, name_of
from engine.keys import new_key
from engine.machine import NotWaiting
from engine.models.instances import Instance, Message, MessageStart, Subscription
from engine.runtime import Runtime
from engine.step import Step, take


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
        instance
        for instance_key, token in _waiting(session, name, correlation_key)
        if (instance := _deliver(runtime, session, instance_key, token, name, variables, actor)) is not None
    ]
    return told + _start(runtime, session, name, variables, actor)


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


def _deliver(
    runtime: Runtime,
    session: Session,
    instance_key: int,
    token: str,
    name: str,
    variables: Mapping[str, Any],
    actor: Actor,
) -> Instance | None:
    instance, case = instances.locked_instance(session, instance_key)
    subscription = session.get(Subscription, (instance_key, token), populate_existing=True)
    if subscription is None:  # while we waited for the lock the case went on
        return None

    def act(step: Step) -> None:
        step.load(instance).machine.deliver(token, variables)

    try:
        step, failures = take(runtime, session, name_of(actor), case, act, about=instance.key)
    except NotWaiting:
        return None
    body = {"instance": str(instance_key), "element": subscription.element, "message": name}
    records.write(step, "told", body)
    incidents.keep(step, failures)
    return instance


def _start(
    runtime: Runtime, session: Session, name: str, variables: Mapping[str, Any], actor: Actor
) -> list[Instance]:
    begun = []
    for start in session.scalars(sa.select(MessageStart).where(MessageStart.name == name)).all():
        definition = deployments.definition(session, "process", start.process_id)
        element = start.element

        def act(step: Step, definition: Any = definition, element: str = element) -> None:
            step.begin(definition, variables, element=element)

        begun.append(instances.begin(runtime, session, definition, actor, act))
    return begun


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
