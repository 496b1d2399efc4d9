"""Signals: what everybody hears who waits for it at that moment, and what begins cases of every process that starts by it.

Nothing is kept: who waits for a signal only afterwards has missed it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import catching
from engine.instances import Actor
from engine.models.instances import Instance, SignalStart, SignalWait
from engine.runtime import Runtime


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
        catching.deliver(
            runtime, session, SignalWait, position, variables, actor, "signalled", {"signal": name}
        )
        for position in _waiting(session, name, heard)
    ]
    starts = session.scalars(sa.select(SignalStart).where(SignalStart.name == name)).all()
    begun = catching.begin(runtime, session, starts, variables, actor)
    return [instance for instance in told if instance is not None] + begun


def _waiting(session: Session, name: str, heard: Collection[int]) -> list[tuple[int, str]]:
    """Who waits, by case, so that two signals never lock crosswise."""
    waits = session.execute(
        sa.select(SignalWait.instance_key, SignalWait.token)
        .where(SignalWait.name == name)
        .order_by(SignalWait.case_key, SignalWait.key)
    )
    return [(key, token) for key, token in waits if key not in heard]
