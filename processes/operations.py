"""What the drawings' service tasks call, by task type: each reads its inputs, calls the registry once, returns outputs.

The table of inputs and outputs is in processes/README.md. An operation works in the step's own transaction and never
commits. Money leaves as numbers of yuan with two decimals, keys as decimal strings.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

import processes.channels
import processes.family
import processes.ledgers
import processes.office
import processes.reliefs  # noqa: F401  (they put their operations into the table)
from processes.served import OPERATIONS, BusinessError, Operation, household_in, key_in, operation
from registry import doubts, households, income, measures, monitoring, notices, sudden
from registry.errors import Impossible
from registry.history import acting
from registry.models import Notice
from registry.money import NotMoney, yuan
from registry.names import pinyin

__all__ = ["OPERATIONS", "BusinessError", "Operation", "write_notice"]


def _line(inputs: Mapping[str, Any]) -> Decimal:
    """The poverty line, which must be given: a missing one must not count as 0."""
    try:
        line = yuan(inputs.get("line"))
    except NotMoney:
        line = Decimal(0)
    if line <= 0:
        raise BusinessError("no_line", "没有现行扶贫标准，不能计算。")
    return line


def _number(amount: Decimal) -> float:
    return float(amount)


@operation("household.read")
def household_read(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """What is known of a household, its last income sheet and shortfalls."""
    key = household_in(session, inputs)
    household, seen = households.read(session, key), monitoring.last_check(session, key)
    return {
        **_named(household),
        "income": income.as_told(income.latest(session, key)),
        "shortfalls": monitoring.shortfalls(session, key),
        "seen_on": seen.checked_on.isoformat() if seen else None,
        "destitute": household["destitute"],
    }


@operation("household.save")
def household_save(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record what was told of a household; without `household_key` a new one, or the one whose 户主 it is."""
    key = household_in(session, inputs) if inputs.get("household_key") else None
    facts = dict(inputs.get("household") or {})
    facts.update({name: inputs[name] for name in ("causes", "filed_by") if inputs.get(name) is not None})
    try:
        saved = households.save(session, key, inputs.get("area"), facts, inputs.get("members"))
    except Impossible as refused:  # one code for all, so that a drawing can send it back to whoever wrote it
        raise BusinessError("impossible_household", str(refused)) from refused
    return {
        "household_key": str(saved.key),
        **_named(households.read(session, saved.key)),
        "doubts": [{"code": doubt.code, "text": str(doubt)} for doubt in doubts.about(session, saved.key)],
    }


def _named(household: dict[str, Any]) -> dict[str, Any]:
    name = household["head_name"]
    return {
        "household": household,
        "area": household["area"],
        "title": name,
        "search": " ".join((name, *pinyin(name))),
    }


@operation("income.assess")
def income_assess(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """The figures a head that the decisions read; the sheet and the guarantees as found are kept."""
    key = household_in(session, inputs)
    phase = inputs.get("phase") or "认定"
    figures = income.assess(
        session,
        key,
        len(households.present(households.get(session, key))),
        inputs.get("income") or {},
        phase,
        _line(inputs),
    )
    if inputs.get("shortfalls") is not None:
        monitoring.check_guarantees(session, key, inputs["shortfalls"], phase)
    return {
        "disposable_income": _number(figures.disposable),
        "net_income": _number(figures.net),
        "expected_disposable_income": _number(figures.expected_disposable),
        "previous_income": _number(figures.previous),
        "income_drop_ratio": _number(figures.drop_ratio),
        "rigid_expense": _number(figures.rigid_expense),
        "months_above_line": income.months_above_line(session, key, acting(session).day),
        "entry_exit_trap": figures.entry_exit_trap,
    }


@operation("guarantees.record")
def guarantees_record(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """The guarantees as found, and 生活必需支出, of a household that is not asked for its income (S12)."""
    key, phase = household_in(session, inputs), inputs.get("phase") or "认定"
    monitoring.check_guarantees(session, key, inputs.get("shortfalls") or [], phase)
    if inputs.get("living_expenses"):
        monitoring.keep_expenses(session, key, inputs["living_expenses"], phase)
    return {}


@operation("monitoring.include")
def monitoring_include(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Take the household into monitoring; one that another channel has included meanwhile stays as it is."""
    key = household_in(session, inputs)
    before = monitoring.open_period(session, key)
    period = monitoring.include(
        session, key, inputs.get("kind") or "", inputs.get("grounds") or [], inputs.get("channel") or ""
    )
    return {"included_on": period.started_on.isoformat(), "newly_included": before is None}


@operation("monitoring.exit")
def monitoring_exit(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """End the monitoring of the household (移出)."""
    on = monitoring.exit_from(session, household_in(session, inputs), inputs.get("reasons") or [])
    return {"exited_on": on.isoformat()}


@operation("warning.record")
def warning_record(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record the warning level in force; 红 while the household is on the list of sudden hardship (S18)."""
    key = household_in(session, inputs)
    level, reasons = inputs.get("level") or "", list(inputs.get("reasons") or [])
    if level in monitoring.LEVELS[1:] and sudden.open_entry(session, key) is not None:
        reasons.append(f"S18：骤贫风险尚未销号，仍为红色（评定为{level}色）")
        level = monitoring.LEVELS[0]
    monitoring.warn(session, key, level, reasons, inputs.get("decided_by") or "")
    return {"level": level, "reasons": reasons}


@operation("measures.open")
def measures_open(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record the chosen measures; one that has a key is recorded already."""
    key = household_in(session, inputs)
    return {
        "measures": [
            chosen
            if chosen.get("key")
            else {**chosen, **measures.shown(measures.open_one(session, key, chosen))}
            for chosen in inputs.get("measures") or []
        ]
    }


@operation("measures.count_open")
def measures_count_open(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """How many of the household's measures are not closed."""
    return {"open_measures": measures.count_open(session, household_in(session, inputs))}


@operation("measure.plan")
def measure_plan(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record a department's plan for a measure."""
    measures.plan(session, key_in(inputs, "measure_key"), inputs)
    return {}


@operation("measure.deliver")
def measure_deliver(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record the delivery of a measure, or that it cannot be delivered."""
    measures.deliver(session, key_in(inputs, "measure_key"), inputs)
    return {}


@operation("measure.close")
def measure_close(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """销号."""
    measures.close(session, key_in(inputs, "measure_key"), inputs)
    return {}


@operation("notice.send")
def notice_send(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Write a notice to the household."""
    write_notice(session, inputs)
    return {}


def write_notice(session: Session, inputs: dict[str, Any]) -> Notice:
    """The notice that `notice.send` asks for."""
    return notices.write(
        session, household_in(session, inputs), inputs.get("kind") or "", inputs.get("text") or ""
    )
