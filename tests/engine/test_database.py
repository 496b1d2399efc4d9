"""Storage: migrations agree with the tables, transactions are whole, what is sealed stays sealed."""

import json
import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.exceptions import InvalidTag

from engine.clock import MovableClock
from engine.database import Database
from engine.keys import new_key
from engine.models import Base
from engine.models.outbox import Parcel
from engine.models.settings import Setting
from engine.vault import Vault, key_from_file
from registry.models import Base as RegistryBase


@pytest.mark.parametrize("metadata", [Base.metadata, RegistryBase.metadata], ids=["engine", "registry"])
def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database, metadata):
    ours = set(metadata.tables)

    def only_ours(item, name, kind, reflected, compare_to):
        return (name if kind == "table" else item.table.name) in ours

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": only_ours, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing(database: Database):
    database.upgrade()
    with database.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    assert sorted(head.split("_")[0] for head in heads) == ["engine", "registry"]


def test_a_transaction_that_fails_leaves_nothing(database: Database):
    with pytest.raises(RuntimeError), database.begin() as session:
        session.add(Setting(name="line", valid_from=date(2020, 1, 1), value=4000, note="", local=False))
        session.flush()
        raise RuntimeError
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Setting)) == 0


def test_sqlite_is_durable_and_checks_references(sqlite_database: Database):
    with sqlite_database.engine.connect() as connection:
        pragma = {
            n: connection.exec_driver_sql(f"PRAGMA {n}").scalar()
            for n in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_two_writers_wait_for_each_other(database: Database):
    """On SQLite the second writer waits at its BEGIN; on PostgreSQL at the row. No update is lost, none fails."""
    with database.begin() as session:
        session.add(Setting(name="n", valid_from=date(2020, 1, 1), value=0, note="", local=True))
    failures = []

    def add():
        try:
            for _ in range(10):
                with database.begin() as session:
                    row = session.scalars(sa.select(Setting).with_for_update()).one()
                    row.value += 1
        except Exception as error:  # the assertion below shows it
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert (session.scalars(sa.select(Setting.value)).one(), failures) == (30, [])


def test_moments_come_back_in_utc_whatever_zone_they_were_given_in(database: Database):
    given = datetime(2020, 7, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    with database.begin() as session:
        session.add(Parcel(key=1, kind="notice", payload=b"", state="waiting", due=given, attempts=0))
    with database.read() as session:
        due = session.scalars(sa.select(Parcel.due)).one()
    assert due == given
    assert due.tzinfo is UTC


def test_a_naive_moment_is_refused(sqlite_database: Database):
    with pytest.raises(sa.exc.StatementError), sqlite_database.begin() as session:
        session.execute(sa.select(Parcel).where(Parcel.due < datetime(2020, 7, 1)))  # noqa: DTZ001


def test_keys_grow_and_fit_into_63_bits():
    keys = [new_key() for _ in range(20_000)]
    assert keys == sorted(set(keys))
    assert 0 < keys[-1] < 2**63


def test_what_is_sealed_cannot_be_read_or_changed(tmp_path):
    key = key_from_file(tmp_path / "key")
    assert key_from_file(tmp_path / "key") == key
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    vault = Vault(key)
    value = {"姓名": "张三", "typename": "x", "__class__": [1, None, 2.5]}
    sealed = vault.seal(value)
    assert vault.unseal(sealed) == value
    assert "张三".encode() not in sealed
    assert json.dumps(value).encode() not in sealed
    with pytest.raises(InvalidTag):
        vault.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(InvalidTag):
        Vault(bytes(32)).unseal(sealed)
    assert vault.fingerprint(b"1") == vault.fingerprint(b"1") != Vault(bytes(32)).fingerprint(b"1")


def test_the_movable_clock_moves_only_when_told():
    clock = MovableClock(datetime(2020, 7, 1, tzinfo=UTC))
    clock.advance(timedelta(days=1))
    assert clock.now() == datetime(2020, 7, 2, tzinfo=UTC)
