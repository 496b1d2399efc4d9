"""Parallel multi-instance: an activity once for each item of a list.

The activity's flows lead to a body; each item has a member of the activity's own spec, named `…*`, inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.dialect.failures import DrawingFailed
from engine.dialect.model import Loop
from engine.dialect.node import Node, ProcessSpec, Token

if TYPE_CHECKING:
    from engine.machine import Machine

MEMBER = "*"


class MultiInstance(Node):
    """The body. Members see their item and `loopCounter`; results are collected in the order of the items."""

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
        collection = self.loop.input_collection or ""
        items = machine.evaluate(collection, token.id)
        if not isinstance(items, list):
            raise DrawingFailed("not_a_list", setting=collection, value=items)
        if self.loop.output_collection:
            machine.scopes.set(token.id, self.loop.output_collection, [None] * len(items))
        for index, item in enumerate(items):
            member = machine.place(self.member, token, index=index)
            machine.scopes.update(self._local(item, index), member.id)
        return not items

    def _local(self, item: Any, index: int) -> dict[str, Any]:
        local: dict[str, Any] = {"loopCounter": index + 1}
        if self.loop.input_element:
            local[self.loop.input_element] = item
        made = (self.loop.output_element or "").removeprefix("=").strip()
        if made.isidentifier() and made not in local:
            local[made] = None  # Zeebe: what is collected stays the member's own
        return local

    def child_leaves(self, machine: Machine, scope: Token, token: Token) -> None:
        name, source = self.loop.output_collection, self.loop.output_element
        if name and source:
            collected = list(machine.scopes.own(scope.id, {name})[name])
            collected[token.internal_data["index"]] = machine.evaluate(source, token.id)
            machine.scopes.set(scope.id, name, collected)

    def child_gone(self, machine: Machine, scope: Token, end: str) -> None:
        if not scope.children:
            machine.ready(scope)

    def finish(self, machine: Machine, token: Token, result: Mapping[str, Any]) -> None:
        if self.loop.output_collection:
            machine.scopes.propagate(
                token.parent.id, machine.scopes.own(token.id, {self.loop.output_collection})
            )
