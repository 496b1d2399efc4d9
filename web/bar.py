"""The identity bar: whose case this is, from the case's variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.models.instances import Attributes

NAMES = frozenset({"household", "line", "disposable_income", "net_income"})
"""The variables that it shows."""


@dataclass(frozen=True)
class Bar:
    """What stays in sight: 户主, where, level, the line and both incomes per head (yuan a year), the due moment."""

    title: str
    place: str
    level: str
    line: float | None
    disposable_income: float | None
    net_income: float | None
    due: datetime | None


def of(known: Mapping[str, Any], row: Attributes, due: datetime | None = None) -> Bar:
    """The bar of a task or a case with these variables; `due` where the row itself has none."""
    household = known.get("household")
    household = household if isinstance(household, Mapping) else {}
    names = household.get("area_names")
    return Bar(
        title=str(household.get("head_name") or row.title or ""),
        place=" ".join(names) if isinstance(names, list) else "",
        level=row.level or "",
        line=_number(known.get("line")),
        disposable_income=_number(known.get("disposable_income")),
        net_income=_number(known.get("net_income")),
        due=getattr(row, "due", None) or due,
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
