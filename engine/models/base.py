"""What all of the engine's tables share."""

import json
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase


def dump_json(value: Any) -> str:
    """JSON as the tables keep it: short, and readable in Chinese."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def present(name: str, *columns: str, unique: bool = False) -> sa.Index:
    """An index of only the rows in which the first column has a value: the many others cost nothing."""
    given = sa.text(f"{columns[0]} IS NOT NULL")
    return sa.Index(name, *columns, unique=unique, sqlite_where=given, postgresql_where=given)


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept in UTC on both stores."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must be aware")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""63 bits. SQLite's own row number is one only if it is called INTEGER: as a key it then needs no index beside it."""

CLUSTERED = {"sqlite_with_rowid": False}
"""For small rows that are found by their key alone: SQLite keeps them in the key's own tree."""


class Base(DeclarativeBase):
    """The base of the engine's tables."""

    type_annotation_map = {
        int: BIG,
        datetime: Moment(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
        bytes: sa.LargeBinary(),
    }
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(model: type[Base]) -> sa.Table:
    """A model's table, for statements that pass the ORM by."""
    return cast(sa.Table, model.__table__)
