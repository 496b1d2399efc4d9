"""The papers of a case: which sheets it has, how each looks now, and what a step signs."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import authority, deployments, documents, instances
from engine.dialect.model import Element
from engine.errors import NotFound
from engine.identity import Viewer
from engine.models.documents import SignedPrint
from engine.models.instances import Instance, Subscription
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.sheets import of_step
from web import prints
from web.signing import Print

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a case: its name in the bundle, its title, and whether a step of it has begun."""

    name: str
    title: str
    begun: bool


@dataclass(frozen=True)
class Paper:
    """A signed print, the step that signed it, and which time that step signed it: three verifiers are three papers."""

    print: SignedPrint
    step: str
    time: int


def papers(session: Session, case: Instance) -> list[Paper]:
    """What was signed in the case, by sheet, in the order of signing."""
    signed = documents.signed_prints(session, case.key)
    keys = [each.task_key for each in signed if each.task_key]
    tasks = {task.key: task for task in session.scalars(sa.select(UserTask).where(UserTask.key.in_(keys)))}
    times: Counter[tuple[str, str, int]] = Counter()
    found = []
    for each in signed:
        task = tasks.get(each.task_key or 0)
        by = (each.sheet, task.element, task.instance_key) if task else (each.sheet, "", 0)
        times[by] += 1
        found.append(Paper(each, task.name if task else "", times[by]))
    return found


def prints_of(
    runtime: Runtime, session: Session, viewer: Viewer, task: UserTask, answer: Mapping[str, Any]
) -> list[Print]:
    """The sheets that completing this task with this answer signs: its own, and what it signs along (`also_signs`)."""
    case = session.get_one(Instance, task.case_key)
    names = of_step(task.form_id, task.properties or {})
    made = []
    absent = authority.permit_task(session, viewer, task)
    signing = {"actor": viewer.name, "absent": absent.name if absent else None}
    for name in names:
        html = prints.of_case(runtime, session, case, name, task=task, given=answer, **signing)
        made.append(Print(name, prints.pdf(html)))
    return made


def freeze(
    runtime: Runtime, session: Session, viewer: Viewer, task: UserTask, signed: Sequence[Print]
) -> None:
    """Keep the papers that this person signs with this task, as they are."""
    now = runtime.clock.now()
    for each in signed:
        documents.freeze(session, task.case_key, each.sheet, each.pdf, viewer.name, now, task_key=task.key)


def sheets(session: Session, case: Instance) -> list[Sheet]:
    """Every sheet of the processes that the case runs through: those begun first, in the order of their steps."""
    tasks = session.scalars(sa.select(UserTask).where(UserTask.case_key == case.key).order_by(UserTask.key))
    begun = dict.fromkeys(name for task in tasks for name in of_step(task.form_id, task.properties or {}))
    found: dict[str, Sheet] = {}
    for instance in instances.of_case(session, case.key):
        process = deployments.process(session, instance.definition_key)
        deployment = deployments.deployment_of(session, instance.definition_key)
        for element in process.elements.values():
            for name in _sheets_of(element):
                shown = title(session, deployment, name)
                if shown is not None and name not in found:
                    found[name] = Sheet(name, shown, name in begun)
    return [found.pop(name) for name in begun if name in found] + list(found.values())


def pdf(runtime: Runtime, session: Session, case: Instance, sheet: str, *, blank: bool) -> bytes:
    """A sheet as the case stands, or empty. `NotFound` where there is no such sheet."""
    html = prints.blank(runtime, session, sheet) if blank else prints.of_case(runtime, session, case, sheet)
    return prints.pdf(html)


def listens(session: Session, case: Instance, message: str) -> bool:
    """Whether some part of the case waits for this message now."""
    wanted = sa.select(Subscription.key).where(
        Subscription.case_key == case.key, Subscription.name == message
    )
    return session.scalar(wanted.limit(1)) is not None


def _sheets_of(element: Element) -> list[str]:
    return of_step(element.form_id, element.properties) if element.type == "userTask" else []


def title(session: Session, deployment: int, name: str) -> str | None:
    """The title of a sheet as of a deployment, its name where it has none; None where there is no such sheet."""
    try:
        template = deployments.resource(session, deployment, f"{name}.html").decode()
    except NotFound:
        return None
    found = _TITLE.search(template)
    return unescape(found[1]).strip() if found else name
