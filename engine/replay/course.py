"""How a case went: what its instances went through, and what was told them from outside. Read from rows and journal alone,
in the same way for a case that ran and for its replay, so that both can be laid side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.models.instances import (
    DecisionMade,
    Incident,
    Instance,
    Job,
    Passage,
    SignalWait,
    Subscription,
)
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from engine.replies import Reply

Line = tuple[tuple[str, int], ...]
"""Which instance of a case: the call activities that lead to it, each with its number among those of one element."""


class Names(Protocol):
    """What elements are called on the drawing that a case is compared with."""

    def __call__(self, instance: Instance, element: str) -> str:
        """The name there of an element of an instance."""
        ...

    def knows(self, instance: Instance, element: str) -> bool:
        """Whether the instance's own drawing has what is called so there."""
        ...


class AsDrawn:
    """Names for a case that is read as it is."""

    def __call__(self, instance: Instance, element: str) -> str:
        return element

    def knows(self, instance: Instance, element: str) -> bool:
        """It is its own drawing."""
        return True


@dataclass(frozen=True)
class Stop:
    """An element that was entered. `asks`: it waits for somebody or something outside; `task`: the user task's key;
    `who`: its groups; `decided`: what the decision told there.
    """

    element: str
    token: str
    state: str
    at: datetime
    asks: bool = False
    task: int | None = None
    who: tuple[str, ...] = ()
    due: datetime | None = None
    decided: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Part:
    """One instance of the case, with all that it entered in the order of entering."""

    key: int
    line: Line
    process: str
    definition: int
    state: str
    end: str | None
    level: str | None
    stops: list[Stop]


@dataclass(frozen=True)
class Event:
    """One step of the case, by its journal entry; `values` are open."""

    case: int
    number: int
    at: datetime
    kind: str
    actor: str
    body: Mapping[str, Any]
    values: Mapping[str, Any]

    @property
    def instance(self) -> int:
        """The key of the instance that the step began with."""
        return int(self.body.get("instance", self.case))

    @property
    def given(self) -> dict[str, Any]:
        """What a start, message, signal or job brought."""
        return self._whole("given")

    @property
    def answer(self) -> dict[str, Any]:
        """What a person answered."""
        return self._whole("answer")

    @property
    def replies(self) -> list[Reply]:
        """What operations told."""
        return [
            Reply(
                int(kept["instance"]),
                kept["element"],
                kept["type"],
                kept["asked"],
                tuple(kept.get("echoes", ())),
                self._in_full(kept, kept["instance"]),
                (kept["error"], kept["message"]) if "error" in kept else None,
            )
            for kept in self.values.get("replies", ())
        ]

    def _whole(self, name: str) -> dict[str, Any]:
        kept = self.values.get(name)
        return {} if kept is None else self._in_full(kept, str(self.instance))

    def _in_full(self, kept: Mapping[str, Any], instance: str) -> dict[str, Any]:
        scopes = self.values["written"].get(instance, {})
        told = {name: value for scope in scopes.values() for name, value in scope.items()}
        return {**{name: told[name] for name in kept["names"]}, **kept["other"]}


@dataclass(frozen=True)
class Course:
    """A case as it went. `failed`: the incidents that it had, by instance and element."""

    key: int
    instances: dict[int, Instance]
    parts: dict[Line, Part]
    lines: dict[int, Line]
    events: list[Event]
    failed: dict[tuple[Line, str], list[Incident]]
    names: Names

    @property
    def root(self) -> Instance:
        """The case's own instance."""
        return self.instances[self.key]

    def named(self, instance: int, element: str) -> str:
        """What an element of an instance is called on the drawing that it is compared with."""
        return self.names(self.instances[instance], element)

    def knows(self, line: Line, element: str) -> bool:
        """Whether the drawing on which an instance ran has what is called so on the other."""
        return line not in self.parts or self.names.knows(self.instances[self.parts[line].key], element)


def read(session: Session, case_key: int, names: Names | None = None) -> Course:
    """How a case went so far, its elements called by `names`."""
    rename: Names = names or AsDrawn()
    found = list(
        session.scalars(
            sa.select(Instance)
            .where(Instance.case_key == case_key)
            .order_by(Instance.key)
            .execution_options(populate_existing=True)
        )
    )
    by_key = {each.key: each for each in found}
    stops = _stops(session, case_key, by_key, rename)
    lines = _lines(found, stops)
    parts = {
        lines[each.key]: Part(
            each.key,
            lines[each.key],
            each.process_id,
            each.definition_key,
            each.state,
            each.end_event and rename(each, each.end_event),
            each.level,
            stops[each.key],
        )
        for each in found
    }
    failed = defaultdict(list)
    for incident in session.scalars(sa.select(Incident).where(Incident.case_key == case_key)):
        here = by_key[incident.instance_key]
        failed[lines[here.key], rename(here, incident.element)].append(incident)
    return Course(case_key, by_key, parts, lines, events(session, case_key), failed, rename)


def events(session: Session, case_key: int, after: int = 0) -> list[Event]:
    """The case's steps by its journal, those after entry number `after`."""
    vault = session.info["vault"]
    rows = session.execute(
        sa.select(Entry.number, Entry.at, Entry.kind, Entry.actor, Entry.body, Entry.values)
        .where(Entry.case_key == case_key, Entry.number > after)
        .order_by(Entry.number)
    )
    return [
        Event(case_key, number, at, kind, actor, body, {} if sealed is None else vault.unseal(sealed))
        for number, at, kind, actor, body, sealed in rows
    ]


def lines(session: Session, case_key: int) -> dict[int, Line]:
    """Which instance of the case each is, by its key, by the elements of the drawings that it runs on."""
    of_case = sa.select(Instance).where(Instance.case_key == case_key)
    found = list(session.scalars(of_case.order_by(Instance.key)))
    callers = {each.parent_key for each in found if each.parent_key is not None}
    passed = sa.select(Passage.instance_key, Passage.token, Passage.element)
    calls = session.execute(passed.where(Passage.instance_key.in_(callers))) if callers else ()
    return _numbered(found, {(key, token): element for key, token, element in calls})


def _lines(found: Iterable[Instance], stops: Mapping[int, list[Stop]]) -> dict[int, Line]:
    called = {(key, stop.token): stop.element for key, each in stops.items() for stop in each}
    return _numbered(found, called)


def _numbered(found: Iterable[Instance], called: Mapping[tuple[int, str], str]) -> dict[int, Line]:
    lines: dict[int, Line] = {}
    so_far: dict[tuple[int, str], int] = {}
    for instance in found:
        parent, token = instance.parent_key, instance.parent_token
        if parent is None or token is None:
            lines[instance.key] = ()
            continue
        element = called.get((parent, token), "")
        so_far[parent, element] = so_far.get((parent, element), 0) + 1
        lines[instance.key] = (*lines[parent], (element, so_far[parent, element]))
    return lines


def _stops(
    session: Session, case_key: int, instances: Mapping[int, Instance], rename: Names
) -> dict[int, list[Stop]]:
    of_case = sa.select(Instance.key).where(Instance.case_key == case_key).scalar_subquery()
    decided = _decided(session, case_key)
    outside = {
        (key, token)
        for table in (Job, Subscription, SignalWait)
        for key, token in session.execute(
            sa.select(table.instance_key, table.token).where(table.case_key == case_key)
        )
    }
    found: dict[int, list[Stop]] = {key: [] for key in instances}
    passed = session.execute(
        sa.select(
            Passage.instance_key, Passage.element, Passage.token, Passage.state, Passage.entered_at
        ).where(Passage.instance_key.in_(of_case))
    )
    for key, element, token, state, at in passed:
        found[key].append(Stop(element, token, state, at, (key, token) in outside))
    tasks = sa.select(UserTask).where(UserTask.case_key == case_key)
    for task in session.scalars(tasks.execution_options(populate_existing=True)):
        state = "active" if task.state == "open" else task.state
        found[task.instance_key].append(
            Stop(
                task.element,
                task.token,
                state,
                task.created_at,
                task.state == "open",
                task.key,
                (*sorted(task.groups), *sorted(task.users)),
                task.due,
            )
        )
    return {
        key: [_as_named(stop, instances[key], rename, decided) for stop in sorted(stops, key=in_order)]
        for key, stops in found.items()
    }


def in_order(stop: Stop) -> tuple[int, str]:
    """Tokens are numbered in base 36, as they came."""
    return len(stop.token), stop.token


def _decided(session: Session, case_key: int) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """What decisions told, by instance and element, the first at the end of each list."""
    vault = session.info["vault"]
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    made = sa.select(DecisionMade).where(DecisionMade.case_key == case_key).order_by(DecisionMade.key.desc())
    for one in session.scalars(made):
        facts = vault.unseal(one.facts)
        told = {
            "decision": one.decision,
            "output": facts["output"],
            "rules": [[rule["decision_id"], rule["rule_id"]] for rule in one.rules],
        }
        found.setdefault((one.instance_key, one.element), []).append(told)
    return found


def _as_named(
    stop: Stop, instance: Instance, rename: Names, decided: dict[tuple[int, str], list[dict[str, Any]]]
) -> Stop:
    left = decided.get((instance.key, stop.element))
    told = (left.pop(),) if left and stop.state == "completed" else ()
    return replace(stop, element=rename(instance, stop.element), decided=told)
