"""The speed of what a county looks at as a whole: its figures and its ledger, on a made-up registry in an empty database."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from engine.clock import SHANGHAI
from engine.runtime import Runtime
from registry import areas, figures, ledger
from registry.keys import new_key
from registry.models import Household, Measure, Member, Monitoring, Warning
from registry.monitoring import KINDS, LEVELS
from web.runtime import open_runtime

HOUSEHOLDS = 200_000
MEMBERS = 3
MONITORED = 20
"""Every so many households one is monitored: the document's 5 %."""
DAY = date(2020, 12, 31)
_AT_ONCE = 5_000


def measure(database: str | None = None, households: int = HOUSEHOLDS) -> dict[str, Any]:
    """One object as `fangfan bench county --json` prints it. `database`: an empty one; None makes a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fangfan-bench-") as folder:
        runtime = open_runtime(database or f"sqlite:///{folder}/bench.sqlite")
        try:
            _register(runtime, households)
            return {"households": households, "monitored": households // MONITORED, **_look(runtime)}
        finally:
            runtime.evaluator.close()
            runtime.database.close()


def _look(runtime: Runtime) -> dict[str, Any]:
    with runtime.database.read() as session:
        county = areas.below(session, areas.ROOT, "county")[0].path
        return {
            "figures_city_seconds": _took(
                lambda: figures.of(session, areas.ROOT, DAY, since=date(2020, 1, 1))
            ),
            "figures_county_seconds": _took(lambda: figures.of(session, county, DAY, since=date(2020, 1, 1))),
            "ledger_page_city_seconds": _took(lambda: ledger.page(session, _wanted(areas.ROOT, "-level"))),
            "ledger_page_county_seconds": _took(lambda: ledger.page(session, _wanted(county, "-level"))),
            "ledger_totals_city_seconds": _took(
                lambda: ledger.totals(session, _wanted(areas.ROOT, "-level"))
            ),
        }


def _wanted(area: str, sort: str) -> ledger.Wanted:
    of = ledger.monitored()
    return ledger.Wanted(of.chosen(of.first_set), DAY, within=area, sort=sort, known=of.by_key)


def _took(look: Callable[[], object]) -> float:
    started = perf_counter()
    look()
    return round(perf_counter() - started, 2)


def _register(runtime: Runtime, count: int) -> None:
    with runtime.database.begin() as session:
        areas.load(session)
        villages = [area.path for area in areas.below(session, areas.ROOT, "village")]
    families = _families(count, villages)
    while made := list(itertools.islice(families, _AT_ONCE)):
        with runtime.database.begin() as session:
            for table in (Household, Member, Monitoring, Warning, Measure):
                if rows := [row for family in made for row in family.get(table, ())]:
                    session.execute(sa.insert(table), rows)


def _families(count: int, villages: list[str]) -> Iterator[dict[Any, list[dict[str, Any]]]]:
    random = Random(1)  # noqa: S311  (made up, the same each time)
    for number in range(count):
        key = new_key()
        family = {
            Household: [
                {
                    "key": key,
                    "area": villages[number % len(villages)],
                    "kind": "脱贫户" if number % 3 else "一般农户",
                    "head_name": "张三",
                    "causes": random.sample(["因病", "因残", "因学", "缺劳动力"], number % 2 + 1),
                    "recorded_at": datetime(2020, 1, 1, tzinfo=SHANGHAI),
                }
            ],
            Member: [_member(key, place) for place in range(MEMBERS)],
        }
        if number % MONITORED == 0:
            family |= _monitored(key, random)
        yield family


def _member(household: int, place: int) -> dict[str, Any]:
    return {
        "key": new_key(),
        "household_key": household,
        "position": place,
        "name": "张三",
        "sex": "男",
        "relation": "其他" if place else "户主",
    }


def _monitored(household: int, random: Random) -> dict[Any, list[dict[str, Any]]]:
    began = date(2020, 1, 1) + timedelta(days=random.randrange(300))
    of = {"household_key": household}
    return {
        Monitoring: [
            {
                **of,
                "key": new_key(),
                "kind": random.choice(KINDS),
                "grounds": [1],
                "channel": "农户申请",
                "started_on": began,
                "ended_on": began + timedelta(days=40) if random.random() < 0.1 else None,
            }
        ],
        Warning: [
            {
                **of,
                "key": new_key(),
                "level": random.choice(LEVELS),
                "reasons": [],
                "decided_by": "bench",
                "since": datetime(began.year, began.month, began.day, 12, tzinfo=SHANGHAI)
                + timedelta(days=30 * month),
            }
            for month in range(3)
        ],
        Measure: [
            {
                **of,
                "key": new_key(),
                "category": category,
                "name": "特色养殖扶持",
                "departments": ["农业农村", "扶贫办"],
                "fund_source": "财政专项扶贫资金",
                "planned_amount": Decimal(3000),
                "due": began + timedelta(days=60),
                "state": random.choice(("已计划", "已落实", "已销号")),
                "opened_on": began,
            }
            for category in (1, 4, 6)
        ],
    }
