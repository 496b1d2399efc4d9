"""Writes what a step changed: instances, tasks, timers, subscriptions, jobs, history, decisions, one journal entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import attributes, faults, journal
from engine.keys import new_key
from engine.machine import Change, Wait
from engine.models.base import Base, table_of
from engine.models.instances import (
    DecisionMade,
    Instance,
    Job,
    Passage,
    SignalWait,
    Subscription,
    Timer,
)
from engine.models.journal import Entry
from engine.models.worklist import TaskCandidate, UserTask
from engine.scopes import ROOT
from engine.values import GIVEN

if TYPE_CHECKING:
    from engine.step import Run, Step

_ROWS: dict[str, type[Timer] | type[Subscription] | type[SignalWait] | type[Job]] = {
    "timer": Timer,
    "message": Subscription,
    "signal": SignalWait,
    "job": Job,
}


def write(
    step: Step,
    kind: str,
    body: Mapping[str, Any],
    *,
    answered: tuple[UserTask, Mapping[str, Any]] | None = None,
    request_id: str | None = None,
) -> Entry:
    """Write everything that a settled step changed. `answered`: the task that a person completed, and his answer."""
    assert step.case is not None
    session, rows = step.session, Rows()
    with session.no_autoflush:
        changed = _attributes(step)
        entry = _entry(step, kind, body, answered, request_id)
        if answered:
            _complete(step, answered[0], entry)
        for run in step.runs.values():
            _Record(step, run, entry, rows).write(None if answered is None else answered[0].token)
        for message in step.taken:
            session.delete(message)
    session.flush()
    rows.insert(session)
    for instance in changed:
        attributes.spread(session, instance)
    session.flush()
    for tell in step.afterwards:
        tell()
    faults.point("after_flush")
    return entry


# Made once: to build a statement costs as much as to run it.
_FORGET = sa.delete(table_of(TaskCandidate)).where(table_of(TaskCandidate).c.task_key == sa.bindparam("task"))


class Rows:
    """New rows, put in at once in an order that references allow."""

    ORDER = {
        table: sa.insert(table_of(table))
        for table in (UserTask, TaskCandidate, Timer, Subscription, SignalWait, Job, Passage, DecisionMade)
    }

    def __init__(self) -> None:
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}

    def add(self, table: type[Base], *rows: dict[str, Any]) -> None:
        """Remember rows to put in; those of one table have the same columns."""
        self._rows.setdefault(table, []).extend(rows)

    def insert(self, session: Session) -> None:
        """One statement for each table that has new rows."""
        connection = session.connection()
        for table, insert in self.ORDER.items():
            if rows := self._rows.get(table):
                connection.execute(insert, rows)


def _attributes(step: Step) -> list[Instance]:
    """Bring the attributes to date; the instances whose open tasks must follow."""
    changed = []
    for run in step.runs.values():
        if run.new:
            step.session.add(run.instance)
        if attributes.refresh(step, run):
            changed.append(run.instance)
    return changed


def _entry(
    step: Step,
    kind: str,
    body: Mapping[str, Any],
    answered: tuple[UserTask, Mapping[str, Any]] | None,
    request_id: str | None,
) -> Entry:
    assert step.case is not None
    written = {str(run.instance.key): found for run in step.runs.values() if (found := _written(run))}
    values = _brought(step, str(body.get("instance", step.case.key)), written)
    if answered:
        values["answer"] = _answer(written.get(str(answered[0].instance_key), {}), answered[1])
    if values or written:
        values["written"] = written
    told = {**body, **_thrown(step)}
    return journal.link(
        step.session,
        step.case,
        kind,
        step.actor,
        told,
        step.now,
        values=values or None,
        request_id=request_id,
    )


def _brought(
    step: Step, about: str, written: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> dict[str, Any]:
    """What came from outside the drawing, so that the step can be done again from the journal alone (`engine.replay`)."""
    vault = step.session.info["vault"]
    found = {
        "given": _answer(written.get(about, {}), step.given) if step.given else None,
        "replies": [
            {**reply.kept(), **_answer(written.get(str(reply.instance), {}), reply.result or {})}
            for reply in step.replies
        ],
        "taken": [
            {"name": kept.name, "key": kept.correlation_key, "variables": vault.unseal(kept.variables)}
            for kept in step.taken
        ],
        "timers": [
            {
                "instance": str(run.instance.key),
                "element": wait.element_id,
                "due": wait.data["due"].isoformat(),
            }
            for run in step.runs.values()
            if run.state == "active"
            for wait in run.machine.waits()
            if wait.kind == "timer" and begins(run, wait)
        ],
    }
    return {name: value for name, value in found.items() if value}


def begins(run: Run, wait: Wait) -> bool:
    """Whether a token has begun to wait in this step; a timer that fires again begins anew."""
    known = run.known.get(wait.token)
    return known is None or (wait.kind == "timer" and known.data["due"] != wait.data["due"])


def _written(run: Run) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for scope, name, value in run.machine.scopes.changed:
        found.setdefault(scope, {})[name] = value
    return found


def _answer(written: Mapping[str, Mapping[str, Any]], answer: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered, without repeating what variables were given it as it is."""
    told = {name: value for scope in written.values() for name, value in scope.items()}
    same = [name for name, value in answer.items() if name in told and told[name] == value]
    return {"names": same, "other": {name: value for name, value in answer.items() if name not in same}}


def _thrown(step: Step) -> dict[str, Any]:
    thrown = [
        {
            "element": change.element_id,
            "kind": change.kind,
            **{k: change.data.get(k) for k in ("code", "caught")},
        }
        for run in step.runs.values()
        for change in run.machine.changes
        if change.kind in ("error", "escalation")
    ]
    return {"thrown": thrown} if thrown else {}


def _complete(step: Step, task: UserTask, entry: Entry) -> None:
    task.state, task.ended_at, task.completed_by, task.answer_entry = (
        "completed",
        step.now,
        step.actor,
        entry.number,
    )
    step.session.connection().execute(_FORGET, {"task": task.key})


class _Record:
    """The rows of one instance."""

    def __init__(self, step: Step, run: Run, entry: Entry, rows: Rows) -> None:
        self.step, self.run, self.entry, self.rows = step, run, entry, rows
        self.session, self.instance = step.session, run.instance
        self.people: set[str] = {wait.token for wait in run.known.values() if wait.kind == "user_task"}
        self.via = {c.token: c.data.get("via") for c in run.machine.changes if c.kind == "entered"}

    def write(self, answered: str | None) -> None:
        """Bring all rows of the instance to its state after the step."""
        now = {wait.token: wait for wait in self.run.machine.waits()} if self.run.state == "active" else {}
        self._begun([wait for wait in now.values() if begins(self.run, wait)])
        self._over({token: wait for token, wait in self.run.known.items() if token not in now}, answered)
        self._passages()
        self._decisions()
        self._state()

    def _begun(self, waits: list[Wait]) -> None:
        for wait in waits:
            if wait.kind == "user_task":
                self._task(wait)
            elif wait.kind == "timer" and wait.token in self.run.known:
                self.session.execute(
                    sa.update(Timer)
                    .where(Timer.instance_key == self.instance.key, Timer.token == wait.token)
                    .values(due=wait.data["due"], claim=None, claimed_until=None)
                )
            elif wait.kind in _ROWS:
                self.rows.add(_ROWS[wait.kind], self._wait_row(wait))

    def _task(self, wait: Wait) -> None:
        self.people.add(wait.token)
        data = wait.data
        key, instance = new_key(), self.instance
        self.rows.add(
            UserTask,
            {
                "key": key,
                "case_key": instance.case_key,
                "instance_key": instance.key,
                "token": wait.token,
                "definition_key": instance.definition_key,
                "process_id": instance.process_id,
                "element": wait.element_id,
                "via": self.via.get(wait.token),
                "name": self.run.process.named(wait.element_id),
                "form_id": data["form_id"],
                "properties": dict(data["properties"]),
                "groups": list(data["candidate_groups"]),
                "users": list(data["candidate_users"]),
                "assignee": data["assignee"],
                "priority": data["priority"],
                "created_at": self.step.now,
                "due": data["due_date"],
                "follow_up": data["follow_up_date"],
                "state": "open",
                **instance.attributes,
            },
        )
        waiting = attributes.candidates(
            key,
            data["candidate_groups"],
            data["candidate_users"],
            instance.area,
            instance.subject,
            data["due_date"],
            priority=data["priority"],
        )
        self.rows.add(TaskCandidate, *waiting)

    def _wait_row(self, wait: Wait) -> dict[str, Any]:
        common = {
            "instance_key": self.instance.key,
            "token": wait.token,
            "key": new_key(),
            "case_key": self.instance.case_key,
            "element": wait.element_id,
            "at": self.step.now,
        }
        if wait.kind == "timer":
            return {**common, "due": wait.data["due"]}
        if wait.kind == "signal":
            return {**common, "name": wait.data["name"]}
        if wait.kind == "message":
            return {**common, "name": wait.data["name"], "correlation_key": wait.data["correlation_key"]}
        return {
            **common,
            "type": wait.data["type"],
            "state": "open",
            "inputs": self.session.info["vault"].seal(wait.data["inputs"]),
            "headers": dict(wait.data["headers"]),
            "retries": wait.data["retries"],
        }

    def _over(self, waits: Mapping[str, Wait], answered: str | None) -> None:
        tokens: dict[str, list[str]] = {}
        for token, wait in waits.items():
            tokens.setdefault(wait.kind, []).append(token)
        for kind, table in _ROWS.items():
            if gone := tokens.get(kind):
                self.session.execute(
                    sa.delete(table).where(table.instance_key == self.instance.key, table.token.in_(gone))
                )
        if withdrawn := [token for token in tokens.get("user_task", []) if token != answered]:
            self._withdraw(withdrawn)

    def _withdraw(self, tokens: list[str]) -> None:
        """The procedure takes tasks back that nobody completed."""
        theirs = sa.and_(UserTask.instance_key == self.instance.key, UserTask.token.in_(tokens))
        keys = sa.select(UserTask.key).where(theirs).scalar_subquery()
        self.session.execute(
            sa.delete(TaskCandidate).where(TaskCandidate.task_key.in_(keys)),
            execution_options={"synchronize_session": False},
        )
        self.session.execute(
            sa.update(UserTask).where(theirs).values(state="cancelled", ended_at=self.step.now),
            execution_options={"synchronize_session": False},
        )

    def _passages(self) -> None:
        entered: dict[str, dict[str, Any]] = {}
        left: list[Change] = []
        for change in self.run.machine.changes:
            if change.token == ROOT or change.token in self.people:
                continue
            if change.kind == "entered":
                entered[change.token] = {
                    "instance_key": self.instance.key,
                    "token": change.token,
                    "element": change.element_id,
                    "via": change.data.get("via"),
                    "state": "active",
                    "entered_at": change.at,
                    "left_at": None,
                }
            elif change.kind in ("completed", "cancelled"):
                if passage := entered.get(change.token):
                    passage.update(state=change.kind, left_at=change.at)
                else:
                    left.append(change)
        self.rows.add(Passage, *entered.values())
        for change in left:
            self.session.execute(
                sa.update(Passage)
                .where(Passage.instance_key == self.instance.key, Passage.token == change.token)
                .values(state=change.kind, left_at=change.at),
                execution_options={"synchronize_session": False},
            )

    def _decisions(self) -> None:
        for change in self.run.machine.changes:
            if change.kind != "decided":
                continue
            result = change.data["result"]
            definition_key, inputs = self.step.decided[id(result)]
            rules = [
                {
                    "decision_id": each.decision_id,
                    "rule_id": rule.rule_id,
                    "index": rule.index,
                    "texts": rule.annotations,
                }
                for each in result.evaluated
                for rule in each.matched
            ]
            facts = {"inputs": inputs, "output": result.output}
            self.rows.add(
                DecisionMade,
                {
                    "key": new_key(),
                    "case_key": self.instance.case_key,
                    "instance_key": self.instance.key,
                    "element": change.element_id,
                    "decision": result.decision_id,
                    "definition_key": definition_key,
                    "rules": rules,
                    "facts": self.session.info["vault"].seal(facts),
                    "at": change.at,
                },
            )

    def _state(self) -> None:
        """Tokens, where each variable's value is, and whether the instance is over."""
        instance, machine = self.instance, self.run.machine
        kept: dict[str, Any] = {
            scope: dict(names) for scope, names in instance.values.items() if scope != GIVEN
        }
        for scope in machine.scopes.dropped:
            kept.pop(scope, None)
        for scope, name, _ in machine.scopes.changed:
            kept.setdefault(scope, {})[name] = self.entry.number
        if untouched := self.run.untouched():
            kept[GIVEN] = sorted(untouched)
        instance.values = kept
        instance.tokens = machine.dump()
        instance.state = self.run.state
        if self.run.state != "active":
            instance.ended_at, instance.end_event = self.step.now, machine.ended
