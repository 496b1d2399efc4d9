"""What the year-end report (S21) tells, as its form and sheet carry it: counted by `registry.figures`, nothing typed."""

from typing import Any

from registry.figures import LEVELS, Figures, Group
from registry.measures import CATEGORIES, CLOSED

_LEVEL_NAMES = dict(zip(LEVELS, ("red", "yellow", "blue", "ungraded"), strict=True))


def told(counted: Figures) -> dict[str, Any]:
    """The figures by name; sums of money in yuan, `share` in per cent with one decimal, null where there is none."""
    monitored, flows, measures = counted.monitored, counted.flows, counted.measures
    return {
        "day": counted.day.isoformat(),
        "monitored_households": monitored.sum("households"),
        "monitored_people": monitored.sum("people"),
        "unstable_households": monitored.sum("households", kind="脱贫不稳定户"),
        "border_households": monitored.sum("households", kind="边缘易致贫户"),
        **{name: monitored.sum("households", level=level) for level, name in _LEVEL_NAMES.items()},
        "included": flows.sum("households", way="纳入"),
        "exited": flows.sum("households", way="移出"),
        "share": None if counted.share is None else float(round(counted.share * 100, 1)),
        "causes": [
            {"cause": cause, "households": households}
            for cause, households in _most_first(counted.causes.by("cause", "households"))
        ],
        "measures": measures.sum("measures"),
        "closed_measures": measures.sum("measures", state=CLOSED),
        "late_measures": measures.sum("measures", late=True),
        **_money(counted.funds),
        "categories": [
            {
                "name": CATEGORIES[category - 1],
                "measures": measures.sum("measures", category=category),
                "closed": measures.sum("measures", category=category, state=CLOSED),
                **_money(measures, category=category),
            }
            for category in sorted(measures.by("category", "measures"))
        ],
        "sources": [
            {"name": source or "未写明", **_money(counted.funds, fund_source=source)}
            for source in sorted(counted.funds.by("fund_source", "planned"))
        ],
    }


def _money(funds: Group, **where: Any) -> dict[str, float]:
    return {
        "planned_amount": float(funds.sum("planned", **where)),
        "paid_amount": float(funds.sum("paid", **where)),
    }


def _most_first(counted: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))
