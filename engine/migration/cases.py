"""One instance goes over to another version of its drawing, in one transaction; or back, as long as it has not moved on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments, incidents, instances, journal, records
from engine.errors import NotFound, Refusal, Stale
from engine.instances import Actor, name_of
from engine.keys import new_key
from engine.migration import rows
from engine.migration.mapping import Mapping
from engine.migration.reconcile import Anew, reconcile
from engine.migration.tokens import Moved, Obstacle, move
from engine.models.instances import Instance
from engine.models.migration import Migration
from engine.runtime import Runtime
from engine.step import Step, take


class CannotMigrate(Refusal):
    """Something of the case has no place on the other drawing; `obstacles` names each."""

    status, code = 409, "cannot_migrate"
    message = "案卷有{count}处不能按此方案迁移。"
    mend = "请为所列环节选定对应的环节，或让这些案卷按原图纸办完。"

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(count=len(obstacles))
        self.obstacles = list(obstacles)

    def __str__(self) -> str:
        return "；".join(dict.fromkeys(each.text for each in self.obstacles)) + "。"


class CannotUndo(Refusal):
    """The case has moved on since its migration, or the migration itself let it go on."""

    status, code = 409, "cannot_undo_migration"
    message = "迁移以后案卷已经往下办理，不能撤回。"
    mend = "如需回到原图纸，请另做一次迁移。"


def migrate(
    runtime: Runtime, session: Session, instance_key: int, to: int, mapping: Mapping, actor: Actor
) -> Instance:
    """Let an active instance go on by definition `to`, each token at the element that `mapping` names.

    Tasks keep who has them and their drafts, timers their due moment, called instances run on. What is complete by the new
    drawing goes on at once. NotFound, Stale (it is over), CannotMigrate, DrawingFailed, FeelError.
    """
    instance, case = instances.locked_instance(session, instance_key)
    if instance.state != "active":
        raise Stale(f"流程 {instance.key} 已结束")
    moved = examine(session, instance, to, mapping)
    if moved.obstacles:
        raise CannotMigrate(moved.obstacles)
    return _Migration(runtime, session, instance, case, to, mapping, moved).make(name_of(actor))


def examine(session: Session, instance: Instance, to: int, mapping: Mapping) -> Moved:
    """What would become of an instance's tokens; nothing is changed."""
    old = deployments.process(session, instance.definition_key)
    return move(instance.tokens, old, deployments.process(session, to), mapping)


def undo(runtime: Runtime, session: Session, instance_key: int, actor: Actor) -> Instance:
    """Put an instance back on the drawing that its latest migration took it from. NotFound, CannotUndo."""
    instance, case = instances.locked_instance(session, instance_key)
    latest = sa.select(Migration).where(Migration.instance_key == instance_key, Migration.undone_at.is_(None))
    made = session.scalars(latest.order_by(Migration.key.desc()).limit(1)).one_or_none()
    if made is None:
        raise NotFound("迁移", instance_key)
    vault = session.info["vault"]
    if made.moved or instance.state != "active" or instance.tokens != vault.unseal(made.after):
        raise CannotUndo()
    before, now = vault.unseal(made.before), runtime.clock.now()
    instance.tokens = before["tokens"]
    _follow(session, instance, made.from_key)
    rows.restore(session, instance, before["rows"])
    made.undone_at = now
    journal.link(
        session, case, "migration_undone", name_of(actor), _body(instance, made.to_key, session), now
    )
    session.flush()
    return instance


class _Migration:
    """The making of one migration."""

    def __init__(
        self,
        runtime: Runtime,
        session: Session,
        instance: Instance,
        case: Instance,
        to: int,
        mapping: Mapping,
        moved: Moved,
    ) -> None:
        self.runtime, self.session, self.instance, self.case = runtime, session, instance, case
        self.mapping, self.moved, self.to, self.left = mapping, moved, to, instance.definition_key
        self.old = deployments.process(session, self.left)
        self.anew = Anew(set(), {}, {})

    def make(self, actor: str) -> Instance:
        session, instance = self.session, self.instance
        before = {"tokens": instance.tokens, "rows": rows.freeze(session, instance)}
        instance.tokens = self.moved.stored
        process = _follow(session, instance, self.to)
        rows.rename(session, instance, process, self.mapping.elements)
        step, failures = take(self.runtime, session, actor, self.case, self._act, about=instance.key)
        if self.anew.tasks:
            rows.assign(session, instance, self.anew.tasks)
        if self.anew.jobs:
            rows.retype(session, instance, process, self.anew.jobs)
        records.write(step, "migrated", _body(instance, self.left, session))
        incidents.keep(step, failures)
        self._keep(step, actor, before)
        return instance

    def _act(self, step: Step) -> None:
        run = step.load(self.instance)
        run.migrated = True
        self.anew = reconcile(run.machine, self.old, self.mapping, self.runtime.operations.__contains__)
        rows.end(self.session, self.instance, self.moved.ended)
        if self.anew.subscriptions:
            rows.unsubscribe(self.session, self.instance, self.anew.subscriptions)
        for token in self.anew.subscriptions:
            run.known.pop(token, None)  # is subscribed to as what is new

    def _keep(self, step: Step, actor: str, before: dict[str, Any]) -> None:
        vault = self.session.info["vault"]
        made = Migration(
            key=new_key(),
            case_key=self.instance.case_key,
            instance_key=self.instance.key,
            from_key=self.left,
            to_key=self.to,
            before=vault.seal(before),
            after=vault.seal(self.instance.tokens),
            moved=any(
                change.kind != "entered" for run in step.runs.values() for change in run.machine.changes
            ),
            actor=actor,
            at=step.now,
        )
        self.session.add(made)
        self.session.flush()


def _follow(session: Session, instance: Instance, to: int) -> Any:
    """Let the instance follow another definition; its process."""
    process = deployments.process(session, to)
    definition = deployments.by_key(session, to)
    instance.definition_key, instance.process_id, instance.version = to, definition.id, definition.version
    return process


def _body(instance: Instance, left: int, session: Session) -> dict[str, Any]:
    old = deployments.by_key(session, left)
    return {"instance": str(instance.key), "old_version": old.version, "version": instance.version}
