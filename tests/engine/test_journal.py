"""The chain of entries: nothing in it can be changed, cut out, added or begun anew unseen."""

import dataclasses
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from engine import journal, settings
from engine.database import Database
from engine.models.instances import Instance
from engine.models.journal import Entry
from engine.runtime import Runtime
from tests.engine.cases import answer, deploy, start
from tests.engine.drawing import Drawing

AT = datetime(2020, 7, 1, tzinfo=UTC)


@pytest.fixture
def case(sqlite_runtime: Runtime) -> int:
    drawing = Drawing()
    drawing.row("start:s", "user:one", "user:two", "user:three", "end:e")
    deploy(sqlite_runtime, drawing)
    case = start(sqlite_runtime)
    answer(sqlite_runtime, case, "one", opinion="同意")
    answer(sqlite_runtime, case, "two", opinion="属实")
    return case


def breaks(database: Database) -> list[journal.Break]:
    with database.read() as session:
        return journal.verify(session)


def forge(database: Database, statement: str, **values) -> None:
    with database.begin() as session:
        assert session.execute(sa.text(statement), values).rowcount == 1


def test_a_whole_journal_has_no_breaks_and_names_who_did_what(sqlite_runtime: Runtime, case: int):
    assert breaks(sqlite_runtime.database) == []
    with sqlite_runtime.database.read() as session:
        told = [(e.number, e.kind, e.actor, e.body.get("element")) for e in journal.entries(session, case)]
    assert told == [
        (1, "started", "clerk", None),
        (2, "completed", "clerk", "one"),
        (3, "completed", "clerk", "two"),
    ]


def test_bodies_hold_nothing_of_what_was_answered(sqlite_runtime: Runtime, case: int):
    with sqlite_runtime.database.read() as session:
        for entry in journal.entries(session, case):
            assert "同意" not in str(entry.body)
            assert b"\xe5\x90\x8c\xe6\x84\x8f" not in (entry.values or b"")


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE entry SET actor = 'other' WHERE case_key = :case AND number = 2",
        "UPDATE entry SET at = '2020-07-02 00:00:00.000000' WHERE case_key = :case AND number = 3",
        "UPDATE entry SET body = '{}' WHERE case_key = :case AND number = 1",
        "DELETE FROM entry WHERE case_key = :case AND number = 2",
        "DELETE FROM entry WHERE case_key = :case AND number = 3",
        "UPDATE entry SET \"values\" = x'00' WHERE case_key = :case AND number = 2",
    ],
)
def test_a_forgery_is_found(sqlite_runtime: Runtime, case: int, forgery: str):
    forge(sqlite_runtime.database, forgery, case=case)
    assert [b.case_key for b in breaks(sqlite_runtime.database)] == [case]


def test_an_entry_added_behind_the_house_is_found(sqlite_runtime: Runtime, case: int):
    with sqlite_runtime.database.begin() as session:
        last = journal.entries(session, case)[-1]
        session.add(
            Entry(case_key=case, number=4, at=AT, kind="completed", actor="x", body={}, hash=last.hash)
        )
    assert [b.number for b in breaks(sqlite_runtime.database)] == [4]


def test_a_chain_rewritten_from_its_start_differs_from_the_anchor(sqlite_runtime: Runtime, case: int):
    database = sqlite_runtime.database
    with database.begin() as session:
        journal.anchor(session, AT)
    assert breaks(database) == []
    with database.begin() as session:  # somebody who knows the code forges a whole new chain
        row = session.get_one(Instance, case)
        session.execute(sa.delete(Entry).where(Entry.case_key == case))
        row.journal_length, row.journal_head = 0, None
        for number in range(3):
            journal.link(session, row, "completed", "forger", {"n": number}, AT)
    assert [b.case_key for b in breaks(database)] == [case]


def test_cases_go_on_after_an_anchor(sqlite_runtime: Runtime, case: int):
    with sqlite_runtime.database.begin() as session:
        journal.anchor(session, AT)
    answer(sqlite_runtime, case, "three")
    with sqlite_runtime.database.begin() as session:
        journal.anchor(session, AT)
    assert breaks(sqlite_runtime.database) == []


def test_the_house_has_a_chain_too(database: Database):
    for name in ("a", "b"):
        with database.begin() as session:
            settings.put(session, name, AT.date(), 1, "administrator", AT)
    assert breaks(database) == []
    with database.begin() as session:
        session.execute(sa.delete(Entry).where(Entry.number == 2))
    assert [(b.case_key, b.number) for b in breaks(database)] == [(journal.HOUSE, 2)]


def test_another_key_cannot_vouch_for_values(sqlite_runtime: Runtime, case: int):
    from engine.vault import Vault

    with sqlite_runtime.database.read() as session:
        session.info["vault"] = Vault(bytes(32))
        assert {b.case_key for b in journal.verify(session)} == {case}


def test_breaks_say_what_is_wrong():
    assert [f.name for f in dataclasses.fields(journal.Break)] == ["case_key", "number", "reason"]


def test_the_worker_anchors_once_a_day_whoever_comes_first(sqlite_runtime: Runtime, case: int, clock):
    from datetime import timedelta

    from engine.models.journal import Anchor
    from engine.worker import Worker

    for hours in (0, 1, 22, 1, 23, 1):
        clock.advance(timedelta(hours=hours))
        for worker in (Worker(sqlite_runtime), Worker(sqlite_runtime)):
            worker.run_once()
    with sqlite_runtime.database.read() as session:
        moments = session.scalars(sa.select(Anchor.at).order_by(Anchor.number)).all()
    assert [later - moments[0] for later in moments] == [timedelta(days=d) for d in (0, 1, 2)]
    assert breaks(sqlite_runtime.database) == []
