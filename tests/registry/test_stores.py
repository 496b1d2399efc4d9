"""What depends on the store, on SQLite and PostgreSQL alike: savepoints, secret columns, prefixes, searches, JSON."""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from engine.database import Database
from registry import areas, history, households, income, measures, monitoring, search
from registry.errors import Impossible
from registry.fiction import families
from registry.fiction.sheet import as_xlsx
from registry.imports import import_households, read_sheet
from registry.models import Monitoring
from tests.registry.conftest import VILLAGE, member, number

AT = datetime(2020, 5, 20, 1, tzinfo=UTC)


def test_an_import_and_all_that_is_asked_of_it_later(database: Database):
    with database.begin() as session:
        history.act(session, "周敏", AT)
        areas.load(session)
        villages = [area.path for area in areas.below(session, "2202/220281/", "village")]
        made = list(families(6, villages))
        sheet = read_sheet(as_xlsx(made, {path: areas.names(session, path) for path in villages}))
        report, cases = import_households(session, sheet, line=Decimal(4000))
        assert {row.status for row in report.rows} <= {"已接收", "存疑"}
        assert len(cases) == 3
    with database.read() as session:
        key = int(cases[0].household_key)
        head = made[0].head
        for text in (head["name"], head["name"][1:], head["id_number"][-4:], head["id_number"]):
            assert key in {hit.household_key for hit in search.households(session, text, "2202/220281/")}, (
                text
            )
        assert search.households(session, head["id_number"], "2202/220282/") == []
        assert len(households.all_within(session, "2202/220281/")) == 6
        sums = income.read_sums(made[0].income["this_year"])
        assert income.latest(session, key).net == income.to_fen(income.net(sums) / len(made[0].members))
        assert (monitoring.level(session, key), measures.count_open(session, key)) == (cases[0].level, 0)
        assert households.in_full(session, key)["members"][0]["id_number"] == head["id_number"]
        assert {change.at for change in history.changes(session, key)} == {AT}


def test_one_that_is_refused_leaves_nothing(database: Database):
    with database.begin() as session:
        history.act(session, "周敏", AT)
        areas.load(session)
        households.save(session, None, VILLAGE, {}, [member()])
        with pytest.raises(Impossible), session.begin_nested():
            households.save(
                session,
                None,
                VILLAGE,
                {},
                [member("赵", id_number=number("22029919700101101")), member("李", "之父")],
            )
        assert len(households.all_within(session, areas.ROOT)) == 1


def test_two_at_once_make_one_period(database: Database):
    """The table itself holds the second one back, whatever the code saw."""
    with database.begin() as session:
        history.act(session, "周敏", AT)
        areas.load(session)
        key = households.save(session, None, VILLAGE, {}, [member()]).key
        monitoring.include(session, key, "边缘易致贫户", [3], "数据比对")
    with pytest.raises(IntegrityError, match=r"(?i)unique") as refused, database.begin() as session:
        session.add(Monitoring(household_key=key, kind="秘密", grounds=[], channel="x", started_on=AT.date()))
    assert "秘密" not in str(refused.value), "an error's text carries nobody's data"


def test_two_who_file_one_person_at_the_same_instant_make_one_household(database: Database):
    with database.begin() as session:
        history.act(session, "周敏", AT)
        areas.load(session)
    begun, keys = threading.Barrier(4), []

    def file_it(name: str) -> None:
        with database.begin() as session:
            history.act(session, name, AT)
            begun.wait()
            keys.append(households.save(session, None, VILLAGE, {}, [member()]).key)

    def wait_for_it(name: str) -> None:
        begun.wait()
        with database.begin() as session:  # SQLite lets one writer in at a time
            history.act(session, name, AT)
            keys.append(households.save(session, None, VILLAGE, {}, [member()]).key)

    file = wait_for_it if database.is_sqlite else file_it
    clerks = [threading.Thread(target=file, args=(f"clerk {n}",)) for n in range(4)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    assert len(keys) == 4 and len(set(keys)) == 1
    with database.read() as session:
        assert len(households.all_within(session, areas.ROOT)) == 1
