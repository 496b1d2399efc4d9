"""A step that nobody can do somewhere: no account holds its roles there, or only the one who may not."""

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from engine.dialect import Element, read
from engine.findings import Finding, Rule, rule
from web import doers

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


def findings(session: Session, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Finding]:
    """What the change asks of people where there are none: told of steps whose roles or separation are new."""
    tasks = {(file, task.id): task for file in after for task in _tasks(file, before, after)}
    if not tasks:
        return
    villages = doers.villages(session)
    grants = doers.grants(session)
    for (file, _key), task in tasks.items():
        yield from _of(file, task, _elements(file, after), villages, grants)


def _of(
    file: str,
    task: Element,
    elements: Mapping[str, Element],
    villages: Mapping[str, str],
    grants: doers.Grants,
) -> Iterator[Finding]:
    able = {path: doers.able(task, path, grants) for path in villages}
    empty = [path for path, people in able.items() if people is not None and not people]
    if empty:
        yield _finding(
            file,
            task,
            NOBODY,
            count=len(empty),
            place=villages[empty[0]],
            groups="、".join(doers.groups(task)),
        )
    for other in (part.strip() for part in task.properties.get("separate_from", "").split(",")):
        if other not in elements:
            continue
        alone = [
            path
            for path, people in able.items()
            if people and len(people) == 1 and doers.able(elements[other], path, grants) == people
        ]
        if alone:
            step = elements[other].name or other
            yield _finding(file, task, SAME_PERSON, count=len(alone), place=villages[alone[0]], step=step)


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
