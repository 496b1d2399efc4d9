"""Who can do a step where: by the roles that its drawing names, and who is there today."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import identity, roles, substitutes
from engine.dialect import Element
from registry.models.area import Area

Grants = Mapping[tuple[str, str], set[str]]


def grants(session: Session, at: datetime | None = None) -> Grants:
    """By (group, place): the names of those who hold it; at a moment, without who is away and with who stands in."""
    found: dict[tuple[str, str], set[str]] = {}
    for user in identity.users(session):
        for grant in user.own:
            found.setdefault(grant, set()).add(user.name)
    away = {} if at is None else substitutes.away(session, at)
    return {
        (group, place): names if group in substitutes.OWN else {away.get(name, name) for name in names}
        for (group, place), names in found.items()
    }


def villages(session: Session) -> dict[str, str]:
    """Path → name of every village, in the tree's order."""
    every_village = select(Area.path, Area.name).where(Area.level == "village").order_by(Area.path)
    return {row.path: row.name for row in session.execute(every_village)}


def able(task: Element, village: str, grants: Grants) -> set[str] | None:
    """Who may do the task for a case of that village; None where that is told by a relation or an expression."""
    people: set[str] = set()
    for group in groups(task):
        role = roles.ROLES.get(roles.split_group(group)[0])
        if role is None or role.level is None:
            return None
        people |= grants.get((group, roles.cut(village, role.level)), set())
    return people if groups(task) else None


def groups(task: Element) -> list[str]:
    """The groups that its drawing names; none where an expression tells them."""
    written = task.setting("assignmentDefinition", "candidateGroups") or ""
    return [] if written.startswith("=") else [part.strip() for part in written.split(",") if part.strip()]
