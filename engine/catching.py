"""How a case catches what it is told from outside, a message as a signal, and how one begins that starts by it.

Whom it reaches is the caller's to say: of each process one for a message (`engine.messages`), all for a signal
(`engine.signals`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import deployments, incidents, instances, records
from engine.instances import Actor, name_of
from engine.machine import NotWaiting
from engine.models.instances import Instance, MessageStart, SignalStart, SignalWait, Subscription
from engine.runtime import Runtime
from engine.step import Step, take


def deliver(
    runtime: Runtime,
    session: Session,
    waits: type[Subscription] | type[SignalWait],
    position: tuple[int, str],
    variables: Mapping[str, Any],
    actor: Actor,
    action: str,
    told: Mapping[str, str],
) -> Instance | None:
    """Take the step of the token that waits at `position` (instance, token), journaled as `action` with what was `told`.

    None: while we waited for the case's lock it went on, or the same event took it on already.
    """
    instance_key, token = position
    instance, case = instances.locked_instance(session, instance_key)
    wait: Any = session.get(waits, position, populate_existing=True)
    if wait is None:
        return None

    def act(step: Step) -> None:
        step.given = dict(variables)
        step.load(instance).machine.deliver(token, variables)

    try:
        step, failures = take(runtime, session, name_of(actor), case, act, about=instance.key)
    except NotWaiting:
        return None
    records.write(
        step, action, {"instance": str(instance_key), "element": wait.element, "token": token, **told}
    )
    incidents.keep(step, failures)
    return instance


def begin(
    runtime: Runtime,
    session: Session,
    starts: Iterable[MessageStart | SignalStart],
    variables: Mapping[str, Any],
    actor: Actor,
) -> list[Instance]:
    """Begin a case at each of these start events."""
    begun = []
    for start in starts:
        definition = deployments.definition(session, "process", start.process_id)

        def act(step: Step, definition: Any = definition, element: str = start.element) -> None:
            step.begin(definition, variables, element=element)

        begun.append(instances.begin(runtime, session, definition, actor, act))
    return begun
