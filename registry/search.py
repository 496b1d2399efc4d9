"""Finding households: by name, pinyin, or the last four of an ID number, within an area."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from registry import id_numbers
from registry.areas import within
from registry.models import Household, Member


@dataclass(frozen=True)
class Found:
    """A household that fits, and by which member; his ID number masked."""

    household_key: int
    area: str
    head_name: str
    member_name: str
    id_masked: str


def households(session: Session, text: str, area: str, limit: int = 50) -> list[Found]:
    """Households within `area` one of whose present members fits `text`, by area and 户主.

    `text` is a part of a Chinese name, the beginning of its pinyin or initials, the last four of an ID number, a whole
    one, or a whole phone number.
    """
    text = id_numbers.normalized(text)
    if not text:
        return []
    query = (
        select(Household, Member)
        .join(Member, Member.household_key == Household.key)
        .where(within(Household.area, area), Member.left_on.is_(None), _fits(text))
        .order_by(Household.area, Household.head_name, Member.position)
        .limit(limit)
    )
    return [
        Found(h.key, h.area, h.head_name, m.name, id_numbers.masked(m.id_number))
        for h, m in session.execute(query)
    ]


def _fits(text: str) -> ColumnElement[bool]:
    if len(text) == 4 and text[:3].isdigit():
        return Member.id_last_four == text
    if text[:-1].isdigit():
        return or_(Member.id_index == text, Member.phone_index == text, Household.phone_index == text)
    if text.isascii():
        return or_(_begins(Member.pinyin, text.lower()), _begins(Member.initials, text.lower()))
    return Member.name.contains(text, autoescape=True)


def _begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    return column.startswith(text, autoescape=True)
