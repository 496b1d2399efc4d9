"""Doubts about households as they stand in the registry, and their confirmation with a reason."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import areas, checks, households, income, measures, members
from registry.checks import Doubt, Known
from registry.errors import Impossible
from registry.history import acting
from registry.models import DoubtConfirmed, Household, Monitoring

MOST = 300
"""So many households are looked at in one go."""


def about(session: Session, household_key: int) -> list[Doubt]:
    """What the checks find doubtful about a household, without what somebody has confirmed."""
    confirmed = set(
        session.scalars(select(DoubtConfirmed.code).where(DoubtConfirmed.household_key == household_key))
    )
    household = households.get(session, household_key)
    return [doubt for doubt in checks.doubts(_known(session, household)) if doubt.code not in confirmed]


def listed(session: Session, area: str, limit: int = MOST) -> list[tuple[Household, list[Doubt]]]:
    """The households in monitoring within `area` about which something is doubtful, by village; the first `limit` that
    are monitored are looked at."""
    monitored = session.scalars(
        select(Household)
        .join(Monitoring, Monitoring.household_key == Household.key)
        .where(areas.within(Household.area, area), Monitoring.ended_on.is_(None))
        .order_by(Household.area, Household.head_name, Household.key)
        .limit(limit)
    ).all()
    found = ((household, about(session, household.key)) for household in monitored)
    return [(household, doubts) for household, doubts in found if doubts]


def confirm(session: Session, household_key: int, code: str, reason: str) -> None:
    """Say why a doubt is none: it is not shown any more. Who and when is in the history."""
    if not reason.strip():
        raise Impossible("no_reason", "请写明核实情况。")
    if code not in {doubt.code for doubt in about(session, household_key)}:
        raise Impossible("no_such_doubt", "这一户已没有这项存疑。")
    session.add(DoubtConfirmed(household_key=household_key, code=code, reason=reason.strip()))
    session.flush()


def _known(session: Session, household: Household) -> Known:
    period = session.scalars(
        select(Monitoring)
        .where(Monitoring.household_key == household.key)
        .order_by(Monitoring.started_on.desc(), Monitoring.key.desc())
    ).first()
    told = income.as_told(income.latest(session, household.key)) or {}
    return Known(
        members=[members.shown(member) for member in households.present(household)],
        phone=household.phone or "",
        causes=household.causes,
        income=income.read_sums(told["this_year"]) if "this_year" in told else None,
        measures=[measures.shown(measure) for measure in measures.of(session, household.key)],
        included_on=period.started_on if period else None,
        exited_on=period.ended_on if period else None,
        today=acting(session).day,
    )
