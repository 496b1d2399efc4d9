"""One step of a case: everything that one event causes, in one transaction.

An event (an answer, a message, a due timer) moves a token of one instance; what follows may start called processes, end
them and so move their callers. A `Step` runs all of it in memory until everything waits, then `engine.records` writes
what changed. A step that fails half way is undone and done again without the element that failed: its token stays just
before it, with an incident, while all others go on; the clerk's answer is kept.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction

from engine import buffer, deployments, settings
from engine.dialect.model import Process
from engine.errors import Refusal
from engine.host import Host
from engine.keys import new_key
from engine.machine import Machine, StepFailed, Uncaught, Wait
from engine.models.deployments import Definition
from engine.models.instances import Instance, Message
from engine.replies import Reply
from engine.runtime import Runtime
from engine.scopes import ROOT, Scopes
from engine.values import GIVEN, Values

MOST_CALLS = 30
"""Called processes that may begin inside each other in one step: more is a drawing that calls itself."""

MOST_FAILURES = 50
"""Elements that may fail in one step before the step is given up."""


class CallsItself(Refusal):
    """A process that calls itself without end."""

    status, code = 422, "calls_itself"
    message = "流程“{process}”不断调用自身。"
    mend = "请管理员改正图纸。"


class EscapedError(Refusal):
    """A BPMN error that nobody catches."""

    status, code = 422, "escaped_error"
    message = "错误“{error}”没有边界事件接住：{detail}"
    mend = "请管理员改正图纸，或处理原因后重试。"


@dataclass(eq=False)
class Run:
    """An instance while a step moves it. `ordinal` numbers the step's instances in the order of their coming."""

    instance: Instance
    process: Process
    machine: Machine
    ordinal: int
    known: dict[str, Wait] = field(default_factory=dict)
    new: bool = False
    migrated: bool = False
    began_with: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0
    state: str = "active"
    given: frozenset[str] = frozenset()  # variables that are still as the caller gave them
    held: set[str] = field(default_factory=set)  # tokens that an incident keeps where they are
    was_stuck: bool = False
    told: int = 0  # how many of machine.uncaught were passed on

    def result(self) -> dict[str, Any]:
        """What a called instance gives back: what it made or changed.

        What it was given and left alone stays out, so that it cannot undo what its caller has changed meanwhile.
        """
        scopes = self.machine.scopes
        names = {name for scope, name, _ in scopes.changed if scope == ROOT} | self.instance.values.get(
            ROOT, {}
        ).keys()
        return scopes.own(ROOT, names - self.untouched())

    def untouched(self) -> frozenset[str]:
        """The names of variables that are still as the caller gave them."""
        changed = {name: value for scope, name, value in self.machine.scopes.changed if scope == ROOT}
        if self.new:
            return frozenset(name for name in self.given if changed.get(name) == self.began_with.get(name))
        return self.given - changed.keys()


class Failed(Exception):
    """An element failed: the step must be done again without it."""

    def __init__(self, run: Run, element: str, token: str, cause: BaseException) -> None:
        super().__init__(element)
        self.ordinal, self.element, self.token, self.cause = run.ordinal, element, token, cause


class Step:
    """The event's transaction in memory. `case` is the locked row of the root instance, None for a new case."""

    def __init__(
        self,
        runtime: Runtime,
        session: Session,
        actor: str,
        case: Instance | None,
        held: Mapping[int, set[str]],
    ) -> None:
        self.runtime, self.session, self.actor = runtime, session, actor
        self.now: datetime = session.info["step"]["at"]
        self.case = case
        self.runs: dict[int, Run] = {}
        self.going: Run | None = None
        """The instance that runs now."""
        self._held = held
        self._queue: list[Run] = []
        self._over: set[tuple[int, str]] = set()
        self._guard: SessionTransaction | None = None
        self.values = Values(session, case.key if case else 0)
        self.taken: list[Message] = []
        """Kept messages that this step consumed."""
        self.messages: set[tuple[str, str]] = set()
        """(name, correlation key) of which no message is kept."""
        self.decided: dict[int, tuple[int, dict[str, Any]]] = {}
        """By the id of each decision's result: the definition that was asked, and its inputs."""
        self.replies: list[Reply] = []
        """What operations told, in their order."""
        self.given: Mapping[str, Any] = {}
        """What the event brought along: the start's variables, a message's, a job's result."""
        self.began_at: str | None = None
        """The element at which a new case was told to begin."""
        self.afterwards: list[Callable[[], object]] = []
        """What other cases are told once this step is written."""

    # -- what an event does

    def load(self, instance: Instance) -> Run:
        """An instance as it is stored, ready to be moved."""
        if instance.key in self.runs:
            return self.runs[instance.key]
        process = deployments.process(self.session, instance.definition_key)
        scopes = Scopes(lambda scope, names: self.values.load(instance, scope, names))
        host = self._host(instance.key, instance.definition_key)
        machine = Machine.load(process, host, scopes, instance.tokens)
        run = self._enter(Run(instance, process, machine, len(self.runs)))
        run.given = frozenset(instance.values.get(GIVEN, ()))
        run.held = {token.id for token in machine.queue}
        run.was_stuck = bool(run.held)
        run.known = {wait.token: wait for wait in machine.waits()}
        return run

    def begin(
        self,
        definition: Definition,
        variables: Mapping[str, Any],
        *,
        caller: tuple[Run, str] | None = None,
        element: str | None = None,
        tags: list[str] | None = None,
    ) -> Run:
        """A new instance: a case, or what `caller` (its run and the waiting token) calls."""
        key = new_key()
        process = deployments.process(self.session, definition.key)
        scopes = Scopes()
        scopes.update(variables)
        machine = Machine.start(process, self._host(key, definition.key), scopes, element)
        parent = caller[0].instance if caller else None
        instance = Instance(
            key=key,
            case_key=parent.case_key if parent else key,
            parent_key=parent.key if parent else None,
            parent_token=caller[1] if caller else None,
            definition_key=definition.key,
            process_id=definition.id,
            version=definition.version,
            state="active",
            started_at=self.now,
            started_by=self.actor,
            tags=tags or [],
            values={},
            journal_length=0,
        )
        if self.case is None:
            self.case, self.given, self.began_at = instance, copy.deepcopy(dict(variables)), element
        depth = caller[0].depth + 1 if caller else 0
        if depth > MOST_CALLS:
            raise CallsItself(process=process.name)
        run = Run(instance, process, machine, len(self.runs), new=True, depth=depth)
        if caller:
            run.began_with, run.given = copy.deepcopy(dict(variables)), frozenset(variables)
        return self._enter(run)

    def advance(self, run: Run) -> None:
        """Let the instance run when the step settles."""
        if run not in self._queue:
            self._queue.append(run)

    def settle(self) -> None:
        """Run everything until it waits. Failed."""
        while True:
            while self._queue:
                self._go(self._queue.pop(0))
            if not buffer.deliver(self):
                return

    def cancel(self, run: Run) -> None:
        """End an instance where it stands, and what it called."""
        run.machine.cancel()
        run.state = "cancelled"
        self._end_children(run)

    # -- for the host

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The dated settings in force at the step's moment."""
        return settings.seen(self.session, self.now)

    def guard(self) -> None:
        """Set the savepoint to which a failed step goes back; called before the first operation acts."""
        if self._guard is None:
            self._guard = self.session.begin_nested()

    def undo(self) -> None:
        """Take back what operations did in this attempt."""
        if self._guard is not None:
            self._guard.rollback()

    # -- the run of one instance

    def _host(self, instance_key: int, definition_key: int) -> Host:
        return Host(self, instance_key, deployments.deployment_of(self.session, definition_key))

    def _enter(self, run: Run) -> Run:
        self.runs[run.instance.key] = run
        self._queue.append(run)
        return run

    def _go(self, run: Run) -> None:
        if run.state != "active":
            return
        self.going = run
        try:
            run.machine.run(skip=run.held | self._held.get(run.ordinal, set()))
        except StepFailed as failed:
            raise Failed(run, failed.element_id, failed.token, failed.cause) from failed
        self._pass_on(run)
        if run.machine.ended:
            self._end(run)
        self._end_children(run)
        self._start_children(run)

    def _pass_on(self, run: Run) -> None:
        """Throw what left the instance at the token that called it, and further outwards until somebody catches it."""
        for uncaught in run.machine.uncaught[run.told :]:
            run.told += 1
            caught = self._caught_above(run, uncaught)
            if not caught and uncaught.kind == "error" and not run.process.foreign:
                cause = EscapedError(error=uncaught.code, detail=uncaught.message)
                raise Failed(run, uncaught.element_id, _thrown_by(run.machine, uncaught), cause)

    def _caught_above(self, run: Run, uncaught: Uncaught) -> bool:
        inner = run
        while inner.instance.parent_key is not None:
            outer, token = self._caller(inner)
            if uncaught.kind == "error":
                caught = outer.machine.throw_error(token, uncaught.code, uncaught.message, {})
            else:
                caught = outer.machine.throw_escalation(token, uncaught.code, {})
            if caught:
                self.advance(outer)
                return True
            inner = outer
        return False

    def _end(self, run: Run) -> None:
        run.state = "completed"
        if run.instance.parent_key is None:
            return
        outer, token = self._caller(run)
        self._over.add((outer.instance.key, token))
        if any(wait.token == token for wait in outer.machine.waits()):  # else an error has ended the call
            outer.machine.complete(token, run.result())
            self.advance(outer)

    def _caller(self, run: Run) -> tuple[Run, str]:
        parent, token = run.instance.parent_key, run.instance.parent_token
        assert parent is not None
        assert token is not None
        return self.runs.get(parent) or self.load(self.session.get_one(Instance, parent)), token

    def _start_children(self, run: Run) -> None:
        begun = {
            r.instance.parent_token for r in self.runs.values() if r.instance.parent_key == run.instance.key
        }
        for wait in run.machine.waits():
            if wait.kind == "call" and wait.is_new and wait.token not in begun:
                definition = deployments.bound(
                    self.session,
                    "process",
                    wait.data["process_id"],
                    deployments.deployment_of(self.session, run.instance.definition_key),
                    wait.data["binding"],
                    wait.data["version_tag"],
                )
                self.begin(definition, wait.data["variables"], caller=(run, wait.token))

    def _end_children(self, run: Run) -> None:
        """Cancel the called instances whose call is over before they are."""
        here = run.instance.key
        waiting = (
            {wait.token for wait in run.machine.waits() if wait.kind == "call"}
            if run.state == "active"
            else ()
        )
        for child in [r for r in self.runs.values() if r.instance.parent_key == here and r.state == "active"]:
            if child.instance.parent_token not in waiting:
                self.cancel(child)
        gone = {
            token
            for token, wait in run.known.items()
            if wait.kind == "call" and token not in waiting and (here, token) not in self._over
        }
        if not gone:
            return
        self._over |= {(here, token) for token in gone}
        stored = sa.select(Instance).where(
            Instance.parent_key == here, Instance.parent_token.in_(gone), Instance.state == "active"
        )
        for instance in self.session.scalars(stored):
            if instance.key not in self.runs:
                self.cancel(self.load(instance))


@dataclass(frozen=True)
class Failure:
    """Why an instance of a step stands before an element."""

    ordinal: int
    element: str
    token: str
    cause: BaseException


def _thrown_by(machine: Machine, uncaught: Uncaught) -> str:
    """The token whose error nobody caught."""
    return next(
        change.token
        for change in reversed(machine.changes)
        if change.kind == "error" and change.element_id == uncaught.element_id
    )


def take(
    runtime: Runtime,
    session: Session,
    actor: str,
    case: Instance | None,
    act: Callable[[Step], None],
    about: int | None = None,
) -> tuple[Step, list[Failure]]:
    """Do `act` and all that follows from it, again without each element that fails; nothing is written yet.

    `about` is the key of the task or instance that the step is about: operations are told it as `session.info["step"]`.
    """
    told = {"actor": actor, "task": None if about is None else str(about), "at": runtime.clock.now()}
    session.info["step"] = told
    try:
        return _take(runtime, session, actor, case, act)
    finally:
        del session.info["step"]


def _take(
    runtime: Runtime, session: Session, actor: str, case: Instance | None, act: Callable[[Step], None]
) -> tuple[Step, list[Failure]]:
    held: dict[int, set[str]] = {}
    failures: list[Failure] = []
    while True:
        step = Step(runtime, session, actor, case, held)
        try:
            act(step)
            step.settle()
            return step, failures
        except Failed as failed:
            step.undo()
            if len(failures) >= MOST_FAILURES:
                raise failed.cause from failed
            held.setdefault(failed.ordinal, set()).add(failed.token)
            failures.append(Failure(failed.ordinal, failed.element, failed.token, failed.cause))
        except BaseException:
            step.undo()
            raise
