"""What may be shown to everybody (S19): never an ID number, phone, account, or anything that tells of somebody's health.

A public notice is printed from these facts alone: whatever its sheet asks for, there is nothing else to be had. Causes and
measures are not among them, since 因病, 因残 or 大病保险 tell of health.
"""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import areas
from registry.errors import Impossible
from registry.models import Area, Household, Member, Monitoring

FACTS = ("number", "village", "village_group", "head_name", "population", "kind", "day")
WHAT = {"纳入": "拟纳入防止返贫监测范围", "移出": "拟移出防止返贫监测范围"}
MOST = 2_000


def listed(session: Session, area: str, what: str, since: date, until: date) -> list[dict[str, Any]]:
    """The households within `area` that were taken in (纳入) or left (移出) in these days, each with `FACTS` only."""
    if what not in WHAT:
        raise Impossible("no_such_notice", "公示只有“纳入”和“移出”两种。")
    on = Monitoring.started_on if what == "纳入" else Monitoring.ended_on
    population = (
        select(func.count(Member.key))
        .where(Member.household_key == Household.key, Member.left_on.is_(None))
        .correlate(Household)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Area.name, Household.village_group, Household.head_name, population, Monitoring.kind, on)
        .select_from(Monitoring)
        .join(Household, Household.key == Monitoring.household_key)
        .join(Area, Area.path == Household.area)
        .where(areas.within(Household.area, area), on.between(since, until))
        .order_by(Household.area, on, Household.head_name)
        .limit(MOST)
    )
    return [dict(zip(FACTS, (number, *row), strict=True)) for number, row in enumerate(rows, start=1)]
