"""What a person may begin: a drawing says whose it is to start, what its cases are about, and what each begins with.

`start.groups` names the groups (`department` stands for any department; empty: nobody, other drawings call it).
`start.with.NAME` are FEEL expressions over `area`, `subject`, `group`, `department` and `starter`: what they give
stands, whatever else is sent, so that no caller begins a case past its first steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import authority, deployments, roles
from engine.dialect.model import Process
from engine.errors import Refusal
from engine.feel import FeelError
from engine.identity import Viewer
from engine.models.deployments import Definition
from engine.models.instances import Instance
from engine.runtime import Runtime


class AlreadyRunning(Refusal):
    """The thing has a case of this process that has not ended: a second one would contradict it."""

    status, code = 409, "already_running"
    message = "{title}已有在办的案卷。"
    mend = "请在原案卷里办理；需要重新申请的，先撤回或等其办结。"


@dataclass(frozen=True)
class Offer:
    """A process that a drawing lets people start. `level` of the areas to choose from: None means one's own."""

    process_id: str
    name: str
    groups: tuple[str, ...]
    about: str  # household, area
    level: str | None
    unregistered: bool
    explained: str


def all_offers(session: Session) -> list[Offer]:
    """What the drawings in force let people start, in the order of their ids."""
    latest = sa.select(Definition.id, sa.func.max(Definition.version).label("version"))
    newest = latest.where(Definition.kind == "process").group_by(Definition.id).subquery()
    same = sa.and_(Definition.id == newest.c.id, Definition.version == newest.c.version)
    keys = session.scalars(
        sa.select(Definition.key)
        .join(newest, same)
        .where(Definition.kind == "process")
        .order_by(Definition.id)
    )
    drawn = [deployments.process(session, key) for key in keys.all()]
    return [_offer(process) for process in drawn if process.starters]


def of(session: Session, viewer: Viewer) -> list[Offer]:
    """What this viewer may start somewhere."""
    return [offer for offer in all_offers(session) if authority.starting(viewer, offer.groups)]


def for_one(session: Session, viewer: Viewer, area: str, subject: str) -> list[Offer]:
    """What this viewer may start for one household."""
    mine = [offer for offer in all_offers(session) if offer.about == "household"]
    return [offer for offer in mine if authority.may_start(viewer, offer.groups, area, subject)]


def given(runtime: Runtime, process: Process, viewer: Viewer, variables: Mapping[str, Any]) -> dict[str, Any]:
    """What a case that the viewer starts begins with: what is sent, and over it what the drawing gives. NotAllowed."""
    if process.starters is None:
        return dict(variables)
    area, subject = _about(runtime, process, variables)
    if area is None:  # only the case itself will tell where it is: it is asked about again then
        bound = authority.starting(viewer, process.starters)
        area = next((place for _group, place in bound if not place.startswith("=")), None)
    group = authority.starting_as(viewer, process.starters, area, subject)
    prefix = "start.with."
    drawn = {
        name.removeprefix(prefix): text.removeprefix("=").strip()
        for name, text in process.properties.items()
        if name.startswith(prefix)
    }
    known = {
        "area": area,
        "subject": subject,
        "group": roles.split_group(group)[0],
        "department": roles.split_group(group)[1],
        "starter": viewer.user.display_name,
    }
    values = runtime.evaluator.evaluate_many(list(drawn.values()), known, runtime.clock.now())
    return {**variables, **dict(zip(drawn, values, strict=True))}


def refuse_second(session: Session, case: Instance, process: Process) -> None:
    """AlreadyRunning where the drawing allows one running case for each subject and there is another one.

    Whoever comes second waits here until the first has committed, and then sees his case: on SQLite writers come one
    by one anyway.
    """
    if process.properties.get("single") != "true" or case.subject is None:
        return
    if session.get_bind().dialect.name != "sqlite":
        lock = sa.func.hashtextextended(f"{process.id} {case.subject}", 0)
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
    other = sa.select(Instance.key).where(
        Instance.subject == case.subject,
        Instance.process_id == process.id,
        Instance.state == "active",
        Instance.key != case.key,
    )
    if session.scalar(other.limit(1)) is not None:
        raise AlreadyRunning(title=case.title or "")


def _about(runtime: Runtime, process: Process, variables: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The area and subject that the case will have, as far as what is sent tells."""
    found: list[str | None] = []
    for name in ("area", "subject"):
        try:
            value = runtime.evaluator.evaluate(
                process.attributes.get(name, "null"), variables, runtime.clock.now()
            )
        except FeelError:
            value = None
        found.append(value if isinstance(value, str) else None)
    return found[0], found[1]


def _offer(process: Process) -> Offer:
    drawn = process.properties
    return Offer(
        process.id,
        drawn.get("start.name") or process.name,
        process.starters or (),
        drawn.get("start.about", "area"),
        drawn.get("start.level") or None,
        drawn.get("start.unregistered") == "true",
        drawn.get("start.explained", ""),
    )
