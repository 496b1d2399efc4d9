"""An instance as stored: its tokens, as small readable JSON.

    {"next": 1312, "tokens": [{"id": "10b", "at": "verify"}, {"id": "10c", "at": "too_late", "is": "watching",
     "due": "2026-03-01T01:00:00+00:00", "host": "10b"}]}

`at` is the element (`…*` one member of a multi-instance), `in` the token of its scope (absent: the process), `is` absent
for a token that waits at its element, else `ready` or `watching` (a subscription, an arrival at a join); `own` tells that
it has variables of its own, `kept` an answer not yet mapped. The rest is what the element noted. Variables are never in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.scopes import ROOT

if TYPE_CHECKING:
    from engine.dialect.node import Token
    from engine.machine import Machine

ANSWER = "!"
"""Appended to a token's id it names the scope of an answer that has not been mapped yet."""

FIRST_TOKEN = 36**2
"""Token numbers are written in base 36; from here they keep three digits for 45,360 tokens."""

_STATES = {TaskState.READY: "ready", TaskState.WAITING: "watching", TaskState.STARTED: None}
_NAMES = {name: value for value, name in _STATES.items()}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIELDS = {"id", "at", "in", "is", "own", "kept"}


def token_id(number: int) -> str:
    """A token's id from its number."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def dump(machine: Machine) -> dict[str, Any]:
    """The machine's tokens, those of a scope after the scope's own."""
    root = machine.tree.task_tree
    stored: dict[str, Any] = {"next": machine.next_token, "tokens": []}
    if root.state != TaskState.STARTED:
        stored["is"] = _STATES.get(root.state, "ended")
    if root.internal_data:
        stored["process"] = dict(root.internal_data)
    if root.state in _STATES:
        stored["tokens"] = [_dump(machine, task) for task in machine.tree.tasks.values() if task is not root]
    return stored


def _dump(machine: Machine, task: Token) -> dict[str, Any]:
    token: dict[str, Any] = {"id": task.id, "at": task.task_spec.name}
    if task._parent != ROOT:
        token["in"] = task._parent
    if _STATES[task.state]:
        token["is"] = _STATES[task.state]
    if machine.scopes.holds(task.id):
        token["own"] = True
    if machine.scopes.holds(task.id + ANSWER):
        token["kept"] = True
    token.update((key, value) for key, value in task.internal_data.items() if key != "wait")
    return token


def load(machine: Machine, stored: Mapping[str, Any]) -> None:
    """Put the tokens back into a fresh machine."""
    tree, specs, scopes = machine.tree, machine.process.spec.task_specs, machine.scopes
    machine.next_token = stored["next"]
    machine._root(_NAMES.get(stored.get("is"), TaskState.COMPLETED), **stored.get("process", {}))
    ready = [tree.task_tree] if tree.task_tree.state == TaskState.READY else []
    for token in stored["tokens"]:
        scope = tree.tasks[token.get("in", ROOT)]
        task = Task(tree, specs[token["at"]], scope, state=_NAMES[token.get("is")], id=token["id"])
        task.internal_data.update((key, value) for key, value in token.items() if key not in _FIELDS)
        scopes.open(task.id, scope.id, stored=token.get("own", False))
        if task.state == TaskState.READY:
            ready.append(task)
        if token.get("kept"):
            scopes.open(task.id + ANSWER, task.id, stored=True)
    machine.queue.extend(ready)
