"""Cases for tests: deploy a drawing, start it, answer its tasks, in transactions of their own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine import deployments, instances
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from tests.engine.drawing import Drawing


def deploy(runtime: Runtime, *drawings: Drawing, **files: bytes) -> None:
    """Put drawings into force, and files given as `name__ext=content`."""
    resources = {f"{d.id}.bpmn": d.xml() for d in drawings}
    resources |= {name.replace("__", "."): content for name, content in files.items()}
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, resources, "administrator")


def start(runtime: Runtime, process_id: str = "p", **variables: Any) -> int:
    """Begin a case; its key."""
    with runtime.database.begin() as session:
        return instances.start(runtime, session, process_id, variables, "clerk").key


def open_tasks(runtime: Runtime, case: int) -> list[UserTask]:
    """The case's open tasks, the oldest first."""
    with runtime.database.read() as session:
        statement = sa.select(UserTask).where(UserTask.case_key == case, UserTask.state == "open")
        return list(session.scalars(statement.order_by(UserTask.key)))


def at(runtime: Runtime, case: int) -> list[str]:
    """The elements at which the case waits for people, sorted."""
    return sorted(task.element for task in open_tasks(runtime, case))


def answer(
    runtime: Runtime, case: int, element: str, actor: str = "clerk", nth: int = 0, **answer: Any
) -> None:
    """Complete the case's nth open task at an element."""
    task = [t for t in open_tasks(runtime, case) if t.element == element][nth]
    with runtime.database.begin() as session:
        instances.complete(runtime, session, task.key, answer, actor)


def get(runtime: Runtime, key: int) -> Instance:
    """The instance as it is stored."""
    with runtime.database.read() as session:
        return instances.get(session, key)


def values(runtime: Runtime, key: int) -> dict[str, Any]:
    """The variables in force in an instance."""
    with runtime.database.read() as session:
        return instances.variables(session, instances.get(session, key))
