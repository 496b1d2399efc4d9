"""How cases begin by themselves: by the clock, a message or a signal, in the latest version of each process."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.dialect import DrawingFailed, Process, StartEvent, timers
from engine.feel import Evaluator, FeelError
from engine.models.deployments import Definition
from engine.models.instances import MessageStart, SignalStart, TimerStart
from engine.runtime import Runtime

_HEARD: dict[str, type[MessageStart] | type[SignalStart]] = {"message": MessageStart, "signal": SignalStart}


def schedule(runtime: Runtime, session: Session, definition: Definition, process: Process) -> None:
    """Let a new version take over from the one before: its own timers, messages and signals start cases from now on."""
    for table in (TimerStart, MessageStart, SignalStart):
        session.execute(sa.delete(table).where(table.process_id == process.id))
    now = runtime.clock.now()
    for start in process.starts:
        if start.event is None:
            continue
        if start.kind == "timer":
            text = _text(runtime, start.event.value or "")
            first = _next(_set(start.event.timer_kind or "", text, now), now)
            if first is None:
                continue
            session.add(
                TimerStart(
                    process_id=process.id,
                    element=start.element_id,
                    definition_key=definition.key,
                    due=first.due,
                    every=first.every,
                    left=first.left,
                )
            )
        elif start.kind in _HEARD:
            name = _text(runtime, start.event.name or "")
            session.add(
                _HEARD[start.kind](
                    process_id=process.id, element=start.element_id, definition_key=definition.key, name=name
                )
            )


def can_start(evaluator: Evaluator, start: StartEvent) -> bool:
    """Whether what a start event waits for can be told without a case's variables."""
    event, now = start.event, datetime.now(UTC)
    try:
        if event is not None and start.kind == "timer":
            _set(event.timer_kind or "", str(_value(evaluator, event.value or "", now)), now)
        elif event is not None and start.kind in _HEARD:
            return isinstance(_value(evaluator, event.name or "", now), str)
    except (FeelError, DrawingFailed):
        return False
    return True


def _set(kind: str, text: str, now: datetime) -> timers.Schedule:
    try:
        return timers.schedule(kind, text, now)
    except ValueError as error:
        raise DrawingFailed("bad_timer", setting=text) from error


def _next(set_for: timers.Schedule, now: datetime) -> timers.Schedule | None:
    """The first firing that is not past; None where all are.

    A cycle that began years ago must not begin a case for each time since, nor each redraw do so again. A single date that
    is past still fires, at once.
    """
    first: timers.Schedule | None = set_for
    while first is not None and first.every is not None and first.due < now:
        first = timers.following(first.due, first.every, first.left)
    return first


def _text(runtime: Runtime, setting: str) -> str:
    """A setting of a start event: no case exists yet, so an expression sees no variables."""
    return str(_value(runtime.evaluator, setting, runtime.clock.now()))


def _value(evaluator: Evaluator, setting: str, now: datetime) -> Any:
    return evaluator.evaluate(setting[1:].strip(), {}, now) if setting.startswith("=") else setting
