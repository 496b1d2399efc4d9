"""A township of monitored households, on both stores."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine.database import Database
from registry import areas, history, households, income, ledger, measures, monitoring
from registry.ledger import Wanted
from tests.registry.conftest import member, number

COUNTY = "2202/220281/"
TOWNSHIP = "2202/220281/220281101/"
VILLAGES = (TOWNSHIP + "220281101201/", TOWNSHIP + "220281101202/", "2202/220202/220202101/220202101201/")
AT = datetime(2020, 5, 20, 1, tzinfo=UTC)
TODAY = date(2020, 5, 20)
PEOPLE = (
    # name, village, level, net income a head, causes
    ("赵一", 0, "红", 3900, ["因病", "因残"]),
    ("钱二", 0, "黄", 4100, ["因学"]),
    ("孙三", 1, "黄", -20, []),
    ("李四", 1, "", None, ["因病"]),
    ("周五", 2, "蓝", 5000, ["因病"]),
)


def wanted(*keys: str, **more: Any) -> Wanted:
    """These columns, or the first set."""
    found = ledger.monitored()
    columns = found.chosen(keys or found.first_set)
    return Wanted(columns, TODAY, **{"known": found.by_key, "sort": "village", **more})


@pytest.fixture
def county(database: Database) -> Iterator[Session]:
    """Five households in three villages of two counties; all but one graded."""
    with database.begin() as session:
        history.act(session, "周敏", AT, task="7001")
        areas.load(session)
        for order, (name, village, level, net, causes) in enumerate(PEOPLE):
            people = [member(name, id_number=number(f"2202991968010{order + 10}01"))]
            facts = {"kind": "脱贫户", "causes": causes, "address": f"={order}组", "phone": "13900000001"}
            key = households.save(session, None, VILLAGES[village], facts, people).key
            monitoring.include(session, key, "脱贫不稳定户", [1], "农户申请", date(2020, 1, 1 + order))
            if level:
                monitoring.warn(session, key, level, ["核实"], "周敏")
            if net is not None:
                income.assess(session, key, 1, {"this_year": {"wage": net}}, "认定", Decimal(4000))
            chosen = {"code": "CY02", "planned_amount": 1000 * order, "due": "2020-05-01"}
            measures.open_one(session, key, chosen)
        yield session


def written(session: Session, found: Wanted, *, in_full: bool = False) -> bytes:
    """The workbook as the page gives it."""
    rows = list(ledger.rows(session, found, in_full=in_full))
    versions = ledger.versions(session, [row["key"] for row in rows])
    return ledger.as_xlsx("防返贫台账", found.columns, rows, versions)
