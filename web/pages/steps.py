"""Who can do each step: by role, in a village by name, today; and in which villages nobody can."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from engine import deployments, identity, roles
from engine.dialect import Element
from engine.models.deployments import Definition
from registry import areas
from web import doers
from web.pages.sign_in import group_name
from web.runtime import runtime
from web.signed_in import requires

blueprint = Blueprint("steps", __name__, url_prefix="/people/steps")


@dataclass(frozen=True)
class Step:
    """A step of a procedure: for whom it waits, who can do it in the chosen village, where nobody can.

    `related`: it waits for who is related to the household, or for whom an expression names.
    """

    procedure: str
    process: str
    name: str
    roles: list[str]
    related: bool
    able: list[str]
    nobody: list[str]


@blueprint.get("/")
@requires("user.manage")
def page() -> str:
    """The steps of one procedure, and those of all that nobody can do somewhere."""
    village = request.args.get("village", "")
    with runtime().database.read() as session:
        found = _drawn(session)
        chosen = request.args.get("process") or (found[0].id if found else "")
        named = areas.full_names(session)
        all_steps = list(_steps(session, found, village))
        return render_template(
            "steps.html",
            procedures=[(each.id, each.name or each.id) for each in found],
            chosen=chosen,
            village=village,
            villages=[(path, named[path]) for path in doers.villages(session)],
            steps=[step for step in all_steps if step.process == chosen],
            lacking=_lacking(all_steps),
            named=named,
        )


def _drawn(session: Session) -> list[Definition]:
    """The procedures in force, by name."""
    files = [
        name for name in deployments.names(session, deployments.latest(session)) if name.endswith(".bpmn")
    ]
    return sorted(deployments.defined(session, files, "process"), key=lambda each: each.name or each.id)


def _steps(session: Session, found: list[Definition], village: str) -> Iterator[Step]:
    villages, grants = doers.villages(session), doers.grants(session, runtime().clock.now())
    shown = identity.display_names(session, {name for names in grants.values() for name in names})
    for definition in found:
        process = deployments.process(session, definition.key)
        for task in process.elements.values():
            if task.type == "userTask":
                able = {path: doers.able(task, path, grants) for path in villages}
                yield Step(
                    definition.name or definition.id,
                    definition.id,
                    task.name or task.id,
                    [group_name(group) for group in doers.groups(task)],
                    _related(task),
                    sorted(shown[name] for name in able.get(village) or ()),
                    [path for path, people in able.items() if people is not None and not people],
                )


def _lacking(steps: Iterable[Step]) -> list[list[Step]]:
    """Steps that nobody can do in some villages, together with those that ask for the same roles."""
    by_roles: dict[tuple[str, ...], list[Step]] = {}
    for step in steps:
        if step.nobody:
            by_roles.setdefault(tuple(step.roles), []).append(step)
    return list(by_roles.values())


def _related(task: Element) -> bool:
    named = [roles.ROLES.get(roles.split_group(group)[0]) for group in doers.groups(task)]
    return not named or any(role is not None and role.level is None for role in named)
