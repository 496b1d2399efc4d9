"""Secret columns: unreadable in the table, found by equality, bound to their database's key."""

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from registry import members, secrets
from registry.models import FactChange, Member
from tests.registry.conftest import number

HEAD_ID = number("22029919680101101")


def test_nothing_secret_can_be_read_in_the_tables(session, household):
    session.flush()
    tables = [
        table for (table,) in session.execute(text("SELECT name FROM sqlite_master WHERE type='table'"))
    ]
    stored = b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for table in tables
        for row in session.execute(text(f"SELECT * FROM {table}"))
        for value in row
    )
    assert "李大山".encode() in stored  # the search looks at the right bytes
    for secret in (HEAD_ID, HEAD_ID[-4:] + "\0", "13900000001", "13900000002"):
        assert secret.encode() not in stored


def test_the_same_text_is_never_stored_alike(session, household):
    rows = session.execute(text("SELECT id_number FROM member")).scalars().all()
    keys = secrets.Keys(b"k" * 32)
    assert len(set(rows)) == 2
    assert {keys.decrypt("member.id_number", row) for row in rows} >= {HEAD_ID}
    assert keys.encrypt("x", "1") != keys.encrypt("x", "1")


def test_equality_goes_over_the_blind_index(session, household):
    session.expire_all()
    assert members.by_id_number(session, HEAD_ID).name == "李大山"
    assert members.by_id_number(session, HEAD_ID[:-1] + "0") is None
    assert session.scalars(select(Member).where(Member.phone_index == "13900000002")).one().name == "王芳"


def test_bytes_of_one_column_are_nothing_in_another():
    keys = secrets.Keys(b"k" * 32)
    with pytest.raises(InvalidTag):
        keys.decrypt("member.phone", keys.encrypt("member.id_number", HEAD_ID))


def test_another_key_reads_and_finds_nothing(engine, session, household):
    session.commit()
    secrets.unlock(engine, b"x" * 32)
    with Session(engine) as other:
        assert members.by_id_number(other, HEAD_ID) is None
        with pytest.raises(InvalidTag):
            other.scalars(select(FactChange)).all()


def test_a_database_that_was_not_unlocked_refuses():
    locked = create_engine("sqlite://")
    with Session(locked) as session, pytest.raises(secrets.Locked):
        session.scalars(select(Member).where(Member.id_index == HEAD_ID)).all()
    locked.dispose()


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        secrets.Keys(b"short")
