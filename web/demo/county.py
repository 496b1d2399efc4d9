"""What the demo's county does besides its families' cases: a round of visits and a department's screening."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import areas, households
from registry.models import Household, Monitoring
from web.demo.accounts import COUNTY
from web.demo.play import Play

SCREENED = 2


def visit(play: Play, village: str, who: str) -> None:
    """The leading group, or the county's office, sends cadres to the households of a village."""
    where = {"scope": "选定的村", "visit_area": village}
    play.begin("home_visit", {"area": COUNTY}, (who, COUNTY), where)


def screen(play: Play, department: str, most: int = SCREENED) -> None:
    """A department reports some households that are not monitored, and alerts others; nothing where there are none."""
    with play.runtime.database.read() as session:
        found = list(_at_risk(session, most))
    if found:
        told = {"screening": "系统数据", "screened": found, "alert_to": ["民政", "卫健"]}
        play.begin("department_screening", {"area": COUNTY}, (f"department:{department}", COUNTY), told)


def _at_risk(session: Session, most: int) -> Iterator[dict[str, Any]]:
    """Heads of households that are not monitored, as a department would report them."""
    monitored = sa.select(Monitoring.household_key).where(Monitoring.ended_on.is_(None))
    here = sa.select(Household).where(
        areas.within(Household.area, COUNTY), Household.head_name != "", Household.key.not_in(monitored)
    )
    for household in session.scalars(here.order_by(Household.key).limit(most)):
        head = next((m for m in households.present(household) if m.relation == households.HEAD), None)
        if head is None:  # the household is no more
            continue
        yield {
            "name": head.name,
            "id_number": head.id_number,
            "area": household.area,
            "risk": "支出骤增",
            "detail": "三季度住院两次，个人自付一万六千元。",
        }
