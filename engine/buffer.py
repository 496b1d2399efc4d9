"""Published messages that nobody awaited yet: given to the first instance that does, while they last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.models.instances import Message
from engine.roles import within

if TYPE_CHECKING:
    from engine.step import Step


def deliver(step: Step) -> bool:
    """Give kept messages to the tokens that have begun to wait for them in this step; whether there were any."""
    asked: set[tuple[str, str]] = set()
    for run in list(step.runs.values()):
        for wait in run.machine.waits() if run.state == "active" else ():
            key = (wait.data.get("name", ""), wait.data.get("correlation_key", ""))
            if wait.kind != "message" or not wait.is_new or key in asked:
                continue
            asked.add(key)
            message = _take(step, *key, run.instance.area)
            if message is not None:
                run.machine.deliver(wait.token, step.session.info["vault"].unseal(message.variables))
                step.advance(run)
                return True
    return False


def _take(step: Step, name: str, correlation_key: str, area: str | None) -> Message | None:
    if (name, correlation_key) in step.messages:
        return None
    kept = step.session.scalars(
        sa.select(Message)
        .where(
            Message.name == name,
            Message.correlation_key == correlation_key,
            Message.expires > step.now,
            Message.key.not_in([m.key for m in step.taken]),
        )
        .order_by(Message.key)
        .with_for_update(skip_locked=True)
    )
    found = next((m for m in kept if m.areas is None or any(within(each, area) for each in m.areas)), None)
    if found is None:
        step.messages.add((name, correlation_key))
    else:
        step.taken.append(found)
    return found
