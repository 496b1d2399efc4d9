"""Operations of the plain ledgers: what becomes due there is taken up as a case, and its outcome is entered."""

from typing import Any

from sqlalchemy.orm import Session

from processes.served import BusinessError, key_in, operation
from registry import areas, told
from registry.ledger import Plain, entries, ledgers


@operation("ledger.due")
def ledger_due(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Entries that become due from `since` to before `until`, and those due before that were entered since `entered_since`."""
    ledger = _ledger(inputs)
    since, until, entered = (_day(inputs, name) for name in ("since", "until", "entered_since"))
    return {
        "entries": [
            {"entry_key": str(entry.key), "area": entry.area, "fields": entry.fields}
            for day, entry in entries.due_before(session, ledger, areas.ROOT, until)
            if day >= since or entry.valid_from >= entered
        ]
    }


@operation("ledger.enter")
def ledger_enter(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """A new entry: what is told, the rest as in the entry `like`."""
    ledger, given, area = _ledger(inputs), dict(inputs.get("fields") or {}), str(inputs.get("area") or "")
    if inputs.get("like"):
        before = entries.get(session, ledger, key_in(inputs, "like"))
        given, area = {**before.fields, **given}, before.area
    return {"entry_key": str(entries.add(session, ledger, given, area=area).key)}


@operation("ledger.end")
def ledger_end(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """End an entry; one that somebody has ended meanwhile stays as it is."""
    ledger, key = _ledger(inputs), key_in(inputs, "entry_key")
    if entries.get(session, ledger, key).valid_to is None:
        entries.end(session, ledger, key, inputs.get("reason") or "")
    return {}


def _ledger(inputs: dict[str, Any]) -> Plain:
    name = str(inputs.get("ledger") or "")
    if name not in ledgers():
        raise BusinessError("no_ledger", f"没有台账“{name}”。")
    return ledgers()[name]


def _day(inputs: dict[str, Any], name: str) -> Any:
    day = told.day(inputs.get(name))
    if day is None:
        raise BusinessError("no_day", f"缺少日期 {name}。")
    return day
