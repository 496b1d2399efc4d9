"""Operations of a household's other procedures: what is done for it at once or by a decision of its own."""

from typing import Any

from sqlalchemy.orm import Session

from processes.served import household_in, key_in, operation
from registry import eligibility, households, reliefs, sudden, support


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


@operation("relief.open")
def relief_open(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record a relief as decided: approved once, to be paid by stages."""
    relief = reliefs.open_one(
        session,
        household_in(session, inputs),
        inputs.get("relief_kind") or "",
        inputs.get("relief_reason") or "",
        inputs.get("stages") or [],
    )
    return {
        "relief_key": str(relief.key),
        "approved_amount": float(relief.approved_amount),
        **_payments(session, relief.key),
    }


@operation("relief.next")
def relief_next(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """The stage that is to be paid next; null when none is left."""
    waiting = reliefs.next_payment(session, key_in(inputs, "relief_key"))
    return {"payment": reliefs.shown(waiting) if waiting else None}


@operation("relief.pay")
def relief_pay(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record a stage as paid, or that this and the later ones are not paid any more."""
    key = key_in(inputs, "payment_key")
    if inputs.get("outcome") == reliefs.STOPPED:
        reliefs.stop(session, key, inputs.get("opinion") or "")
    else:
        reliefs.pay(session, key, inputs)
    return _payments(session, key_in(inputs, "relief_key"))


@operation("relief.close")
def relief_close(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """End a relief whose stages are all settled."""
    reliefs.close(session, key_in(inputs, "relief_key"), inputs.get("result") or "")
    return {}


@operation("support.record")
def support_record(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record how a supporter's duty stands: persuaded, agreed, performed or not, brought to court, settled."""
    key = key_in(inputs, "support_key") if inputs.get("support_key") else None
    duty = support.record(session, household_in(session, inputs), key, inputs.get("state") or "", inputs)
    return {"support_key": str(duty.key)}


@operation("household.register")
def household_register(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """纳入建档立卡."""
    key = household_in(session, inputs)
    households.register(session, key)
    return {"household": households.read(session, key)}


@operation("eligibility.cancel")
def eligibility_cancel(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Take the household's eligibility for assistance and relief away (S05)."""
    reason, conducts = inputs.get("reason") or "", inputs.get("conducts") or []
    held = eligibility.cancel(session, household_in(session, inputs), conducts, reason)
    return {"disqualified_on": held.decided_on.isoformat()}


@operation("eligibility.restore")
def eligibility_restore(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Give it back."""
    eligibility.restore(session, household_in(session, inputs), inputs.get("reason") or "")
    return {}


def _payments(session: Session, relief_key: int) -> dict[str, Any]:
    found = reliefs.payments(session, relief_key)
    return {
        "payments": [reliefs.shown(each) for each in found],
        "paid_total": float(sum(each.paid_amount or 0 for each in found)),
    }
