"""A registry of its own for each test: in memory, with its areas, at 09:00 of 20 May 2020 in Shanghai."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from registry import areas, history, households, id_numbers, secrets
from registry.models import Base, Household

START = datetime(2020, 5, 20, 1, tzinfo=UTC)
VILLAGE = "2202/220281/220281101/220281101201/"


def number(first_17: str) -> str:
    """A right ID number."""
    return first_17 + id_numbers.check_digit(first_17)


def member(name: str = "李大山", relation: str = "户主", **facts: Any) -> dict[str, Any]:
    """A member as a form answers."""
    sex = facts.get("sex", "男")
    person = {
        "name": name,
        "relation": relation,
        "sex": sex,
        "id_number": number("2202991968010110" + ("1" if sex == "男" else "2")),
        "health": ["健康"],
        "labour": "普通劳动力",
        "education": "初中",
        "medical_insurance": "城乡居民",
    }
    return {**person, **facts}


def in_memory() -> Engine:
    """A registry in memory, unlocked, empty."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    secrets.unlock(engine, b"k" * 32)
    Base.metadata.create_all(engine)
    return engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = in_memory()
    yield engine
    engine.dispose()


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # else the driver breaks savepoints
    connection.execute("PRAGMA foreign_keys=ON")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        history.act(session, "周敏", START, task="7001")
        areas.load(session)
        yield session


@pytest.fixture
def household(session: Session) -> Household:
    """李大山 and 王芳 of 椴树村."""
    wife = member("王芳", "配偶", sex="女", phone="13900000002")
    return households.save(
        session,
        None,
        VILLAGE,
        {"kind": "脱贫户", "phone": "13900000001", "address": "1组8号"},
        [member(), wife],
    )


@pytest.fixture
def on(session: Session) -> Callable[[int, int, int], None]:
    """Move to another day."""

    def move(year: int, month: int, day: int) -> None:
        history.act(session, "周敏", datetime(year, month, day, 1, tzinfo=UTC), task="7002")

    return move
