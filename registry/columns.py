"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

AreaPath = String(80).with_variant(String(80, collation="C"), "postgresql")
"""An area's path, compared byte by byte, so that "within" is a range that an index serves."""


class Money(TypeDecorator[Decimal]):
    """Yuan as a decimal in Python, whole fen in the table: exact sums, exact comparison."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        fen = value * 100
        if fen != fen.to_integral_value():
            raise ValueError(f"{value} is not rounded to fen")
        return int(fen)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


class Moment(TypeDecorator[datetime]):
    """An aware time, stored in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Midnight(FunctionElement[datetime]):
    """SQL: the moment, as `Moment` stores it, at which a day begins in China."""

    type = Moment()
    inherit_cache = True
    name = "midnight"


@compiles(Midnight, "sqlite")
def _sqlite_midnight(element: Midnight, compiler: Any, **more: Any) -> str:
    return f"datetime({compiler.process(element.clauses, **more)}, '-8 hours')"


@compiles(Midnight, "postgresql")
def _postgres_midnight(element: Midnight, compiler: Any, **more: Any) -> str:
    return f"(({compiler.process(element.clauses, **more)})::timestamp - interval '8 hours')"
