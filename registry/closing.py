"""A household that is no more: whatever was still open about it ends, and says why."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import measures, monitoring, problems, reliefs, sudden, support
from registry.models import Measure, Problem, Relief, SupportDuty


def close_all(session: Session, household_key: int, why: str) -> None:
    """End its monitoring, measures, reliefs (what was not paid is stopped), sudden risk, support duties and problems."""
    for measure in session.scalars(
        select(Measure).where(Measure.household_key == household_key, Measure.state != measures.CLOSED)
    ):
        measures.close(session, measure.key, {"result": why})
    for relief in session.scalars(
        select(Relief).where(Relief.household_key == household_key, Relief.closed_on.is_(None))
    ):
        waiting = reliefs.next_payment(session, relief.key)
        if waiting is not None:
            reliefs.stop(session, waiting.key, why)
        reliefs.close(session, relief.key, why)
    if sudden.open_entry(session, household_key) is not None:
        sudden.close(session, household_key, sudden.CLOSED, why)
    for duty in session.scalars(
        select(SupportDuty).where(
            SupportDuty.household_key == household_key, SupportDuty.state != support.STATES[-1]
        )
    ):
        support.record(session, household_key, duty.key, support.STATES[-1], {"result": why})
    for problem in session.scalars(
        select(Problem).where(Problem.household_key == household_key, Problem.state != problems.CLOSED)
    ):
        problems.mend(session, problem.key, {"fix": why})
        problems.close(session, problem.key)
    if monitoring.open_period(session, household_key) is not None:
        monitoring.exit_from(session, household_key, [why])
