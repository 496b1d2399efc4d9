"""One instance in memory: tokens on a drawing, moved one automatic step at a time.

SpiffWorkflow's workflow holds the tokens (its tasks) and runs them; the specs of `engine.dialect` say what an element
does. Every token lies directly in the token of its scope (process, subprocess, multi-instance body), what is over is
removed at once, and variables live in `engine.scopes`: so an instance costs in round 500 what it cost in round 1.
Nothing in here is executed by Python: expressions go to the host, and SpiffWorkflow's script engine refuses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import direct, state
from engine.dialect.failures import DrawingFailed
from engine.dialect.gateways import InclusiveGateway
from engine.dialect.model import Event, Process
from engine.dialect.node import Container, Node, Token
from engine.dialect.subprocesses import EventSubprocess
from engine.exchange import Change, Host, NotAStart, NotWaiting, StepFailed, Uncaught, Wait
from engine.scopes import ROOT, Scopes, with_entry
from engine.unreachable import NO_PYTHON

if TYPE_CHECKING:
    from engine.dialect.events import Catching

__all__ = ["Change", "Host", "Machine", "NotAStart", "NotWaiting", "StepFailed", "Uncaught", "Wait"]

MOST_STEPS = 10_000
"""Automatic steps in one go after which a drawing is taken to run in circles."""


class Tree(BpmnWorkflow):  # type: ignore[misc]
    """SpiffWorkflow's workflow as a holder of tokens; it neither predicts nor polls."""

    def __init__(self, process: Process, machine: Machine) -> None:
        self.machine = machine
        super().__init__(process.spec, script_engine=NO_PYTHON, deserializing=True)

    def _task_completed_notify(self, task: Task) -> None:
        """Other tokens do not care: what they wait for is told to them."""


class Machine:
    """One running instance. Made by `start` or `load`, moved by events and `run`, stored by `dump`."""

    def __init__(self, process: Process, host: Host, scopes: Scopes) -> None:
        self.process = process
        self.host = host
        self.scopes = scopes
        self.tree = Tree(process, self)
        self.queue: deque[Token] = deque()
        self.changes: list[Change] = []
        self.uncaught: list[Uncaught] = []
        self.ended: str | None = None
        self.doubtful = False
        """A conditional event was armed, and its condition not looked at yet."""
        self._looked = scopes.writes
        self.next_token = state.FIRST_TOKEN
        self.steps = 0

    @classmethod
    def start(cls, process: Process, host: Host, scopes: Scopes, start_event: str | None = None) -> Machine:
        """A new instance that will begin at `start_event`: a start event or any other element of the process,
        whose subprocesses are then entered with it. None: the plain start event, else the only one. Variables are
        given by `scopes.update(…)`. NotAStart.
        """
        machine = cls(process, host, scopes)
        machine._root(TaskState.READY, start=machine._way_to(start_event))
        machine.queue.append(machine.tree.task_tree)
        return machine

    @classmethod
    def load(cls, process: Process, host: Host, scopes: Scopes, stored: Mapping[str, Any]) -> Machine:
        """An instance as `dump` left it."""
        machine = cls(process, host, scopes)
        scopes.restore()
        state.load(machine, stored)
        return machine

    def dump(self) -> dict[str, Any]:
        """The tokens as JSON: small, readable, without user data."""
        return state.dump(self)

    # -- what comes from outside

    def complete(self, token: str, result: Mapping[str, Any]) -> None:
        """Answer a user task, a job or a called instance. NotWaiting."""
        task = self._waiting(token, "user_task", "job", "call")
        self.answer(task, task.task_spec.accept(result))

    def fire(self, token: str) -> None:
        """A timer is due. NotWaiting."""
        self._waiting(token, "timer").task_spec.caught(self, self.tree.tasks[token], {})

    def deliver(self, token: str, variables: Mapping[str, Any]) -> None:
        """A message or signal came; it may start an event subprocess. NotWaiting."""
        self._waiting(token, "message", "signal").task_spec.caught(self, self.tree.tasks[token], variables)

    def hear(self, name: str, variables: Mapping[str, Any]) -> bool:
        """A signal was thrown: everything that waits for it catches it. False: nothing does."""
        heard = False
        for task in [task for task in self.tree.tasks.values() if self._kind(task) == "signal"]:
            if task.id in self.tree.tasks:
                spec: Catching = task.task_spec
                if self.text(spec.event.name or "", spec.scope_of(task)) == name:
                    spec.caught(self, task, variables)
                    heard = True
        return heard

    def throw_error(self, token: str, code: str, message: str, variables: Mapping[str, Any]) -> bool:
        """Throw a BPMN error at a waiting token. False: nobody catches it, and nothing changed. NotWaiting."""
        return self.throw("error", code, self._waiting(token, "user_task", "job", "call"), variables, message)

    def throw_escalation(self, token: str, code: str, variables: Mapping[str, Any]) -> bool:
        """Throw an escalation at a waiting token. False: nobody catches it, and nothing changed. NotWaiting."""
        return self.throw("escalation", code, self._waiting(token, "user_task", "job", "call"), variables)

    def run(self, stop_before: int | None = None, skip: Collection[str] = ()) -> None:
        """Take automatic steps until all tokens wait, or until `stop_before` steps were taken since the machine was
        made: then the state just before that step can be stored. Tokens of `skip` stay where they are (they have an
        incident) while the others go on. StepFailed.
        """
        skipped: list[Token] = []
        self._look_at_conditions(skip)
        while (self.queue or self._settle()) and self.steps != stop_before:
            token = self.queue.popleft()
            if token.id not in self.tree.tasks:
                continue
            if token.id in skip:
                skipped.append(token)
                continue
            try:
                if self.steps >= MOST_STEPS:
                    raise DrawingFailed("circles", steps=MOST_STEPS)
                token.run()
            except Exception as cause:
                raise StepFailed(self.steps, token.task_spec.bpmn_id, token.id, cause) from cause
            self.steps += 1
            self._look_at_conditions(skip)
        self.queue.extendleft(token for token in reversed(skipped) if token.id in self.tree.tasks)

    def cancel(self) -> None:
        """End the instance where it stands."""
        root = self.tree.task_tree
        for child in root.children:
            self.remove(child)
        root._set_state(TaskState.CANCELLED)
        self.tell("cancelled", root)
        self.queue.clear()

    def holds(self, token: str) -> bool:
        """Whether the token is still there."""
        return token in self.tree.tasks

    def waits(self) -> list[Wait]:
        """What each token waits for, in the order of their coming."""
        return [self._wait(task) for task in self.tree.tasks.values() if self._kind(task)]

    # -- tokens, for the specs

    def spec_of(self, name: str) -> Node:
        """The spec of an element."""
        spec: Node = self.process.spec.task_specs[name]
        return spec

    def place(self, spec: Node, scope: Token, *, via: str | None = None, **notes: Any) -> Token:
        """Put a token on an element; it runs in its turn. Notes are stored with it."""
        token = self._token(spec, scope, TaskState.READY, notes)
        self.queue.append(token)
        self.tell("entered", token, {"via": via} if via else {})
        return token

    def park(self, spec: Node, scope: Token, **notes: Any) -> Token:
        """Put a token that only waits: a subscription, or an arrival at a join."""
        return self._token(spec, scope, TaskState.WAITING, notes)

    def ready(self, token: Token) -> None:
        """Let a waiting token finish in its turn, with what answer it has."""
        token.internal_data["answered"] = True
        token.internal_data.pop("wait", None)
        token._set_state(TaskState.READY)
        self.queue.append(token)

    def keep(self, token: Token, result: Mapping[str, Any]) -> None:
        """Keep a result with the token until it finishes. It is stored with the instance if a step fails."""
        if result:
            self.scopes.open(token.id + state.ANSWER, token.id)
            self.scopes.update(result, token.id + state.ANSWER)

    def answer(self, token: Token, result: Mapping[str, Any]) -> None:
        """Let a waiting token finish in its turn, with this result."""
        self.keep(token, result)
        self.ready(token)

    def skip(self, token: str, written: Mapping[str, Any]) -> None:
        """Let what stands before its element, or waits as a job, finish in its turn as if done, with these variables written."""
        task = self.tree.tasks.get(token)
        if task is None or (task.state != TaskState.READY and self._kind(task) != "job"):
            raise NotWaiting(token)
        self.scopes.propagate(task.parent.id, written)
        task.internal_data["skipped"] = True
        self.ready(task)

    def begin_again(self, token: str) -> None:
        """Let what waits as a job enter its element anew, with its variables as they are now. NotWaiting."""
        task = self._waiting(token, "job")
        for other in task.parent.children:
            if other.internal_data.get("host") == token:
                self.forget(other)
        task._set_state(TaskState.READY)
        self.queue.append(task)

    def put_back(self, token: str, element_id: str) -> None:
        """Take a token, with all that lies in it and all that races it, away, and begin `element_id` in its scope. NotWaiting."""
        task = self.tree.tasks.get(token)
        if task is None:
            raise NotWaiting(token)
        scope, race = task.parent, task.internal_data.get("race")
        rivals = [each for each in scope.children if race and each.internal_data.get("race") == race]
        for each in rivals or [task]:
            self.remove(each)
        self.place(self.spec_of(element_id), scope)

    def take_answer(self, token: Token) -> dict[str, Any]:
        """The result kept with a token, taken away from it."""
        scope = token.id + state.ANSWER
        result = self.scopes.own(scope) if self.scopes.holds(scope) else {}
        self.scopes.drop(scope)
        return result

    def leave(self, token: Token) -> None:
        """A token's element is done: it goes on along the flows, or its scope may be done too."""
        if token.id not in self.tree.tasks:
            return  # what it threw cancelled it
        spec, scope = token.task_spec, token.parent
        ways = token.internal_data.pop("ways", None)
        if ways is None:
            ways = spec.ways(self, token)
        scope.task_spec.child_leaves(self, scope, token)
        self.tell("completed", token)
        thrower = token.internal_data.get("for")
        if thrower is not None:
            self.forget(token)
            self._go_on_undoing(thrower)
            return
        self._remember(token, scope)
        self.forget(token)
        for way in ways:
            way.target.arrive(self, way.flow, scope)
        if not ways:
            scope.task_spec.child_gone(self, scope, token.internal_data.get("end", spec.bpmn_id))

    def remove(self, token: Token) -> None:
        """Cancel a token and all that lies in it; no matter if it is gone already."""
        if token.id not in self.tree.tasks:
            return
        for child in token.children:
            self.remove(child)
        if token.state != TaskState.WAITING:
            self.tell("cancelled", token)
        self.forget(token)

    def end(self, element_id: str) -> None:
        """No token is left: the instance is over, by this end event."""
        root = self.tree.task_tree
        for child in root.children:
            self.remove(child)
        root._set_state(TaskState.COMPLETED)
        self.tell("completed", root)
        self.queue.clear()
        self.tree.completed = True
        self.ended = element_id

    # -- events

    def listen(self, scope: Token) -> None:
        """Wait for what starts the event subprocesses of a scope that was just entered."""
        for start in scope.task_spec.listeners:
            if start.waits_as:
                start.arm(self, self.park(start, scope, listens=True), scope.id)

    def watch_boundaries(self, token: Token) -> None:
        """Wait for what the events on the boundary of an activity that now waits wait for."""
        if token.id not in self.tree.tasks:
            return
        for event in token.task_spec.boundaries:
            if event.waits_as:
                event.arm(self, self.park(event, token.parent, host=token.id), token.id)

    def throw(
        self, kind: str, code: str, token: Token, variables: Mapping[str, Any], message: str = ""
    ) -> bool:
        """Look outwards from a token for who catches an error or escalation, and let him."""
        at: Token | None = token
        while at is not None:
            catcher = self._catcher(at, kind, code)
            if catcher is not None:
                self.tell(kind, token, {"code": code, "message": message, "caught": catcher.bpmn_id})
                catcher.trigger(self, at, variables)
                return True
            at = at.parent
        return False

    def throw_from(self, kind: str, token: Token, event: Event) -> None:
        """A throw or end event is reached. An error that nobody catches ends the instance."""
        code = event.name or ""
        if self.throw(kind, code, token, {}):
            return
        self.tell(kind, token, {"code": code, "caught": None})
        self.uncaught.append(Uncaught(kind, code, "", token.task_spec.bpmn_id, self.steps))
        if kind == "error":
            self.end(token.task_spec.bpmn_id)

    def throw_signal(self, name: str, variables: Mapping[str, Any]) -> None:
        """A throw or end event is reached: this instance hears the signal at once, all others by the host."""
        self.hear(name, variables)
        self.host.signal(name, variables)

    def _look_at_conditions(self, skip: Collection[str]) -> None:
        """Let conditional events happen whose condition has become true, when it may have."""
        if not self.process.spec.conditionals or not (self.doubtful or self._looked != self.scopes.writes):
            return
        self._looked, self.doubtful = self.scopes.writes, False
        for task in [task for task in self.tree.tasks.values() if self._kind(task) == "conditional"]:
            if task.id not in self.tree.tasks or task.id in skip:
                continue
            try:
                if task.task_spec.is_true(self, task):
                    task.task_spec.caught(self, task, {})
            except Exception as cause:
                raise StepFailed(self.steps, task.task_spec.bpmn_id, task.id, cause) from cause

    # -- undoing what is done

    def undo_next(self, thrower: Token) -> bool:
        """Begin to undo what was done last of that which `thrower` tells to undo. False: there is nothing (more)."""
        scope = thrower.parent
        while isinstance(scope.task_spec, EventSubprocess):
            scope = scope.parent
        wanted = thrower.task_spec.element.event.reference
        for done in reversed(scope.children):
            inside = done.internal_data.get("undo")
            if inside is not None and (wanted is None or wanted in inside):
                handler = done.task_spec.handler
                self.forget(done)
                self.place(handler, scope, **{"for": thrower.id})
                return True
        return False

    def _remember(self, token: Token, scope: Token) -> None:
        """What is done can be undone by its handler; a subprocess without one by those of what was done in it."""
        spec = token.task_spec
        for event in spec.boundaries:
            if event.handler is not None:
                self.park(event, scope, listens=True, undo=[spec.bpmn_id])
                return
        for done in token.children:
            if inside := done.internal_data.get("undo"):
                self.park(done.task_spec, scope, listens=True, undo=[*inside, spec.bpmn_id])

    def _go_on_undoing(self, thrower_id: str) -> None:
        thrower = self.tree.tasks.get(thrower_id)
        if thrower is not None and not self.undo_next(thrower):
            self.ready(thrower)

    def _catcher(self, at: Token, kind: str, code: str) -> Catching | None:
        """Who on the boundary or among the event subprocesses of `at` catches the code; the exact code goes first."""
        spec = at.task_spec
        events = list(spec.boundaries)
        if isinstance(spec, Container) and not at.internal_data.get("interrupted"):
            events = spec.listeners + events
        fitting = [e for e in events if e.element.event.kind == kind and e.element.event.name in (code, None)]
        return min(fitting, key=lambda e: e.element.event.name is None, default=None)

    # -- variables

    def evaluate(self, text: str, scope: str) -> Any:
        """A drawing's setting: `=` leads a FEEL expression, anything else is text as it stands."""
        if not text.startswith("="):
            return text
        return self.feel(text[1:].strip(), scope)

    def feel(self, expression: str, scope: str) -> Any:
        """The value of a FEEL expression over the variables in sight."""
        view = self.scopes.view(scope)
        value = direct.evaluate(expression, view)
        return self.host.evaluate(expression, view) if value is direct.ABSENT else value

    def text(self, setting: str, scope: str) -> str:
        """A setting that must come out as text."""
        value = self.evaluate(setting, scope)
        if not isinstance(value, str):
            raise DrawingFailed("not_text", setting=setting, value=value)
        return value

    def whole_number(self, setting: str, scope: str) -> int:
        """A setting that must come out as a whole number."""
        value = self.evaluate(setting, scope)
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise DrawingFailed("not_a_number", setting=setting, value=value) from error

    def map_inputs(self, token: Token) -> None:
        """Make the element's local variables. Each mapping sees those before it."""
        spec = token.task_spec
        self.scopes.view(token.id).pick(spec.inputs_read)
        for target, source in spec.element.mappings.inputs:
            self._assign(token.id, target, self.evaluate(source, token.id))

    def map_outputs(self, token: Token, result: Mapping[str, Any]) -> None:
        """Write a result outwards: what the output mappings make of it, or as it is where there are none."""
        spec = token.task_spec
        outputs = spec.element.mappings.outputs
        if not outputs:
            self.scopes.propagate(token.id, result)
            return
        self.scopes.update(result, token.id)
        self.scopes.view(token.id).pick(spec.outputs_read)
        for target, source in outputs:
            self._assign(token.id, target, self.evaluate(source, token.id))
        names = {target.split(".")[0] for target, _ in outputs}
        self.scopes.propagate(token.parent.id, self.scopes.own(token.id, names))

    def _assign(self, scope: str, target: str, value: Any) -> None:
        """Set a variable or, by a dotted target, an entry in one."""
        name, *path = target.split(".")
        if path:
            value = with_entry(self.scopes.view(scope).pick({name}).get(name), path, value)
        self.scopes.set(scope, name, value)

    # -- below

    def _settle(self) -> bool:
        """Everything waits: let the first inclusive join to which nothing more can come go on."""
        if not self.process.spec.inclusive_joins:
            return False
        waiting = {
            (t.task_spec.name, t._parent): t for t in self.tree.tasks.values() if "via" in t.internal_data
        }
        joins = [t for t in waiting.values() if isinstance(t.task_spec, InclusiveGateway)]
        return any(token.task_spec.settle(self, token.parent) for token in joins)

    def _root(self, task_state: int, **notes: Any) -> None:
        root = Task(self.tree, self.process.spec.start, state=task_state, id=ROOT)
        root.internal_data.update({key: value for key, value in notes.items() if value})
        self.tree.task_tree = root

    def _way_to(self, element_id: str | None) -> list[str]:
        """The elements to enter from the process down to the one to begin at."""
        if element_id is None:
            if self.process.spec.start.first is None:
                raise NotAStart(self.process.id)
            return [self.process.spec.start.first.bpmn_id]
        way: list[str] = []
        at: str | None = element_id
        while at is not None and at != self.process.id:
            element = self.process.elements.get(at)
            if (
                element is None
                or element.attached_to
                or element.triggered_by_event
                or element.compensates
                or (way and element.loop)
            ):
                raise NotAStart(element_id)
            way.insert(0, at)
            at = element.parent
        return way

    def _token(self, spec: Node, scope: Token, task_state: int, notes: dict[str, Any]) -> Token:
        token = Task(self.tree, spec, scope, state=task_state, id=state.token_id(self.next_token))
        self.next_token += 1
        token.internal_data.update(notes)
        self.scopes.open(token.id, scope.id)
        return token

    def forget(self, token: Token) -> None:
        """Take a token out, with the subscriptions on its boundary and its variables."""
        if token.task_spec.boundaries:
            for other in token.parent.children:
                if other.internal_data.get("host") == token.id:
                    self.forget(other)
        self.tree._remove_task(token.id)
        self.scopes.drop(token.id + state.ANSWER)
        self.scopes.drop(token.id)

    def tell(self, kind: str, token: Token, data: Mapping[str, Any] | None = None) -> None:
        self.changes.append(Change(kind, token.task_spec.bpmn_id, token.id, self.host.now(), data or {}))

    def _kind(self, task: Token) -> str | None:
        if task.state == TaskState.READY:
            return None
        kind: str | None = task.task_spec.waits_as
        return kind

    def _waiting(self, token: str, *kinds: str) -> Token:
        task = self.tree.tasks.get(token)
        if task is None or self._kind(task) not in kinds:
            raise NotWaiting(token)
        return task

    def _wait(self, task: Token) -> Wait:
        data = task.internal_data.get("wait")
        due = task.internal_data.get("due")
        told = {**(data or {}), **({"due": datetime.fromisoformat(due)} if due else {})}
        return Wait(task.id, task.task_spec.waits_as, task.task_spec.bpmn_id, task.id, told, data is not None)
