"""A county's year: every procedure is met, every case ends lawfully, and what contradicts a case is found."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import etree

from engine.clock import SystemClock
from engine.database import Database
from engine.feel import Evaluator
from engine.models.instances import Instance, Timer
from engine.models.worklist import TaskCandidate, UserTask
from engine.runtime import Runtime
from processes.operations import OPERATIONS
from registry.models import Household, Measure, Member, Monitoring, Payment, Problem, SuddenRisk, Warning
from tests.conftest import open_database
from web.simulation import Lived, lawful, live, reconciled, year

DRAWN = Path(__file__).parents[2] / "processes"
DAY = date(2020, 12, 31)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@pytest.fixture(scope="module")
def database(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("year") / "year.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = open_database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(scope="module")
def lived(database: Database, evaluator: Evaluator) -> Lived:
    return live(Runtime(database, evaluator, OPERATIONS, SystemClock()), 2020, households=24, seed=1)


def test_every_procedure_is_met_and_comes_to_ends(lived: Lived) -> None:
    drawn = {
        process.get("id")
        for file in DRAWN.glob("*.bpmn")
        for process in etree.parse(file).iter(f"{BPMN}process")
    }
    assert set(lived.outcomes) == drawn
    ends = {end for outcomes in lived.outcomes.values() for end in outcomes}
    assert {"included", "measure_closed", "round_done", "screening_done", "comparison_done"} <= ends


def test_nothing_went_wrong_and_all_ledgers_agree(lived: Lived) -> None:
    assert lived.incidents == 0
    assert lived.unlawful == []
    assert {name: found for name, found in lived.differences.items() if found} == {}
    assert lived.sound


def test_each_case_moved_in_its_year(lived: Lived, database: Database) -> None:
    with database.read() as session:
        first, last = session.execute(sa.text("SELECT min(at), max(at) FROM entry WHERE case_key <> 0")).one()
    assert "2020-01-01" < first < "2020-03" and "2020-12" < last < "2020-12-31 16"


@pytest.mark.parametrize(
    ("named", "change"),
    [
        ("monitored households and their cases", sa.update(Monitoring).values(ended_on=DAY)),
        ("cases and where their households live", sa.update(Household).values(area="2202/")),
        ("households that are no more", sa.update(Member).values(left_on=DAY)),
        ("warning levels", sa.update(Warning).values(level="蓝")),
        ("measures and assistance", sa.update(Measure).values(state="已计划")),
        ("facts and their histories", sa.update(Measure).values(name="别的措施")),
        ("money", sa.update(Measure).values(paid_amount=Decimal(1))),
        ("money", sa.update(UserTask).where(UserTask.element == "deliver").values(answer_entry=None)),
        ("sudden hardship", sa.update(SuddenRisk).values(closed_on=None)),
        ("problems and their mending", sa.update(Problem).values(state="待整改")),
        ("reliefs and their stages", sa.update(Payment).values(state="待发放")),
        ("figures and ledger", sa.update(Monitoring).values(started_on=date(2021, 2, 1))),
        (
            "hidden problems",
            sa.update(Instance).where(Instance.process_id == "risk_check").values(subject=None),
        ),
        ("what is stored (fangfan check)", sa.update(UserTask).values(completed_by="nobody")),
    ],
)
def test_what_contradicts_the_cases_is_found(
    lived: Lived, database: Database, named: str, change: sa.Update
) -> None:
    with database.begin() as session:
        session.execute(change)
        assert list(reconciled.COMPARED[named](session, DAY))
        session.rollback()


@pytest.mark.parametrize(
    "changes",
    [
        [sa.delete(TaskCandidate)],
        [sa.update(Instance).where(Instance.parent_key.is_(None)).values(state="cancelled")],
        [sa.update(UserTask).values(state="cancelled"), sa.delete(Timer)],
        [sa.update(Timer).values(due=year.day(2020, 12, 1))],
    ],
)
def test_a_case_that_nothing_will_move_is_found(
    lived: Lived, database: Database, changes: list[sa.Executable]
) -> None:
    with database.begin() as session:
        assert list(lawful.unlawful(session, year.day(2021, 1, 1, 0))) == []
        for change in changes:
            session.execute(change)
        assert list(lawful.unlawful(session, year.day(2021, 1, 1, 0)))
        session.rollback()
