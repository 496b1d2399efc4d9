"""Operations about what happens to a family while its case runs (S20)."""

from typing import Any

from sqlalchemy.orm import Session

from processes.served import BusinessError, household_in, operation
from registry import areas, family, households
from registry.errors import Impossible


@operation("villages.list")
def villages_list(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Every village to which a household may move."""
    return {"villages": areas.labels(session, areas.ROOT)}


@operation("household.change")
def household_change(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record a family's event; with `trial` only find out what would come of it, and change nothing."""
    key = household_in(session, inputs)
    attempt = session.begin_nested()
    try:
        outcome = family.record(session, key, inputs.get("event") or "", inputs.get("facts") or {})
    except Impossible as refused:  # one code for all, so that a drawing can send it back to whoever wrote it
        attempt.rollback()
        raise BusinessError("impossible_household", str(refused)) from refused
    if inputs.get("trial"):
        attempt.rollback()
    else:
        attempt.commit()
    return {
        "told": outcome.told,
        "ended": outcome.ended,
        "crosses": outcome.crosses,
        "other_key": None if outcome.other is None else str(outcome.other),
        "household": households.read(session, key),
    }
