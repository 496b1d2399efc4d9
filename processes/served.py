"""The table of operations by task type, how an operation gets into it, and what all of them do with their inputs."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from registry import households
from registry.errors import Impossible

Operation = Callable[[Session, dict[str, Any]], dict[str, Any]]


class BusinessError(Exception):
    """What a drawing may catch by an error boundary event of this `code`; uncaught, it is an incident with `message`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


OPERATIONS: dict[str, Operation] = {}


def operation(task_type: str) -> Callable[[Operation], Operation]:
    """Register a function as the operation of a task type; what the registry finds impossible is a business error."""

    def register(function: Operation) -> Operation:
        def call(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
            try:
                return function(session, inputs)
            except Impossible as refused:
                raise BusinessError(refused.code, str(refused)) from refused

        call.__doc__ = function.__doc__
        OPERATIONS[task_type] = call
        return call

    return register


def key_in(inputs: Mapping[str, Any], name: str) -> int:
    """A key that must be given, as the integer of its decimal string."""
    text = str(inputs.get(name) or "")
    if not text.isascii() or not text.isdigit():
        raise BusinessError(f"no_{name}", f"缺少 {name}。")
    return int(text)


def household_in(session: Session, inputs: Mapping[str, Any]) -> int:
    """The key of a household that is there."""
    return households.get(session, key_in(inputs, "household_key")).key
