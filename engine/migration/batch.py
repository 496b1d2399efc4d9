"""Many instances go over, each in a transaction of its own; what cannot move stays and is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import background
from engine.errors import Refusal
from engine.migration import cases
from engine.migration.mapping import Mapping
from engine.models.instances import Instance
from engine.models.migration import Migration
from engine.runtime import Runtime

TOLD = 200
"""Instances that stayed of which the reason is kept: a batch of many tells the first."""


def arguments(left: int, to: int, mapping: Mapping, next: str | None = None) -> dict[str, Any]:
    """What the job `migrate` (or `migrate_back`) is started with; its page leads on to `next`."""
    return {
        "from": left,
        "to": to,
        "elements": dict(mapping.elements),
        "anew": sorted(mapping.anew),
        "next": next,
    }


@background.kind("migrate", "迁移案卷")
def migrate(runtime: Runtime, job: background.Job) -> dict[str, Any]:
    """Move the active instances of definition `from` to `to`."""
    asked = job.arguments
    mapping = Mapping(asked["elements"], frozenset(asked["anew"]))
    wanted = sa.select(Instance.key).where(
        Instance.definition_key == asked["from"], Instance.state == "active"
    )

    def one(session: Session, key: int) -> None:
        cases.migrate(runtime, session, key, asked["to"], mapping, job.actor)

    return _each(runtime, job, wanted, Instance.key, one)


@background.kind("migrate_back", "撤回迁移")
def migrate_back(runtime: Runtime, job: background.Job) -> dict[str, Any]:
    """Take back the migrations from definition `from` to `to` of what has not moved on since."""
    asked = job.arguments
    wanted = sa.select(Migration.instance_key).where(
        Migration.from_key == asked["from"], Migration.to_key == asked["to"], Migration.undone_at.is_(None)
    )

    def one(session: Session, key: int) -> None:
        cases.undo(runtime, session, key, job.actor)

    return _each(runtime, job, wanted, Migration.instance_key, one)


def _each(
    runtime: Runtime,
    job: background.Job,
    wanted: sa.Select[Any],
    key: Any,
    one: Callable[[Session, int], None],
) -> dict[str, Any]:
    """Do `one` for each key, in order; the cursor tells the last key and what came of all so far."""
    so_far: dict[str, Any] = job.cursor or {"last": 0, "moved": 0, "stayed": 0, "reasons": [], "total": None}
    while True:
        with job.unit() as session:
            if so_far["total"] is None:
                so_far["total"] = session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery()))
            found = session.scalar(wanted.where(key > so_far["last"]).order_by(key).limit(1))
            if found is None:
                break
            so_far = _one(session, so_far, found, one)
            job.cursor = so_far
            job.report(so_far["moved"] + so_far["stayed"], so_far["total"], session)
    told = {name: so_far[name] for name in ("moved", "stayed", "reasons")}
    return {**told, "next": job.arguments.get("next")}


def _one(
    session: Session, so_far: dict[str, Any], key: int, one: Callable[[Session, int], None]
) -> dict[str, Any]:
    try:
        with session.begin_nested():
            one(session, key)
    except Refusal as refusal:
        reasons = [*so_far["reasons"], [str(key), str(refusal)]][:TOLD]
        return {**so_far, "last": key, "stayed": so_far["stayed"] + 1, "reasons": reasons}
    return {**so_far, "last": key, "moved": so_far["moved"] + 1}
