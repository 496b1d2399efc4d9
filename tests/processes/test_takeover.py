"""Households that are monitored already come in as running cases at their stage, and a second import starts none."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine import instances, settings
from engine.clock import MovableClock
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from registry import history, measures
from registry.imports import import_households, read_sheet
from tests.registry.imports.sheets_made import HEAD, WIFE, changed, csv_of, rows

START = datetime(2020, 5, 20, 1, tzinfo=UTC)


def take_over(runtime: Runtime, sheet: bytes) -> list[Instance]:
    """As the import command does: facts and cases in one transaction."""
    with runtime.database.begin() as session:
        history.act(session, "import", START)
        line = Decimal(str(settings.in_force(session, START)["line"]))
        _, cases = import_households(session, read_sheet(sheet), line=line)
        return [instances.start(runtime, session, "monitoring", case.variables(), "import") for case in cases]


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        ({"预警级别": "", "健康帮扶": "否"}, "grade_by_hand"),
        ({"预警级别": "黄", "健康帮扶": "否"}, "choose_measures"),
        ({"预警级别": "黄", "健康帮扶": "已实施"}, None),  # waits for the next round's day
    ],
    ids=["定级", "帮扶", "跟踪"],
)
def test_a_case_runs_from_its_stage_on(stage, cells, task):
    sheet = csv_of(rows(changed(HEAD, **cells), changed(WIFE, **cells)))
    with stage.runtime(MovableClock(START)) as runtime:
        (case,) = take_over(runtime, sheet)
        with runtime.database.read() as session:
            open_tasks = session.scalars(select(UserTask).where(UserTask.case_key == case.key)).all()
            found = session.get_one(Instance, case.key)
            assert [t.element for t in open_tasks] == ([task] if task else [])
            assert found.state == "active"
            key = int(case.attributes["subject"])
            assert measures.count_open(session, key) == 0
        assert take_over(runtime, sheet) == []
