"""One case on the stage: each step of a scenario done as a person, the clock or a message would do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import singledispatchmethod
from typing import Any

import sqlalchemy as sa

from engine import incidents, instances, messages, roles, settings
from engine.clock import SHANGHAI, MovableClock
from engine.dialect.timers import parse_duration
from engine.errors import InvalidAnswer, Refusal
from engine.identity import User, Viewer
from engine.models.instances import DecisionMade, Instance, Passage, Timer
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.scenarios.reading import Do, Expect, Operate, Put, Tell, Wait
from engine.worker import Worker

PROGRAM = "scenario"


class Unexpected(Exception):
    """Something did not come out as the scenario says."""


class Player:
    """Plays steps; `names` holds what operations returned."""

    def __init__(self, runtime: Runtime, clock: MovableClock) -> None:
        self._runtime, self._clock = runtime, clock
        self.names: dict[str, Any] = {}
        self.case = 0
        self._incident: str | None = None

    def start(self, process_id: str, element: str | None, variables: Mapping[str, Any]) -> None:
        """Begin the case, at its plain start event or at another element."""
        with self._runtime.database.begin() as session:
            case = instances.start(
                self._runtime, session, process_id, self._filled(variables), PROGRAM, element=element
            )
            self.case = case.key

    @singledispatchmethod
    def step(self, step: Any) -> None:
        """Do one step. Unexpected, or a Refusal that was not asked for."""
        raise TypeError(step)

    @step.register
    def _(self, step: Operate) -> None:
        operation = self._runtime.operations.get(step.operation)
        if operation is None:
            raise Unexpected(f"没有操作“{step.operation}”")
        with self._runtime.database.begin() as session:
            session.info["step"] = {"actor": PROGRAM, "task": None, "at": self._clock.now()}
            self.names.update(operation(session, self._filled(step.inputs)) or {})

    @step.register
    def _(self, step: Do) -> None:
        task = self._task(step)
        viewer = _viewer(step, task)
        answer = self._filled(
            step.answer if isinstance(step.answer, dict) else {}, lambda: {**self.seen(task), **self.names}
        )
        try:
            with self._runtime.database.begin() as session:
                instances.complete(self._runtime, session, task.key, answer, viewer)
        except Refusal as refusal:
            if step.refused is None or not _as_refused(step.refused, refusal):
                raise Unexpected(f"{step.do} 被拒绝：{refusal}{_fields(refusal)}") from refusal
            return
        if step.refused is not None:
            raise Unexpected(f"{step.do} 应被拒绝（{step.refused}），却办成了")

    @step.register
    def _(self, step: Wait) -> None:
        until = parse_duration(step.wait).after(self._clock.now())
        worker = Worker(self._runtime)
        while (due := self._next_due(until)) is not None:
            self._clock.set(max(due, self._clock.now()))
            if not worker.run_once():
                raise Unexpected(f"{due.isoformat()} 到期的定时器没有触发")
        self._clock.set(until)
        worker.run_once()

    @step.register
    def _(self, step: Tell) -> None:
        with self._runtime.database.begin() as session:
            key = str(self._filled(step.key))
            if not messages.correlate(
                self._runtime, session, step.message, key, self._filled(step.variables), PROGRAM
            ):
                raise Unexpected(f"没有谁在等消息“{step.message}”")

    @step.register
    def _(self, step: Put) -> None:
        now = self._clock.now()
        with self._runtime.database.begin() as session:
            if step.setting not in settings.in_force(session, now):
                raise Unexpected(f"没有设置“{step.setting}”")
            settings.put(session, step.setting, now.astimezone(SHANGHAI).date(), step.value, PROGRAM, now)

    @step.register
    def _(self, step: Expect) -> None:
        wanted = step.expect
        self._incident = wanted.incident
        with self._runtime.database.read() as session:
            case = instances.get(session, self.case)
            names = instances.variables(session, case) | {
                "settings": settings.seen(session, self._clock.now())
            }
        if told := self.unexpected_incidents():
            raise Unexpected(f"故障应为 {wanted.incident}：{told}")
        if wanted.tasks is not None and sorted(wanted.tasks) != sorted(task.element for task in self.open()):
            raise Unexpected(f"待办是{self._waiting()}，应为{'、'.join(wanted.tasks) or '没有'}")
        if wanted.ended is not None and case.end_event != wanted.ended:
            raise Unexpected(f"结束于 {case.end_event}，应为 {wanted.ended}")
        if wanted.ended is None and case.state != "active":
            raise Unexpected(f"案件已结束于 {case.end_event}")
        for condition in wanted.holds:
            if self._evaluate(condition, {**self.names, **names}) is not True:
                raise Unexpected(f"不成立：{condition}")

    # -- what came of it

    def unexpected_incidents(self) -> str:
        """The open incidents in words, if they are not the one that was expected last; "" when they are."""
        with self._runtime.database.read() as session:
            found = list(incidents.open_of(session, self.case))
        if [each.element for each in found] == ([self._incident] if self._incident else []):
            return ""
        return "；".join(f"{each.element} {each.message}" for each in found) or "没有故障"

    def entered(self) -> frozenset[tuple[str, str]]:
        """(process, element) of all that the case went through."""
        if not self.case:
            return frozenset()
        passed = sa.select(Instance.process_id, Passage.element).join(
            Instance, Instance.key == Passage.instance_key
        )
        answered = sa.select(UserTask.process_id, UserTask.element)
        with self._runtime.database.read() as session:
            rows = [*session.execute(passed), *session.execute(answered)]
        return frozenset((process, element) for process, element in rows)

    def standing(self) -> frozenset[tuple[str, str]]:
        """(process, element) of all that the case is at."""
        if not self.case:
            return frozenset()
        passed = (
            sa.select(Instance.process_id, Passage.element)
            .join(Instance, Instance.key == Passage.instance_key)
            .where(Passage.state == "active", Instance.case_key == self.case)
        )
        with self._runtime.database.read() as session:
            at = {(process, element) for process, element in session.execute(passed)}
        return frozenset(at | {(task.process_id, task.element) for task in self.open()})

    def matched(self) -> frozenset[tuple[str, str]]:
        """(decision, rule) of all that applied in the case."""
        with self._runtime.database.read() as session:
            made = list(session.scalars(sa.select(DecisionMade)))
        return frozenset(
            (str(rule.get("decision_id", one.decision)), str(rule["rule_id"]))
            for one in made
            for rule in one.rules
            if isinstance(rule, dict) and "rule_id" in rule
        )

    # -- looking

    def open(self) -> list[UserTask]:
        """The open tasks of the case, the oldest first."""
        with self._runtime.database.read() as session:
            tasks = sa.select(UserTask).where(UserTask.case_key == self.case, UserTask.state == "open")
            return list(session.scalars(tasks.order_by(UserTask.key)))

    def _waiting(self) -> str:
        """What waits, as people read it, each with its id in the drawing."""
        return "、".join(f"“{task.name}”（{task.element}）" for task in self.open()) or "没有"

    def _task(self, step: Do) -> UserTask:
        found = [task for task in self.open() if task.element == step.do]
        if step.where is not None:
            found = [task for task in found if self._evaluate(step.where, self.seen(task)) is True]
        if len(found) != 1:
            told = self.unexpected_incidents()
            raise Unexpected(f"“{step.do}”有 {len(found)} 项待办；待办是{self._waiting()}。{told}")
        return found[0]

    def seen(self, task: UserTask) -> dict[str, Any]:
        """The variables that a task sees."""
        with self._runtime.database.read() as session:
            return instances.variables(session, instances.get(session, task.instance_key), task.token)

    def _next_due(self, until: datetime) -> datetime | None:
        with self._runtime.database.read() as session:
            return session.scalar(sa.select(sa.func.min(Timer.due)).where(Timer.due <= until))

    # -- values

    def _filled(self, value: Any, names: Callable[[], Mapping[str, Any]] | None = None) -> Any:
        """The value with every text that begins with `=` evaluated over `names`, else those of the play."""
        if isinstance(value, str) and value.startswith("="):
            return self._evaluate(value[1:], self.names if names is None else names())
        if isinstance(value, Mapping):
            return {name: self._filled(each, names) for name, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each, names) for each in value]
        return value

    def _evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        return self._runtime.evaluator.evaluate(expression, names, self._clock.now())


def _viewer(step: Do, task: UserTask) -> Viewer:
    """The person of `as`: he holds the role where the case is, or in the area `within`."""
    role, _, name = step.as_.partition(" ")
    place = roles.place(role, step.within or task.area, task.subject)
    return Viewer(User(0, name or role, name or role), ((role, place or ""),))


def _as_refused(wanted: str | list[str], refusal: Refusal) -> bool:
    if isinstance(wanted, str):
        return refusal.code == wanted
    return isinstance(refusal, InvalidAnswer) and set(wanted) == set(refusal.errors)


def _fields(refusal: Refusal) -> str:
    return str(refusal.errors) if isinstance(refusal, InvalidAnswer) else ""
