"""Roles: a vocabulary as data. Each is bound to an area of one level, or to the thing a case is about.

A *place* is where a task waits for a role: the task's area cut to the role's level (`2202/220281/` for a county
office), or `=SUBJECT` for a role that is a relation. Tasks are found by (group, place) equality, which is what keeps
a page of the worklist as cheap among a million tasks as among a thousand.
"""

from dataclasses import dataclass

CITY, COUNTY, TOWNSHIP, VILLAGE = 1, 2, 3, 4


@dataclass(frozen=True)
class Role:
    """One role of the procedure. `level` is the depth of its area, None for a relation to a subject."""

    key: str
    name: str
    level: int | None


ROLES = {
    role.key: role
    for role in (
        Role("applicant", "农户", None),
        Role("village_committee", "村民委员会", VILLAGE),
        Role("work_team", "驻村工作队", VILLAGE),
        Role("township_cadre", "包村干部", TOWNSHIP),
        Role("helper", "帮扶责任人", None),
        Role("county_office", "县扶贫办", COUNTY),
        Role("county_group", "县脱贫攻坚领导小组", COUNTY),
        Role("department", "责任部门", COUNTY),
        Role("city_office", "市扶贫办", CITY),
        Role("city_group", "市扶贫开发工作领导小组", CITY),
        Role("administrator", "管理员", 0),
    )
}


def split_group(group: str) -> tuple[str, str]:
    """`department:民政` → (`department`, `民政`); any other group has no code."""
    role, _, code = group.partition(":")
    return role, code


def known(group: str) -> bool:
    """Whether a drawing may name this candidate group: a role, and a code where the role is a department."""
    role, code = split_group(group)
    return role in ROLES and (role == "department") == bool(code)


def place(group: str, area: str | None, subject: str | None) -> str | None:
    """Where a task for `group` waits. None when the case does not say (no area yet, no subject yet)."""
    role = ROLES.get(split_group(group)[0])
    if role is None:
        return None
    if role.level is None:
        return f"={subject}" if subject else None
    return cut(area, role.level) if area else None


def cut(area: str, level: int) -> str:
    """The first `level` segments of an area path; the whole path when it is shorter."""
    return "".join(f"{segment}/" for segment in area.strip("/").split("/")[:level] if segment)


def within(area: str, inner: str | None) -> bool:
    """Whether `inner` lies in `area` (paths end in a slash, so a prefix is enough)."""
    return inner is not None and inner.startswith(area)


def is_next_door(area: str, other: str) -> bool:
    """Whether two areas lie in the same one, which is no larger than a county."""
    depth = len([segment for segment in area.split("/") if segment])
    same_depth = depth == len([segment for segment in other.split("/") if segment])
    return depth > COUNTY and same_depth and cut(area, depth - 1) == cut(other, depth - 1)
