"""What every element's spec has in common: SpiffWorkflow's task spec, made to work on tokens.

SpiffWorkflow calls the hooks (`_run_hook`, `_on_complete_hook`) as its tasks go from READY to COMPLETED. The stock specs
predict future tasks, copy data down the tree and count joins by ancestry; that is wrong in loops and grows with each
pass. Here a task is a token: it lies directly in its scope's task, nothing is predicted, and what is over is removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState

from engine import direct
from engine.dialect.failures import DrawingFailed
from engine.dialect.model import Element, Flow

if TYPE_CHECKING:
    from engine.dialect.events import Catching
    from engine.machine import Machine

Token = Any
"""A SpiffWorkflow task: `id` names the token, `task_spec` the element, `parent` the scope that it lies in."""


@dataclass(frozen=True, slots=True)
class Way:
    """A flow that leaves an element, and the spec that it leads to."""

    flow: Flow
    target: Node


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
    """The specs of one process. Subprocesses lie flat in it: their tokens hang in the subprocess's token.

    SpiffWorkflow's own start, end and join specs are left out: their fixed names collide with element ids.
    """

    def __init__(self, name: str, description: str, filename: str) -> None:
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.description = description
        self.start: Container
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.inclusive_joins = False
        self.conditionals = False


class Node(BpmnSpecMixin):  # type: ignore[misc]
    """An element that tokens pass. As it is, it lets them through (BPMN's plain and manual task)."""

    waits_as: str | None = None
    """The kind of `Wait` that a token here is, None for what runs by itself."""

    def __init__(self, wf_spec: ProcessSpec, name: str, *, element: Element, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.bpmn_id = element.id
        self.element = element
        self.arriving: list[str] = []
        self.leaving: list[Way] = []
        self.boundaries: list[Catching] = []
        self.conditions_read: frozenset[str] = frozenset()
        self.inputs_read = direct.words(source for _, source in element.mappings.inputs)
        self.outputs_read = direct.words(source for _, source in element.mappings.outputs)

    # -- what families override

    def enter(self, machine: Machine, token: Token) -> bool:
        """Do the element's work. True: done, go on; False: the token waits here."""
        return True

    def arrive(self, machine: Machine, flow: Flow, scope: Token) -> None:
        """A token comes along `flow`."""
        machine.place(self, scope, via=flow.id)

    def accept(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """What of an outer result is taken over."""
        return result

    def finish(self, machine: Machine, token: Token, result: Mapping[str, Any]) -> None:
        """Write a result to the scopes: by the output mappings, or to where the names are known."""
        machine.map_outputs(token, result)

    def ways(self, machine: Machine, token: Token) -> list[Way]:
        """The flows to leave by: all, but for those whose condition is false; the default if no condition is true."""
        if not any(way.flow.condition for way in self.leaving):
            return self.leaving
        default = self.element.default_flow
        machine.scopes.view(token.parent.id).pick(self.conditions_read)
        taken = [way for way in self.leaving if way.flow.id != default and _open(machine, way, token)]
        if not any(way.flow.condition for way in taken):
            taken += [way for way in self.leaving if way.flow.id == default]
        if not taken:
            raise DrawingFailed("no_way")
        return taken

    def child_leaves(self, machine: Machine, scope: Token, token: Token) -> None:
        """A token directly in this scope is about to leave its element; its variables are still there."""

    def child_gone(self, machine: Machine, scope: Token, end: str) -> None:
        """A token directly in this scope went and nothing follows it; `end` is the end event that it came to."""

    # -- SpiffWorkflow's hooks

    def _predict_hook(self, my_task: Token) -> None:
        """Nothing is predicted: a token's way is known when it is taken."""

    def _run_hook(self, my_task: Token) -> bool | None:
        machine: Machine = my_task.workflow.machine
        if my_task.internal_data.get("skipped"):
            return True
        if my_task.internal_data.pop("answered", False):
            self.finish(machine, my_task, machine.take_answer(my_task))
            return True
        machine.map_inputs(my_task)
        if self.enter(machine, my_task):
            return True
        machine.watch_boundaries(my_task)
        return None

    def _on_complete_hook(self, my_task: Token) -> None:
        my_task.workflow.machine.leave(my_task)


def holds(machine: Machine, condition: str, scope: str) -> bool:
    """Whether a condition is true; DrawingFailed for what is neither true nor false."""
    value = machine.feel(condition, scope)
    if not isinstance(value, bool):
        raise DrawingFailed("not_boolean", setting=condition, value=value)
    return value


def _open(machine: Machine, way: Way, token: Token) -> bool:
    return way.flow.condition is None or holds(machine, way.flow.condition, token.parent.id)


class Container(Node):
    """A scope with elements in it: the process itself, an embedded or an event subprocess.

    `first` is the start event that a token begins at; `listeners` are the start events of the event subprocesses.
    """

    def __init__(self, wf_spec: ProcessSpec, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.first: Node | None = None
        self.listeners: list[Catching] = []

    def enter(self, machine: Machine, token: Token) -> bool:
        machine.listen(token)
        way: list[str] = token.internal_data.pop("start", None) or []
        if way:
            inner = machine.place(machine.spec_of(way[0]), token)
            if way[1:]:
                inner.internal_data["start"] = way[1:]
        elif self.first is not None:
            machine.place(self.first, token)
        return not token.children

    def child_gone(self, machine: Machine, scope: Token, end: str) -> None:
        if busy(scope):
            return
        if scope.parent is None:
            machine.end(end)
        else:
            scope.internal_data["end"] = end
            machine.ready(scope)


def busy(scope: Token) -> list[Token]:
    """The tokens in a scope that keep it from its end."""
    return [child for child in scope.children if not is_listening(child)]


def is_listening(token: Token) -> bool:
    """Whether a token keeps its scope from nothing: it would start an event subprocess, or undo what is done."""
    return bool(token.state == TaskState.WAITING and token.internal_data.get("listens"))
