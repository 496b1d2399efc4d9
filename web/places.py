"""Places that a person may choose: where he may register a household, and what his lists narrow down to."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.errors import NotAllowed
from engine.identity import Viewer
from engine.models.worklist import UserTask
from engine.sight import Reach
from registry import areas
from registry.models import Area, Household


def villages(session: Session, viewer: Viewer, departments: bool = False) -> list[dict[str, str]]:
    """The villages that the viewer may choose from: those in his areas, and those of the households he is related to.

    A department names villages in what it reports; it moves nobody.
    """
    paths = {
        path or areas.ROOT for role, path in viewer.roles if departments or not role.startswith("department")
    }
    related = [int(subject) for _role, subject in viewer.relations]
    paths |= set(session.scalars(sa.select(Household.area).where(Household.key.in_(related))))
    found = {each["value"]: each for path in paths for each in areas.labels(session, path)}
    return [found[path] for path in sorted(found)]


def refuse_foreign(session: Session, viewer: Viewer, task: UserTask, answer: Mapping[str, Any]) -> None:
    """A household may be moved only to where the person who answers is at home."""
    area = answer.get("area")
    if not isinstance(area, str) or area == task.area:
        return  # what is no area at all is the form's to refuse
    if area not in {village["value"] for village in villages(session, viewer)}:
        raise NotAllowed(_("把农户登记到这个村"))


def choices(session: Session, seen: Reach, at: str) -> list[tuple[str, str]]:
    """What a list that now shows the area `at` can be narrowed down or widened to: (path, name) in the tree's order,
    the name indented by its depth. Those seen at all, those above `at`, and those one level below it."""
    roots = [path or areas.ROOT for path in seen.areas]
    opened = [at] if seen.holds(at) else roots
    wanted = {*roots, *(path for path in areas.ancestors(at) if seen.holds(path))}
    offered = session.scalars(
        sa.select(Area).where(sa.or_(Area.path.in_(wanted), Area.parent.in_(opened))).order_by(Area.path)
    ).all()
    top = min((area.path.count("/") for area in offered), default=0)
    return [(area.path, "\u3000" * (area.path.count("/") - top) + area.name) for area in offered]
