"""Lists of households to be visited (F4.3.2, F4.3.5)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import areas, households
from registry.errors import Impossible
from registry.models import Area, Household, Monitoring


def to_visit(session: Session, area: str, kinds: Sequence[str]) -> tuple[list[dict[str, Any]], int]:
    """The households of these `kinds` (户类型) within `area`, and how many are left out since they are monitored.

    Each is `{household_key, title, area, village}`, by village and name of 户主. Impossible where there is no such area.
    """
    if areas.get(session, area) is None:
        raise Impossible("unknown_area", "没有地区“{path}”。", path=area)
    rows = session.execute(
        select(Household.key, Household.head_name, Household.area, Area.name, Monitoring.key)
        .join(Area, Area.path == Household.area)
        .outerjoin(Monitoring, (Monitoring.household_key == Household.key) & Monitoring.ended_on.is_(None))
        .where(areas.within(Household.area, area), households.inhabited(), Household.kind.in_(kinds))
        .order_by(Household.area, Household.head_name, Household.key)
    ).all()
    listed = [
        {"household_key": str(key), "title": name, "area": path, "village": village}
        for key, name, path, village, monitored in rows
        if monitored is None
    ]
    return listed, len(rows) - len(listed)
