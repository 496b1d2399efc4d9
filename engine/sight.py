"""Which cases a viewer sees, as a condition on a SELECT: the rule of `engine.authority`'s `CASE` reach, for lists.
What is kept elsewhere (households, figures) is seen by `reach`: the areas and subjects that the rule comes to.

A role sees what lies in its area, a relation its own subject, a department the cases in which it has or had a task,
an administrator everything.
"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from engine import authority, roles
from engine.identity import Viewer
from engine.models.instances import Instance
from engine.models.worklist import TaskCandidate, UserTask


def seen(viewer: Viewer, rows: type[Instance] | type[UserTask]) -> sa.ColumnElement[bool]:
    """The rows (instances or tasks) whose case the viewer sees."""
    return sa.or_(sa.false(), *(_by_grant(group, place, rows) for group, place in viewer.grants))


@dataclass(frozen=True)
class Reach:
    """What a viewer sees of things that lie in an area or are a subject: all within `areas`, and his own `subjects`."""

    areas: tuple[str, ...]
    subjects: tuple[str, ...]

    def holds(self, area: str) -> bool:
        """Whether everything in this area is seen."""
        return any(roles.within(place, area) for place in self.areas)


def reach(viewer: Viewer, verb: str, groups: Collection[str] | None = None) -> Reach:
    """How far a verb reaches for the viewer, as one of `groups` where these are named. The whole land (`""`) for an
    administrator who has the verb."""
    who = authority.VERBS[verb].who
    granted = [
        (group, place)
        for group, place in viewer.grants
        if roles.split_group(group)[0] in who and (groups is None or group in groups)
    ]
    return Reach(
        areas=tuple(dict.fromkeys(place for _group, place in granted if not place.startswith("="))),
        subjects=tuple(dict.fromkeys(place[1:] for _group, place in granted if place.startswith("="))),
    )


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
