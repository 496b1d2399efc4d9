"""An activity done several times: for each item of a list, so many times, or while a condition is true.

The activity's flows lead to a body; each time has a member of the activity's own spec, named `…*`, inside it. All members
are there at once, or one after the other. What a loop goes over is asked anew for each further member, as in Zeebe: no
data lies in tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.dialect.failures import DrawingFailed
from engine.dialect.model import Loop
from engine.dialect.node import Node, ProcessSpec, Token, busy, holds

if TYPE_CHECKING:
    from engine.machine import Machine

MEMBER = "*"
MOST_MEMBERS = 10_000
"""Members that may be there at once."""


class MultiInstance(Node):
    """The body. Members see their item and `loopCounter`; results are collected in the order of the items.

    It notes how many members there are to be (`of`) and how many are `done`.
    """

    def __init__(self, wf_spec: ProcessSpec, name: str, *, loop: Loop, member: Node, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.loop = loop
        self.member = member

    def _run_hook(self, my_task: Token) -> bool | None:
        """Input mappings belong to each member, not to the body."""
        machine: Machine = my_task.workflow.machine
        if not my_task.internal_data.pop("answered", False) and not self.enter(machine, my_task):
            machine.watch_boundaries(my_task)
            return None
        self.finish(machine, my_task, {})
        return True

    def enter(self, machine: Machine, token: Token) -> bool:
        items = self._items(machine, token)
        if self.loop.output_collection:
            machine.scopes.set(token.id, self.loop.output_collection, [None] * len(items))
        if self._counts():
            token.internal_data.update(of=len(items), done=0)
        for index in range(1 if self.loop.sequential and items else len(items)):
            self._begin(machine, token, items, index)
        return not items

    def _counts(self) -> bool:
        return self.loop.sequential or self.loop.completion_condition is not None

    def _items(self, machine: Machine, token: Token) -> list[Any]:
        collection = self.loop.input_collection
        if collection is None:
            count = machine.whole_number(self.loop.cardinality or "1", token.id)
            if not 0 <= count <= MOST_MEMBERS:
                raise DrawingFailed("bad_count", setting=self.loop.cardinality, most=MOST_MEMBERS)
            return [None] * count
        items = machine.evaluate(collection, token.id)
        if not isinstance(items, list):
            raise DrawingFailed("not_a_list", setting=collection, value=items)
        return items

    def _begin(self, machine: Machine, token: Token, items: list[Any], index: int) -> None:
        member = machine.place(self.member, token, index=index)
        machine.scopes.update(self._local(items[index], index), member.id)

    def _local(self, item: Any, index: int) -> dict[str, Any]:
        local: dict[str, Any] = {"loopCounter": index + 1}
        if self.loop.input_element:
            local[self.loop.input_element] = item
        made = (self.loop.output_element or "").removeprefix("=").strip()
        if made.isidentifier() and made not in local:
            local[made] = None  # Zeebe: what is collected stays the member's own
        return local

    def child_leaves(self, machine: Machine, scope: Token, token: Token) -> None:
        self._collect(machine, scope, token)
        if not self._counts():
            return
        noted = scope.internal_data
        noted["done"] += 1
        if self.loop.completion_condition and self._complete(machine, scope, token):
            noted["of"] = noted["done"]
            for other in busy(scope):
                if other is not token:
                    machine.remove(other)

    def _collect(self, machine: Machine, scope: Token, token: Token) -> None:
        name, source = self.loop.output_collection, self.loop.output_element
        if name and source:
            collected, index = list(machine.scopes.own(scope.id, {name})[name]), token.internal_data["index"]
            collected += [None] * (index + 1 - len(collected))
            collected[index] = machine.evaluate(source, token.id)
            machine.scopes.set(scope.id, name, collected)

    def _complete(self, machine: Machine, scope: Token, token: Token) -> bool:
        """Whether the member that just ended, which sees how many there are, ends the whole."""
        noted = scope.internal_data
        active = len(busy(scope)) - 1
        told = {"Instances": noted["of"], "ActiveInstances": active, "CompletedInstances": noted["done"]}
        counts = {f"numberOf{what}": count for what, count in told.items()}
        machine.scopes.update({**counts, "numberOfTerminatedInstances": 0}, token.id)
        return holds(machine, (self.loop.completion_condition or "").removeprefix("=").strip(), token.id)

    def child_gone(self, machine: Machine, scope: Token, end: str) -> None:
        if busy(scope):
            return
        if self.loop.sequential and scope.internal_data["done"] < scope.internal_data["of"]:
            items = self._items(machine, scope)
            if scope.internal_data["done"] < len(items):
                self._begin(machine, scope, items, scope.internal_data["done"])
                return
        machine.ready(scope)

    def finish(self, machine: Machine, token: Token, result: Mapping[str, Any]) -> None:
        if self.loop.output_collection:
            machine.scopes.propagate(
                token.parent.id, machine.scopes.own(token.id, {self.loop.output_collection})
            )


class StandardLoop(MultiInstance):
    """The body of an activity with BPMN's loop mark: again while its condition is true."""

    def enter(self, machine: Machine, token: Token) -> bool:
        token.internal_data["done"] = 0
        if self.loop.tests_first and not self._again(machine, token):
            return True
        self._begin(machine, token, [None], 0)
        return False

    def _again(self, machine: Machine, token: Token) -> bool:
        if self.loop.most is not None and token.internal_data["done"] >= int(self.loop.most):
            return False
        if self.loop.again is None:
            return True
        return holds(machine, self.loop.again.removeprefix("=").strip(), token.id)

    def child_leaves(self, machine: Machine, scope: Token, token: Token) -> None:
        scope.internal_data["done"] += 1

    def child_gone(self, machine: Machine, scope: Token, end: str) -> None:
        if busy(scope):
            return
        if self._again(machine, scope):
            done = scope.internal_data["done"]
            self._begin(machine, scope, [None] * (done + 1), done)
        else:
            machine.ready(scope)
