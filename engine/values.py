"""Where variables are kept: each value once, in the journal entry of the step that wrote it.

An instance says for each scope and name which entry has the value in force (`Instance.values`); what is superseded
stays in its entry and is the variable's history. An entry's values are

    {"written": {instance key: {scope: {name: value}}}, "answer": {"names": [...], "other": {name: value}}}

where `answer` tells what a person answered: `names` were written to variables as they were, `other` were not. Beside them
lies what else came from outside the drawing, for `engine.replay`: `given` (likewise: what a start, message or job brought),
`replies` (`engine.replies`), `taken` (kept messages) and `timers` (those that the step set, with their due moments).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.models.instances import Instance
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from engine.scopes import ROOT

GIVEN = "*given"
"""In `Instance.values`, beside the scopes: the names of variables that are still as the calling instance gave them."""


class Written(NamedTuple):
    """A value that a variable had, from `at` on; `number` is the journal entry's."""

    number: int
    at: datetime
    actor: str
    scope: str
    name: str
    value: Any


class Values:
    """Reads the variables of one case's instances as they are asked for; opens each entry once."""

    def __init__(self, session: Session, case_key: int) -> None:
        self._session = session
        self._case_key = case_key
        self._opened: dict[int, dict[str, Any]] = {}

    def load(self, instance: Instance, scope: str, names: set[str] | None) -> dict[str, Any]:
        """Those of `names` (None: all) that are stored in exactly that scope of the instance."""
        kept: Mapping[str, int] = instance.values.get(scope, {})
        wanted = {name: kept[name] for name in (kept if names is None else names & kept.keys())}
        self._open(set(wanted.values()))
        of_instance = str(instance.key)
        return {
            name: self._opened[number]["written"][of_instance][scope][name] for name, number in wanted.items()
        }

    def _open(self, numbers: set[int]) -> None:
        missing = numbers - self._opened.keys()
        if missing:
            rows = self._session.execute(
                sa.select(Entry.number, Entry.values).where(
                    Entry.case_key == self._case_key, Entry.number.in_(missing)
                )
            )
            for number, sealed in rows:
                self._opened[number] = self._session.info["vault"].unseal(sealed)


def variables(
    session: Session, instance: Instance, token: str = ROOT, names: Iterable[str] | None = None
) -> dict[str, Any]:
    """The variables seen from a token of an instance (those of inner scopes hide outer ones); `names` limits them."""
    values = Values(session, instance.case_key)
    wanted = None if names is None else set(names)
    found: dict[str, Any] = {}
    for scope in reversed(around(instance, token)):
        found.update(values.load(instance, scope, wanted))
    return found


def answer(session: Session, task: UserTask) -> dict[str, Any]:
    """What was answered to a completed task; empty for any other."""
    if task.answer_entry is None:
        return {}
    entry = session.get_one(Entry, (task.case_key, task.answer_entry))
    kept = session.info["vault"].unseal(entry.values)
    scopes = kept["written"].get(str(task.instance_key), {})
    told = {name: value for scope in scopes.values() for name, value in scope.items()}
    return {**{name: told[name] for name in kept["answer"]["names"]}, **kept["answer"]["other"]}


def history(session: Session, instance: Instance, name: str | None = None) -> list[Written]:
    """Every value that the instance's variables (or one of them) ever had, the oldest first."""
    rows = session.scalars(
        sa.select(Entry)
        .where(Entry.case_key == instance.case_key, Entry.values.is_not(None))
        .order_by(Entry.number)
    )
    return [
        Written(entry.number, entry.at, entry.actor, scope, each, value)
        for entry in rows
        for scope, written in _of_instance(session, entry, instance).items()
        for each, value in written.items()
        if name in (None, each)
    ]


def _of_instance(session: Session, entry: Entry, instance: Instance) -> dict[str, dict[str, Any]]:
    kept = session.info["vault"].unseal(entry.values)
    written: dict[str, dict[str, Any]] = kept["written"].get(str(instance.key), {})
    return written


def around(instance: Instance, token: str) -> list[str]:
    """The token's scope and those around it, the innermost first."""
    parents = {t["id"]: t.get("in", ROOT) for t in instance.tokens.get("tokens", [])}
    scopes = []
    while token in parents:
        scopes.append(token)
        token = parents[token]
    return [*scopes, ROOT]
