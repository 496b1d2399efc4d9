"""Which cases a replay takes, which of them the changed files cannot reach, and what their elements are called there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments, migration
from engine.database import Database
from engine.dialect.model import Process
from engine.models.deployments import Definition
from engine.models.instances import Instance
from engine.models.migration import Migration
from engine.replay.course import Course


def cases(since: datetime, until: datetime) -> sa.Select[Any]:
    """The keys of the cases that run, and of those that ended since then, begun by `until`; the newest first."""
    recent = sa.or_(Instance.state == "active", Instance.ended_at >= since)
    theirs = sa.select(Instance.key).where(
        Instance.parent_key.is_(None), recent, Instance.started_at <= until
    )
    return theirs.order_by(Instance.key.desc())


def unreached(session: Session, asked: sa.Select[Any], drawn: Mapping[str, str]) -> set[int]:
    """Those of the cases whose instances all ran as `drawn` (fingerprint by process id) from the first step on.

    Their drawings, forms and rules are the same files, so that they would go the same way: no need to play them.
    """
    of_case = Instance.case_key.in_(asked.order_by(None).scalar_subquery())
    found = session.execute(
        sa.select(Instance.case_key, Definition.id, Definition.fingerprint)
        .join(Definition, Definition.key == Instance.definition_key)
        .where(of_case)
        .distinct()
    )
    every, touched = set(), set(session.scalars(sa.select(Migration.case_key).distinct()))
    for case, process, fingerprint in found:
        every.add(case)
        if drawn.get(process) != fingerprint:
            touched.add(case)
    return every - touched


def fingerprints(session: Session) -> dict[str, str]:
    """What tells the files of each process in force from others, by process id."""
    newest = sa.select(Definition.id, sa.func.max(Definition.version).label("version")).where(
        Definition.kind == "process"
    )
    latest = newest.group_by(Definition.id).subquery()
    rows = session.execute(
        sa.select(Definition.id, Definition.fingerprint)
        .join(latest, sa.and_(Definition.id == latest.c.id, Definition.version == latest.c.version))
        .where(Definition.kind == "process")
    )
    return {row.id: row.fingerprint for row in rows}


class Naming:
    """What an element of a case's own drawing is called on the drawing that it is played on, as a migration would map it."""

    def __init__(self, then: Database, drawn: Mapping[str, Process]) -> None:
        self._then, self._drawn = then, drawn
        self._known: dict[int, Mapping[str, str]] = {}

    def __call__(self, instance: Instance, element: str) -> str:
        process = self._drawn.get(instance.process_id)
        if process is None or element in process.elements:
            return element
        return self._mapped(instance, process).get(element, element)

    def knows(self, instance: Instance, element: str) -> bool:
        """Whether the instance's own drawing has what is called so there."""
        process, old = self._drawn.get(instance.process_id), self._process(instance.definition_key)
        if process is None or element in old.elements:
            return True
        return element in self._mapped(instance, process).values()

    def _mapped(self, instance: Instance, process: Process) -> Mapping[str, str]:
        if instance.definition_key not in self._known:
            old = self._process(instance.definition_key)
            self._known[instance.definition_key] = migration.propose(old, process).elements
        return self._known[instance.definition_key]

    def then(self, course: Course, process_id: str) -> Process | None:
        """The drawing on which an instance of the process ran in the case."""
        ran = [i.definition_key for i in course.instances.values() if i.process_id == process_id]
        return self._process(ran[0]) if ran else None

    def _process(self, definition_key: int) -> Process:
        with self._then.read() as session:
            return deployments.process(session, definition_key)


def drawn(session: Session, processes: Collection[str]) -> dict[str, Process]:
    """The processes in force, by id."""
    return {
        each: deployments.process(session, deployments.definition(session, "process", each).key)
        for each in processes
    }
