"""The registry's side of a comparison: who is in it, by the blind index of his ID number."""

import polars as pl
from sqlalchemy import LargeBinary, select, type_coerce
from sqlalchemy.orm import Session

from registry import areas
from registry.models import Household, Member

_SCHEMA = {
    "id_index": pl.Binary,
    "member_key": pl.Int64,
    "registered_name": pl.String,
    "household_key": pl.Int64,
    "birth": pl.Date,
}
_AT_ONCE = 50_000


def registered(session: Session, area: str) -> pl.DataFrame:
    """The present members with an ID number of all households within `area`: some 80 bytes each, no number in the clear."""
    query = (
        select(
            type_coerce(Member.id_index, LargeBinary),
            Member.key,
            Member.name,
            Member.household_key,
            Member.birth,
        )
        .join(Household, Household.key == Member.household_key)
        .where(areas.within(Household.area, area), Member.left_on.is_(None), Member.id_index.is_not(None))
        .execution_options(yield_per=_AT_ONCE)
    )
    parts = [
        pl.DataFrame([tuple(row) for row in rows], schema=_SCHEMA, orient="row")
        for rows in session.execute(query).partitions(_AT_ONCE)
    ]
    found = pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA)
    return found.unique("id_index", keep="first", maintain_order=True)
