"""Somebody leaves his post and another takes it over: roles, relations to households, and the tasks in his hands."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import attributes, identity, journal, people, roles, substitutes
from engine.errors import Refusal
from engine.models.worklist import TaskCandidate, UserTask


class NoSuccessor(Refusal):
    """A post cannot go to this person."""

    status, code = 422, "no_successor"
    message = "不能交给{who}。"
    mend = "请选另一位在用的、不是管理员的同事。"


@dataclass(frozen=True)
class Taken:
    """How much went over."""

    grants: int
    tasks: int


def take_over(session: Session, name: str, successor: str, actor: str, at: datetime) -> Taken:
    """Give all that `name` is and has to `successor`, but what is his own (`substitutes.OWN`); journaled grant by grant.

    A task that he had taken becomes the successor's; one for him by name waits for the successor. NotFound, NoSuccessor.
    """
    other = identity.named(session, successor)
    if successor == name or other.is_administrator:
        raise NoSuccessor(who=other.user.display_name)
    moved = [
        grant
        for grant in people.get(session, name).grants
        if roles.split_group(grant[0])[0] not in substitutes.OWN
    ]
    for group, place in moved:
        people.grant(session, successor, group, place, actor, at)
        people.withdraw(session, name, group, place, actor, at)
    tasks = _tasks(session, name)
    for task in tasks:
        task.assignee = successor if task.assignee == name else task.assignee
        task.users = [successor if user == name else user for user in task.users]
        attributes.offer(session, task)
        body = {"task": str(task.key), "element": task.element, "from": name, "to": successor}
        journal.append(session, task.case_key, "task_handed_over", actor, body, at)
    session.flush()
    told = {"user": name, "successor": successor, "tasks": len(tasks)}
    journal.append(session, journal.HOUSE, "user_succeeded", actor, told, at)
    return Taken(len(moved), len(tasks))


def _tasks(session: Session, name: str) -> list[UserTask]:
    """Open tasks that he has taken, or that are for him by name."""
    named = sa.select(TaskCandidate.task_key).where(TaskCandidate.group == "", TaskCandidate.place == name)
    wanted = sa.select(UserTask).where(
        UserTask.state == "open", sa.or_(UserTask.assignee == name, UserTask.key.in_(named))
    )
    return list(session.scalars(wanted.order_by(UserTask.key)))
