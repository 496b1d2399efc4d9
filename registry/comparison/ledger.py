"""What was compared and found in a quarter, and the households handed out to be checked."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session

from registry import areas
from registry.history import acting
from registry.models import Area, ComparedSheet, HiddenProblem, Household, Member


def sheets(session: Session, quarter: str) -> list[dict[str, Any]]:
    """The sheets compared in a quarter, in the order of their coming: `{department, name, rows, matched, problems}`."""
    query = select(ComparedSheet).where(ComparedSheet.quarter == quarter)
    return [
        {
            "department": sheet.department,
            "name": sheet.name,
            "rows": sheet.rows,
            "matched": sheet.matched,
            "problems": sheet.problems,
        }
        for sheet in session.scalars(query.order_by(ComparedSheet.compared_at, ComparedSheet.key))
    ]


def problems(session: Session, area: str, quarter: str) -> list[dict[str, Any]]:
    """The households within `area` with problems that nobody was given to check yet: `{household_key, title, village, lead}`.

    `lead` says for each problem which department's data tell what of whom.
    """
    return _leads(session.execute(_open(area, quarter)))


def hand_out(session: Session, area: str, quarter: str) -> list[dict[str, Any]]:
    """As `problems`, and they count as given from now on: each is handed out once."""
    found = list(session.execute(_open(area, quarter)))
    for start in range(0, len(found), 500):
        keys = [problem.key for problem, *_ in found[start : start + 500]]
        given = update(HiddenProblem).where(HiddenProblem.key.in_(keys))
        session.execute(given.values(handed_out_at=acting(session).at))
    return _leads(found)


def _open(area: str, quarter: str) -> Select[HiddenProblem, Household, str, str]:
    return (
        select(HiddenProblem, Household, Member.name, Area.name)
        .join(Household, Household.key == HiddenProblem.household_key)
        .join(Member, Member.key == HiddenProblem.member_key)
        .join(Area, Area.path == Household.area)
        .where(
            HiddenProblem.quarter == quarter,
            HiddenProblem.handed_out_at.is_(None),
            areas.within(Household.area, area),
        )
        .order_by(Household.area, Household.head_name, Household.key, HiddenProblem.key)
    )


def _leads(found: Iterable[Row[HiddenProblem, Household, str, str]]) -> list[dict[str, Any]]:
    leads: dict[int, dict[str, Any]] = {}
    for problem, household, member, village in found:
        text = f"{problem.department}数据（{member}）：{problem.problem}，{problem.says}。"
        lead = leads.setdefault(
            household.key,
            {
                "household_key": str(household.key),
                "title": household.head_name,
                "village": village,
                "lead": "",
            },
        )
        lead["lead"] = f"{lead['lead']}\n{text}".strip()
    return list(leads.values())
