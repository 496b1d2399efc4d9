"""Operations of what is done for a household at once or by a decision of its own (S18, F4.5.6)."""

from typing import Any

from sqlalchemy.orm import Session

from processes.served import household_in, operation
from registry import sudden


@operation("sudden.enter")
def sudden_enter(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Put the household on the list of S18; one that is on it already gets the report added to its entry."""
    entry, is_new = sudden.enter(session, household_in(session, inputs), inputs)
    return {"newly_listed": is_new, "listed_on": entry.found_on.isoformat()}


@operation("sudden.close")
def sudden_close(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """销号, or strike off the list what proved untrue."""
    sudden.close(
        session, household_in(session, inputs), inputs.get("state") or "", inputs.get("result") or ""
    )
    return {}
