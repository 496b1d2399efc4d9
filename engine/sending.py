"""What a drawing tells other cases: a send or service task of type `message.publish`.

Its inputs are `name`, `correlation_key` and `variables` (a context). The message goes out when the step is written, in the
step's own transaction: a step that fails or is done again has told nobody, and what is told is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

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
    key = str(inputs.get("correlation_key") or "")
    step.afterwards.append(
        partial(messages.publish, step.runtime, step.session, name, key, dict(variables), step.actor)
    )
    return {}
