"""What a running instance and the world around it tell each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from engine.scopes import View


class Host(Protocol):
    """What a running instance asks of the world. Whatever it raises fails the step."""

    def now(self) -> datetime: ...
    def evaluate(self, expression: str, names: View) -> Any: ...
    def decide(self, decision_id: str, binding: str, tag: str | None, names: View) -> Any: ...
    def operate(
        self, element_id: str, task_type: str, inputs: dict[str, Any], headers: dict[str, str]
    ) -> Mapping[str, Any] | None: ...
    def signal(self, name: str, variables: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Wait:
    """What a token waits for. `kind`: user_task, timer, message, signal, conditional, job or call.

    `data` is whole in the step in which the wait began (`is_new`); later only a timer's `due` is known, the rest is on
    the host's own rows. `scope` is where its variables are looked up from.
    """

    token: str
    kind: str
    element_id: str
    scope: str
    data: Mapping[str, Any]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened in this step, for the history.

    `kind`: entered (data: `via`, the flow taken), completed, cancelled, decided (data: what the decision told),
    error, escalation (data: `code`, `caught`).
    """

    kind: str
    element_id: str
    token: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


class Uncaught(NamedTuple):
    """An error or escalation that left the instance, for the one that called it. `step`: the run's step it came from."""

    kind: str
    code: str
    message: str
    element_id: str
    step: int


class StepFailed(Exception):
    """Automatic step `n` (counted since the machine was made) failed; the machine is no longer fit to be stored."""

    def __init__(self, n: int, element_id: str, token: str, cause: BaseException) -> None:
        super().__init__(f"step {n} at {element_id}: {cause}")
        self.n = n
        self.element_id = element_id
        self.token = token
        self.cause = cause


class NotWaiting(LookupError):
    """The token does not exist any more, or waits for something else."""


class NotAStart(LookupError):
    """The instance cannot begin at that element."""
