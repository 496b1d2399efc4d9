"""Eligibility for assistance and relief: taken away for the conducts that S05 lists, given back on appeal."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import told
from registry.errors import Impossible
from registry.history import acting
from registry.models import Disqualification

CONDUCTS = (
    "故意隐瞒重要信息申请救助",
    "有能力而不履行赡养义务",
    "虚报冒领扶贫资金",
    "参与黑恶活动",
    "参与黄赌毒",
    "参与非法宗教活动",
)
"""S05, in short."""


def lost(session: Session, household_key: int) -> Disqualification | None:
    """The decision by which the household is not eligible now."""
    wanted = select(Disqualification).where(
        Disqualification.household_key == household_key, Disqualification.restored_on.is_(None)
    )
    return session.scalars(wanted).first()


def cancel(session: Session, household_key: int, conducts: Sequence[str], reason: str) -> Disqualification:
    """取消资格 for some of the `CONDUCTS`; a household that has lost it already stays as it is. Impossible for none of them."""
    named = [each for each in CONDUCTS if each in conducts]
    if not named or len(named) != len(set(conducts)):
        raise Impossible("unknown_conduct", "取消资格只能因《实施方案》第（五）条所列的行为。")
    held = lost(session, household_key)
    if held is None:
        acts = acting(session)
        held = Disqualification(
            household_key=household_key,
            conducts=named,
            reason=told.text(reason),
            decided_on=acts.day,
            decided_by=acts.actor,
        )
        session.add(held)
        session.flush()
    return held


def restore(session: Session, household_key: int, reason: str) -> Disqualification:
    """Give the eligibility back. Impossible (`is_eligible`) where it was not lost."""
    held = lost(session, household_key)
    if held is None:
        raise Impossible("is_eligible", "该户没有被取消资格。")
    held.restored_on = acting(session).day
    held.restored_because = told.text(reason)
    session.flush()
    return held
