"""骤贫 (S18): who fell into hardship at one blow is put on a list the same day and stays on it until 销号."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import told
from registry.errors import Impossible
from registry.history import acting
from registry.models import SuddenRisk

OPEN, CLOSED, UNTRUE = "处置中", "已销号", "不属实"


def open_entry(session: Session, household_key: int) -> SuddenRisk | None:
    """The household's entry that is not closed."""
    wanted = select(SuddenRisk).where(
        SuddenRisk.household_key == household_key, SuddenRisk.closed_on.is_(None)
    )
    return session.scalars(wanted).first()


def enter(session: Session, household_key: int, facts: Mapping[str, Any]) -> tuple[SuddenRisk, bool]:
    """Put the household on the list: `cause`, `detail`, `found_on` (today if not told).

    One that is on it already gets what is reported now added to its entry; then the second value is False.
    """
    acts = acting(session)
    detail = told.text(facts.get("detail"))
    entry = open_entry(session, household_key)
    if entry is not None:
        entry.detail = f"{entry.detail}\n{detail}"
        session.flush()
        return entry, False
    entry = SuddenRisk(
        household_key=household_key,
        detail=detail,
        found_on=told.day(facts.get("found_on")) or acts.day,
        found_by=acts.actor,
        state=OPEN,
    )
    told.assign(entry, {"cause": facts.get("cause")}, {"cause": told.text})
    session.add(entry)
    session.flush()
    return entry, True


def close(session: Session, household_key: int, state: str, result: str) -> SuddenRisk:
    """销号, or strike off what proved untrue. Impossible (`not_on_the_list`) where the household is not on the list."""
    entry = open_entry(session, household_key)
    if entry is None:
        raise Impossible("not_on_the_list", "该户不在骤贫风险清单上。")
    if state not in (CLOSED, UNTRUE):
        raise Impossible("unknown_sudden_state", "骤贫风险不能改为“{state}”。", state=state)
    entry.state = state
    entry.result = told.text(result)
    entry.closed_on = acting(session).day
    session.flush()
    return entry


def of(session: Session, household_key: int) -> list[SuddenRisk]:
    """A household's entries, newest first."""
    wanted = select(SuddenRisk).where(SuddenRisk.household_key == household_key)
    return list(session.scalars(wanted.order_by(SuddenRisk.found_on.desc(), SuddenRisk.key.desc())))
