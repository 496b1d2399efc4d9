"""A step that nobody can do somewhere: no account holds its roles there, or only the one who may not."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import identity, roles
from engine.dialect import Element, read
from engine.findings import Finding, Rule, rule
from registry.models.area import Area

NOBODY = rule(
    "nobody_can_do",
    "有 {count} 个村没有人能办这一步，如{place}；请先给有关的人授予角色（{groups}）",
    "warning",
)
SAME_PERSON = rule(
    "only_who_may_not",
    "有 {count} 个村能办这一步的只有一人，而他也是唯一能办“{step}”的，如{place}；请再授权一人",
    "warning",
)
Grants = Mapping[tuple[str, str], set[str]]


def findings(session: Session, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Finding]:
    """What the change asks of people where there are none: told of steps whose roles or separation are new."""
    tasks = {(file, task.id): task for file in after for task in _tasks(file, before, after)}
    if not tasks:
        return
    every_village = select(Area.path, Area.name).where(Area.level == "village").order_by(Area.path)
    villages = {row.path: row.name for row in session.execute(every_village)}
    grants: dict[tuple[str, str], set[str]] = {}
    for user in identity.users(session):
        for grant in user.grants:
            grants.setdefault(grant, set()).add(user.name)
    for (file, _key), task in tasks.items():
        yield from _of(file, task, _elements(file, after), villages, grants)


def _of(
    file: str, task: Element, elements: Mapping[str, Element], villages: Mapping[str, str], grants: Grants
) -> Iterator[Finding]:
    able = {path: _able(task, path, grants) for path in villages}
    empty = [path for path, people in able.items() if people is not None and not people]
    if empty:
        yield _finding(
            file, task, NOBODY, count=len(empty), place=villages[empty[0]], groups="、".join(_groups(task))
        )
    for other in (part.strip() for part in task.properties.get("separate_from", "").split(",")):
        if other not in elements:
            continue
        alone = [
            path
            for path, people in able.items()
            if people and len(people) == 1 and _able(elements[other], path, grants) == people
        ]
        if alone:
            step = elements[other].name or other
            yield _finding(file, task, SAME_PERSON, count=len(alone), place=villages[alone[0]], step=step)


def _able(task: Element, village: str, grants: Grants) -> set[str] | None:
    """Who may do the task for a case of that village; None where that is told by a relation or an expression."""
    people: set[str] = set()
    for group in _groups(task):
        role = roles.ROLES.get(roles.split_group(group)[0])
        if role is None or role.level is None:
            return None
        people |= grants.get((group, roles.cut(village, role.level)), set())
    return people if _groups(task) else None


def _groups(task: Element) -> list[str]:
    written = task.setting("assignmentDefinition", "candidateGroups") or ""
    return [] if written.startswith("=") else [part.strip() for part in written.split(",") if part.strip()]


def _tasks(file: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Element]:
    """User tasks whose roles or separation of duties differ from before."""
    if not file.endswith(".bpmn") or before.get(file) == after[file]:
        return
    old = _elements(file, before)
    for key, task in _elements(file, after).items():
        if task.type == "userTask" and _duty(task) != _duty(old.get(key)):
            yield task


def _duty(task: Element | None) -> tuple[str | None, str | None]:
    if task is None:
        return None, None
    return task.setting("assignmentDefinition", "candidateGroups"), task.properties.get("separate_from")


def _elements(file: str, files: Mapping[str, bytes]) -> dict[str, Element]:
    if file not in files:
        return {}
    processes = read(file, files[file]).processes.values()
    return {key: element for process in processes for key, element in process.elements.items()}


def _finding(file: str, task: Element, why: Rule, **params: object) -> Finding:
    return Finding(file, task.id, task.name, why.name, why.message, params, why.severity, task.x, task.y)
