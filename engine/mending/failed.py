"""A failed step is mended: what it reads is given another value, or it is passed over as if it were done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments, incidents, instances, records, values
from engine.dialect.loops import MEMBER
from engine.dialect.model import Element, Process
from engine.errors import InvalidInput, NotFound, Refusal, Stale
from engine.instances import Actor, name_of
from engine.mending.bearing import DECIDED, REASONS, Bearing, bearing, reads, writes
from engine.models.instances import Incident, Instance, Job
from engine.runtime import Runtime
from engine.scopes import ROOT
from engine.step import Step, take

LONGEST_REASON = 500
LARGEST = 20_000
"""Characters of JSON that one typed value may have."""
PASSABLE = ("serviceTask", "sendTask", "scriptTask")


NOT_READ = "不是出错的这一步读取的"
NOT_WRITTEN = "不是这一步产生的"
NO_REASON = "请写明原因，不超过500字"
TOO_LARGE = "不能超过20000字"
NOTHING = "没有要改的变量"
TOLD = (NOT_READ, NOT_WRITTEN, NO_REASON, TOO_LARGE, NOTHING)
"""msgids"""


class NotTyped(Refusal):
    """A variable on which a decision hangs, or that is no business of the failed step, is not typed by hand."""

    status, code = 409, "not_typed"
    message = "“{name}”不能手工改：它{reason}。"
    mend = "请改正图纸或台账后重试，或把案卷移回由人办理、由系统取数的步骤。"


class NotPassable(Refusal):
    """A step that people or rules decide is not passed over by hand."""

    status, code = 409, "not_passable"
    message = "“{element}”不能跳过：只有系统处理和脚本可以跳过，由人办理的步骤、规则和网关不能。"
    mend = "请处理原因后重试，或把案卷移回前面的步骤。"


class ResultDecides(NotPassable):
    """What the step makes bears on a decision."""

    message = "“{element}”不能跳过：它的结果“{name}”{reason}。"


class ResultUnknown(NotPassable):
    """The drawing does not say what the step makes, and something that bears on a decision may be its."""

    message = "“{element}”不能跳过：图上没有写明它的结果，走向要看的“{name}”可能是它产生的。"


@dataclass(frozen=True)
class Readable:
    """A variable that a failed step reads. `why`: why it is not typed (a key of `REASONS`), None for one that may be;
    `known`: it exists; `value` is told of those that may be typed alone."""

    name: str
    why: str | None
    known: bool
    value: Any


def readable(runtime: Runtime, session: Session, incident: Incident) -> list[Readable]:
    """What the failed step reads, those first that may be given another value."""
    instance, process, element = _place(session, incident)
    seen = values.variables(session, instance, _token(incident))
    hangs = bearing(runtime, session, instance)
    found = [
        Readable(name, why := hangs.why(name), name in seen, None if why else seen.get(name))
        for name in sorted(_read(runtime, process, element, seen))
    ]
    return sorted(found, key=lambda each: each.why is not None)


def edit(
    runtime: Runtime,
    session: Session,
    incident_key: int,
    given: Mapping[str, Any],
    reason: str,
    actor: Actor,
) -> Incident:
    """Give variables that the failed step reads another value. A job is offered anew with them; anything else is tried again only by
    a retry. NotFound, Stale, NotTyped."""
    incident, instance, case = _open(session, incident_key)
    _, process, element = _place(session, incident)
    hangs = bearing(runtime, session, instance)
    readable = _read(runtime, process, element, values.variables(session, instance, _token(incident)))
    for name, value in given.items():
        _refuse(name, hangs.why(name), name in readable, NOT_READ)
        _refuse_large(name, value)
    if not given:
        raise InvalidInput("variables", detail=NOTHING)

    def act(step: Step) -> None:
        run = step.load(instance)
        step.given = given
        run.machine.scopes.propagate(_token(incident), given)
        if incident.kind == "job":  # what its worker is given was evaluated when it began
            session.execute(
                sa.delete(Job).where(Job.instance_key == instance.key, Job.token == _token(incident))
            )
            run.known.pop(_token(incident), None)
            run.machine.begin_again(_token(incident))

    told = {"names": sorted(given)}
    _write(runtime, session, "edited", incident, instance, case, actor, reason, told, act)
    return incident


def skippable(runtime: Runtime, session: Session, incident: Incident) -> list[str]:
    """The variables that the step would write, to be given in its stead. NotPassable."""
    instance, process, element = _place(session, incident)
    name = process.named(element.id)
    if element.type not in PASSABLE or (element.loop and not _is_member(instance, incident)):
        raise NotPassable(element=name)
    hangs, written = bearing(runtime, session, instance), writes(element)
    for each in sorted(written or ()):
        if why := hangs.why(each):
            raise ResultDecides(element=name, name=each, reason=REASONS[why])
    if written is None and (unknown := _perhaps_its(process, instance, hangs)):
        raise ResultUnknown(element=name, name=unknown)
    return sorted(written or ())


def skip(
    runtime: Runtime, session: Session, incident_key: int, given: Mapping[str, Any], reason: str, actor: Actor
) -> Incident:
    """Pass the failed step over as if it were done, with these variables written. NotFound, Stale, NotPassable, NotTyped."""
    incident, instance, case = _open(session, incident_key)
    allowed = skippable(runtime, session, incident)
    for name, value in given.items():
        _refuse(name, None, name in allowed, NOT_WRITTEN)
        _refuse_large(name, value)

    def act(step: Step) -> None:
        run = step.load(instance)
        step.given = given
        run.held.discard(_token(incident))
        run.machine.skip(_token(incident), given)

    told = {"names": sorted(given)}
    _write(runtime, session, "skipped", incident, instance, case, actor, reason, told, act)
    return incident


def checked(reason: str) -> str:
    """The reason without which nothing is mended by hand. InvalidInput."""
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidInput("reason", detail=NO_REASON)
    return reason


def _write(
    runtime: Runtime,
    session: Session,
    kind: str,
    incident: Incident,
    instance: Instance,
    case: Instance,
    actor: Actor,
    reason: str,
    told: dict[str, Any],
    act: Any,
) -> None:
    reason = checked(reason)
    step, failures = take(runtime, session, name_of(actor), case, act, about=instance.key)
    place = {"instance": str(instance.key), "element": incident.element, "incident": str(incident.key)}
    records.write(step, kind, {**place, **told, "reason": reason})
    incidents.keep(step, failures)
    if incident.kind == "job":
        incidents.close_job(session, instance.key, _token(incident), name_of(actor), step.now)


def _open(session: Session, key: int) -> tuple[Incident, Instance, Instance]:
    incident = session.get(Incident, key)
    if incident is None:
        raise NotFound("故障", key)
    instance, case = instances.locked_instance(session, incident.instance_key)
    session.refresh(incident)
    if incident.state != "open":
        raise Stale("故障已处理")
    return incident, instance, case


def _place(session: Session, incident: Incident) -> tuple[Instance, Process, Element]:
    instance = session.get_one(Instance, incident.instance_key)
    process = deployments.process(session, instance.definition_key)
    return instance, process, process.elements[incident.element]


def _read(runtime: Runtime, process: Process, element: Element, seen: Mapping[str, Any]) -> set[str]:
    """What the element reads; a service to which nothing is mapped is given all that is in sight."""
    found = reads(runtime.evaluator, process, element, seen.keys())
    if element.type in PASSABLE and element.type != "scriptTask" and not element.mappings.inputs:
        found |= seen.keys()
    return {name for name in found if name.isidentifier()} - {"settings"}


def _perhaps_its(process: Process, instance: Instance, hangs: Bearing) -> str | None:
    """A variable that steers the case, was written after its beginning, and by nothing that says so on the drawing."""
    drawn = {name for element in process.elements.values() for name in writes(element) or ()}
    kept = instance.values.get(ROOT, {})
    for name, entry in sorted(kept.items()):
        if entry > 1 and name not in drawn and hangs.why(name) not in (None, DECIDED):
            return str(name)
    return None


def _refuse(name: str, why: str | None, belongs: bool, otherwise: str) -> None:
    if why or not belongs:
        raise NotTyped(name=name, reason=REASONS[why] if why else otherwise)


def _refuse_large(name: str, value: Any) -> None:
    if len(json.dumps(value, ensure_ascii=False)) > LARGEST:
        raise InvalidInput(name, detail=TOO_LARGE)


def _token(incident: Incident) -> str:
    return incident.token or ROOT


def _is_member(instance: Instance, incident: Incident) -> bool:
    at = {token["id"]: token["at"] for token in instance.tokens["tokens"]}
    return str(at.get(_token(incident), "")).endswith(MEMBER)
