"""The list of problems that is to come to nought (问题清零, S23): opened by a finding, mended, looked at again, closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import areas, told
from registry.errors import Impossible
from registry.history import acting
from registry.models import Area, Household, Problem

SOURCES = ("督导", "查缺补漏")
OPEN, FIXED, CLOSED = "待整改", "已整改", "已销号"


@dataclass(frozen=True)
class Listed:
    """A problem with whose it is; `late`: not closed, and its day is over."""

    problem: Problem
    title: str
    area: str
    village: str
    late: bool


def open_one(session: Session, household_key: int, found: Mapping[str, Any]) -> Problem:
    """Record a problem: `source`, `detail`, `fixer` (a role), `due`. Impossible where one of them is missing."""
    source, detail, fixer = (told.text(found.get(name)) for name in ("source", "detail", "fixer"))
    due = told.day(found.get("due"))
    if source not in SOURCES or not detail or not fixer or due is None:
        raise Impossible("incomplete_problem", "问题要写明来源、内容、整改责任和期限。")
    problem = Problem(
        household_key=household_key, detail=detail, due=due, found_on=acting(session).day, state=OPEN
    )
    told.assign(problem, {"source": source, "fixer": fixer}, {"source": told.text, "fixer": told.text})
    session.add(problem)
    session.flush()
    return problem


def mend(session: Session, key: int, facts: Mapping[str, Any]) -> Problem:
    """Record how it was mended: `fix`, `fixed_on` (today if not said)."""
    problem = _still_open(session, key)
    problem.fix = told.text(facts.get("fix"))
    problem.fixed_on = told.day(facts.get("fixed_on")) or acting(session).day
    problem.state = FIXED
    session.flush()
    return problem


def send_back(session: Session, key: int, due: Any) -> Problem:
    """It is not mended yet: it is open again until `due`."""
    problem = _still_open(session, key)
    problem.state, problem.due = OPEN, told.day(due) or problem.due
    session.flush()
    return problem


def close(session: Session, key: int) -> Problem:
    """销号: from here on the problem does not change."""
    problem = _still_open(session, key)
    problem.state, problem.closed_on = CLOSED, acting(session).day
    session.flush()
    return problem


def listed(session: Session, area: str, day: date, *, closed: bool = False, limit: int = 500) -> list[Listed]:
    """Problems of households within `area`, those due first; without `closed` only those still to be closed."""
    query = (
        select(Problem, Household.head_name, Household.area, Area.name)
        .join(Household, Household.key == Problem.household_key)
        .join(Area, Area.path == Household.area)
        .where(areas.within(Household.area, area))
        .order_by(Problem.due, Problem.key)
        .limit(limit)
    )
    if not closed:
        query = query.where(Problem.state != CLOSED)
    return [
        Listed(problem, title, path, village, problem.state != CLOSED and problem.due < day)
        for problem, title, path, village in session.execute(query)
    ]


def _still_open(session: Session, key: int) -> Problem:
    problem = session.get(Problem, key)
    if problem is None:
        raise Impossible("unknown_problem", "没有编号为 {key} 的问题。", key=str(key))
    if problem.state == CLOSED:
        raise Impossible("problem_closed", "问题已销号，不能再改。")
    return problem
