"""Which cases a viewer sees, as a condition on a SELECT: the rule of `engine.authority`'s `CASE` reach, for lists.

A role sees what lies in its area, a relation its own subject, a department the cases in which it has or had a task,
an administrator everything.
"""

import sqlalchemy as sa

from engine import roles
from engine.identity import Viewer
from engine.models.instances import Instance
from engine.models.worklist import TaskCandidate, UserTask


def seen(viewer: Viewer, rows: type[Instance] | type[UserTask]) -> sa.ColumnElement[bool]:
    """The rows (instances or tasks) whose case the viewer sees."""
    return sa.or_(sa.false(), *(_by_grant(group, place, rows) for group, place in viewer.grants))


def _by_grant(group: str, place: str, rows: type[Instance] | type[UserTask]) -> sa.ColumnElement[bool]:
    role = roles.split_group(group)[0]
    if role == "administrator":
        return sa.true()
    if place.startswith("="):
        return rows.subject == place[1:]
    if role == "department":
        return rows.case_key.in_(
            sa.select(UserTask.case_key)
            .join(TaskCandidate, TaskCandidate.task_key == UserTask.key)
            .where(TaskCandidate.group == group, TaskCandidate.place == place)
        )
    return rows.area.startswith(place, autoescape=True)
