"""Signals: what everybody hears who waits for it at that moment, and what begins cases of every process that starts by it.

Nothing is kept: who waits for a signal only afterwards has missed it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments, incidents, instances, records
from engine.instances import Actor, name_of
from engine.machine import NotWaiting
from engine.models.instances import Instance, SignalStart, SignalWait
from engine.runtime import Runtime
from engine.step import Step, take


def broadcast(
    runtime: Runtime,
    session: Session,
    name: str,
    variables: Mapping[str, Any],
    actor: Actor,
    *,
    heard: Collection[int] = (),
) -> list[Instance]:
    """Tell every case that waits for the signal, and begin those that start by it. `heard`: instances that know already."""
    told = [
        instance
        for key, token in _waiting(session, name, heard)
        if (instance := _deliver(runtime, session, key, token, name, variables, actor)) is not None
    ]
    return told + _start(runtime, session, name, variables, actor)


def _waiting(session: Session, name: str, heard: Collection[int]) -> list[tuple[int, str]]:
    """Who waits, by case, so that two signals never lock crosswise."""
    waits = session.execute(
        sa.select(SignalWait.instance_key, SignalWait.token)
        .where(SignalWait.name == name)
        .order_by(SignalWait.case_key, SignalWait.key)
    )
    return [(key, token) for key, token in waits if key not in heard]


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
    wait = session.get(SignalWait, (instance_key, token), populate_existing=True)
    if wait is None:  # the case went on while we waited for its lock, or by the same signal
        return None

    def act(step: Step) -> None:
        step.load(instance).machine.deliver(token, variables)

    try:
        step, failures = take(runtime, session, name_of(actor), case, act, about=instance.key)
    except NotWaiting:
        return None
    body = {"instance": str(instance_key), "element": wait.element, "signal": name}
    records.write(step, "signalled", body)
    incidents.keep(step, failures)
    return instance


def _start(
    runtime: Runtime, session: Session, name: str, variables: Mapping[str, Any], actor: Actor
) -> list[Instance]:
    begun = []
    for start in session.scalars(sa.select(SignalStart).where(SignalStart.name == name)).all():
        definition = deployments.definition(session, "process", start.process_id)

        def act(step: Step, definition: Any = definition, element: str = start.element) -> None:
            step.begin(definition, variables, element=element)

        begun.append(instances.begin(runtime, session, definition, actor, act))
    return begun
