"""The households that are monitored now, with what is short in each case: what supervision samples and gap checks list."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from registry import areas
from registry.figures import UNGRADED
from registry.history import SHANGHAI
from registry.measures import NOT_DELIVERED
from registry.models import GuaranteeCheck, Household, Measure, Monitoring, Warning
from registry.monitoring import GUARANTEES


@dataclass(frozen=True)
class Monitored:
    """A household in monitoring: its village named from the county down, its level, guarantees lacking at the last look, measures past their day, days since that look."""

    household_key: int
    title: str
    area: str
    village: str
    level: str
    shortfalls: tuple[str, ...] = ()
    late_measures: tuple[str, ...] = ()
    unseen_days: int = 0

    def as_told(self) -> dict[str, Any]:
        """As processes carry it."""
        return {
            "household_key": str(self.household_key),
            "title": self.title,
            "area": self.area,
            "village": self.village,
            "level": self.level,
        }


@dataclass
class _Found:
    since: date
    checks: list[GuaranteeCheck] = field(default_factory=list)
    level: str = UNGRADED
    late: list[str] = field(default_factory=list)


def within(session: Session, area: str, day: date) -> list[Monitored]:
    """All of them within `area` as of `day`, by village and 户主; four SELECTs, and the names of its villages."""
    open_now = (
        select(Household.key)
        .join(Monitoring, Monitoring.household_key == Household.key)
        .where(areas.within(Household.area, area), Monitoring.ended_on.is_(None))
    )
    rows = session.execute(
        select(Household.key, Household.head_name, Household.area, Monitoring.started_on)
        .join(Monitoring, Monitoring.household_key == Household.key)
        .where(areas.within(Household.area, area), Monitoring.ended_on.is_(None))
        .order_by(Household.area, Household.head_name, Household.key)
    ).all()
    found = {row.key: _Found(row.started_on) for row in rows}
    for key, level, since in session.execute(_latest(Warning, Warning.since, open_now, Warning.level)):
        if since.astimezone(SHANGHAI).date() >= found[key].since:
            found[key].level = level
    for check in session.scalars(_last_checks(open_now)):
        found[check.household_key].checks.append(check)
    late = select(Measure.household_key, Measure.name).where(
        Measure.household_key.in_(open_now),
        Measure.state.in_((*NOT_DELIVERED, "无法落实")),
        or_(Measure.due < day, Measure.state == "无法落实"),
    )
    for key, name in session.execute(late.order_by(Measure.due, Measure.key)):
        found[key].late.append(name)
    named = {path: "".join(areas.names(session, path)) for path in {row.area for row in rows}}
    return [_told(row, named[row.area], found[row.key], day) for row in rows]


def sample(
    households: Iterable[Monitored],
    size: int,
    seed: int,
    *,
    levels: Collection[str] = (),
    late_only: bool = False,
) -> tuple[list[Monitored], int]:
    """Draw `size` of them, and how many there were to draw from; `levels` empty: of every level.

    Each household's lot is the SHA-256 of `SEED:KEY`, the lowest lots are drawn: whoever knows the seed can draw the same
    again, in any language, and who was left out for his level does not change the others' lots.
    """
    fit = [
        each
        for each in households
        if (not levels or each.level in levels) and (each.late_measures or not late_only)
    ]
    drawn = sorted(fit, key=lambda each: hashlib.sha256(f"{seed}:{each.household_key}".encode()).digest())
    return sorted(drawn[:size], key=lambda each: (each.area, each.title, each.household_key)), len(fit)


def gaps(session: Session, area: str, day: date, most_days: Mapping[str, int]) -> list[dict[str, Any]]:
    """The cases with open shortcomings (F5.4), each once with all of them in `lead`.

    `most_days`: by level, how many days a household may go without a look at its guarantees.
    """
    return [
        {**each.as_told(), "lead": "；".join(lead)}
        for each in within(session, area, day)
        if (lead := list(_shortcomings(each, most_days)))
    ]


def _shortcomings(each: Monitored, most_days: Mapping[str, int]) -> Iterable[str]:
    if each.shortfalls:
        yield "未保障：" + "、".join(each.shortfalls)
    if each.late_measures:
        yield "措施未落实：" + "、".join(each.late_measures)
    most = most_days.get(each.level)
    if most is not None and each.unseen_days > most:
        yield f"已{each.unseen_days}天没有走访"


def _told(row: Any, village: str, found: _Found, day: date) -> Monitored:
    last = found.checks[0] if found.checks else None
    lacking = tuple(name for name, column in GUARANTEES.items() if last and getattr(last, column))
    seen = max(last.checked_on, found.since) if last else found.since
    return Monitored(
        row.key, row.head_name, row.area, village, found.level, lacking, tuple(found.late), (day - seen).days
    )


def _latest(table: Any, moment: Any, of: Any, *columns: Any) -> Any:
    """`household_key`, the columns and the moment of each household's last row."""
    place = func.row_number().over(
        partition_by=table.household_key, order_by=(moment.desc(), table.key.desc())
    )
    ranked = (
        select(table.household_key, *columns, moment, place.label("place"))
        .where(table.household_key.in_(of))
        .subquery()
    )
    return select(*list(ranked.c)[:-1]).where(ranked.c.place == 1)


def _last_checks(of: Any) -> Any:
    last = _latest(GuaranteeCheck, GuaranteeCheck.checked_on, of, GuaranteeCheck.key).subquery()
    return select(GuaranteeCheck).join(last, last.c.key == GuaranteeCheck.key)
