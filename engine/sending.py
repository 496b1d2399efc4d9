"""What a drawing tells other cases: signals, and messages by a send or service task of type `message.publish`.

Such a task's inputs are `name`, `correlation_key`, `variables` (a context) and `time_to_live` (an ISO 8601 duration: how
long the message is kept for a case that does not wait yet). All goes out when the step is written, in the step's own
transaction: a step that fails or is done again has told nobody, and what is told is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.dialect.timers import parse_duration
from engine.errors import Refusal

if TYPE_CHECKING:
    from engine.step import Step

TYPE = "message.publish"


class BadMessage(Refusal):
    """A message that names nothing, or whose variables are no context."""

    status, code = 422, "bad_message"
    message = "要发的消息缺少 {missing}。"
    mend = "请管理员改正图纸中的输入映射。"


def publish(step: Step, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Tell every process that waits for the message, or begins by it, as soon as the step is written. BadMessage."""
    from engine import messages  # it runs steps itself, so it cannot be imported before them

    name, variables = inputs.get("name"), inputs.get("variables")
    if not isinstance(name, str) or not name:
        raise BadMessage(missing="name")
    if not isinstance(variables, Mapping):
        raise BadMessage(missing="variables")
    try:
        kept_for = parse_duration(str(inputs.get("time_to_live") or "PT0S")).after(step.now) - step.now
    except ValueError as error:
        raise BadMessage(missing="time_to_live") from error
    key = str(inputs.get("correlation_key") or "")
    publish = partial(messages.publish, ttl=kept_for)
    step.afterwards.append(
        partial(publish, step.runtime, step.session, name, key, dict(variables), step.actor)
    )
    return {}


def signal(step: Step, name: str, variables: Mapping[str, Any]) -> None:
    """A drawing throws a signal: the instances of its step hear it now, all others when the step is written."""
    from engine import signals  # as above

    for run in list(step.runs.values()):
        if run is not step.going and run.state == "active" and run.machine.hear(name, variables):
            step.advance(run)
    broadcast = partial(signals.broadcast, heard=frozenset(step.runs))
    step.afterwards.append(partial(broadcast, step.runtime, step.session, name, dict(variables), step.actor))
