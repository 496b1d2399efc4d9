"""Doubts about households as they stand in the registry, and their confirmation with a reason."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import checks, households, income, measures, members
from registry.checks import Doubt, Known
from registry.errors import Impossible
from registry.history import acting
from registry.models import DoubtConfirmed, Household, Monitoring


def about(session: Session, household_key: int) -> list[Doubt]:
    """What the checks find doubtful about a household, without what somebody has confirmed."""
    confirmed = set(
        session.scalars(select(DoubtConfirmed.code).where(DoubtConfirmed.household_key == household_key))
    )
    household = households.get(session, household_key)
    return [doubt for doubt in checks.doubts(_known(session, household)) if doubt.code not in confirmed]


def confirm(session: Session, household_key: int, code: str, reason: str) -> None:
    """Say why a doubt is none: it is not shown any more. Who and when is in the history."""
    if not reason.strip():
        raise Impossible("no_reason", "请写明核实情况。")
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
