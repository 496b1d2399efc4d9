"""What all tables of the registry share: metadata, keys, and which rows have a history."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from registry.columns import Moment
from registry.keys import new_key

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The registry's tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {int: BigInteger, datetime: Moment}


class Keyed:
    """A row known by a key of its own, given before it is written."""

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    def __init__(self, **values: Any) -> None:
        values.setdefault("key", new_key())
        super().__init__(**values)


class Fact(Keyed):
    """A row of which every change is kept in `fact_change`. `household_key` says whose fact it is."""

    household_key: Any
