"""Dated settings: the last value before the day is in force; rules see it as `settings`."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine import settings
from engine.database import Database
from engine.errors import InvalidInput
from engine.runtime import Runtime
from tests.engine.cases import answer, at, deploy, start
from tests.engine.drawing import Drawing

AT = datetime(2020, 7, 1, tzinfo=UTC)


def put(database: Database, name: str, day: date, value) -> None:
    with database.begin() as session:
        settings.put(session, name, day, value, "administrator", AT)


def in_force(database: Database, at: datetime) -> dict:
    with database.read() as session:
        return settings.in_force(session, at)


def test_each_day_has_its_value(database: Database):
    put(database, "line", date(2021, 1, 1), 4600)
    put(database, "line", date(2020, 1, 1), 4000)
    assert in_force(database, datetime(2019, 12, 31, 15, 59, tzinfo=UTC)) == {}
    assert in_force(database, datetime(2019, 12, 31, 16, 0, tzinfo=UTC)) == {
        "line": 4000
    }  # midnight in Shanghai
    assert in_force(database, AT) == {"line": 4000}
    assert in_force(database, datetime(2022, 1, 1, tzinfo=UTC)) == {"line": 4600}


def test_loading_leaves_alone_what_was_changed_since(sqlite_database: Database):
    path = Path("processes/settings.yaml")
    with sqlite_database.begin() as session:
        assert settings.load(session, path, "administrator", AT) > 10
    put(sqlite_database, "line", date(2020, 1, 1), 4100)
    with sqlite_database.begin() as session:
        assert settings.load(session, path, "administrator", AT) == 0
    assert in_force(sqlite_database, AT)["line"] == 4100


def test_a_faulty_file_names_its_entry(sqlite_database: Database, tmp_path: Path):
    path = tmp_path / "settings.yaml"
    path.write_text("- {name: line, value: 1}\n")
    with pytest.raises(InvalidInput, match="第1项"), sqlite_database.begin() as session:
        settings.load(session, path, "administrator", AT)


def test_a_drawing_reads_them_as_of_the_step(sqlite_runtime: Runtime, clock):
    put(sqlite_runtime.database, "line", date(2020, 1, 1), 4000)
    put(sqlite_runtime.database, "line", date(2021, 1, 1), 4600)
    drawing = Drawing()
    drawing.row("start:s", "user:u")
    drawing.xor("g", default="flow3")
    for step in ("poor", "rich"):
        drawing.user(step)
    drawing.end("e")
    drawing.flow("u", "g")
    drawing.flow("g", "rich", "e")
    drawing.flow("g", "poor", "e", condition="income < settings.line")
    deploy(sqlite_runtime, drawing)
    then, later = start(sqlite_runtime), start(sqlite_runtime)
    answer(sqlite_runtime, then, "u", income=4500)
    clock.set(datetime(2021, 6, 1, tzinfo=UTC))
    answer(sqlite_runtime, later, "u", income=4500)
    assert (at(sqlite_runtime, then), at(sqlite_runtime, later)) == (["rich"], ["poor"])
