"""Households as others see and change them: plain dictionaries in, plain dictionaries out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry import areas, eligibility, id_numbers, members, monitoring, told
from registry.errors import Impossible
from registry.history import acting
from registry.models import Area, Household, Member
from registry.names import pinyin

HEAD = "户主"
KINDS = ("脱贫户", "一般农户")
_TOLD: dict[str, Callable[[Any], Any]] = {
    "national_number": told.optional,
    "village_group": told.text,
    "address": told.text,
    "kind": told.text,
    "attribute": told.text,
    "destitute": told.truth,
    "resettled": told.truth,
    "resettlement": told.text,
    "military_family": told.truth,
    "causes": told.texts,
    "causes_note": told.text,
    "phone": told.optional,
    "account": told.optional,
    "filed_by": told.text,
}
"""Facts of a household that a form or a sheet may state, by the names of their columns."""


def get(session: Session, key: int) -> Household:
    """The household; Impossible (`unknown_household`) where there is none."""
    household = session.get(Household, key)
    if household is None:
        raise Impossible("unknown_household", "没有编号为 {key} 的农户。", key=str(key))
    return household


def present(household: Household) -> list[Member]:
    """Who lives in the household now, in the order of its list."""
    here = [member for member in household.members if member.left_on is None]
    return sorted(here, key=lambda member: member.position)


def last_to_leave(household: Household) -> list[Member]:
    """Who left last of a household that is no more, in the order of its list: their `left_on` and `left_because` say when
    and why it ended. Nobody while somebody lives there."""
    days = [member.left_on or date.max for member in household.members]
    last = max(days, default=date.max)
    return [member for member in household.members if member.left_on == last]


def read(session: Session, key: int) -> dict[str, Any]:
    """What anybody who may see the household sees of it: `household` of processes/README.md, ID numbers masked."""
    household = get(session, key)
    people = present(household)
    return {
        "key": str(household.key),
        "area": household.area,
        "area_names": areas.names(session, household.area),
        "village_group": household.village_group,
        "head_name": household.head_name,
        "kind": household.kind,
        "attribute": household.attribute,
        "address": household.address,
        "phone": household.phone or "",
        "population": len(people),
        "destitute": household.destitute,
        "causes": list(household.causes),
        "monitored": monitoring.open_period(session, key) is not None,
        "level": monitoring.level(session, key),
        "disqualified": eligibility.lost(session, key) is not None,
        "members": [members.shown(member) for member in people],
    }


def in_full(session: Session, key: int) -> dict[str, Any]:
    """As `read`, with ID numbers in full and the account: for sheets that legally carry them."""
    household = get(session, key)
    shown = read(session, key)
    for member, line in zip(present(household), shown["members"], strict=True):
        line["id_number"] = member.id_number or ""
    return {**shown, "account": household.account or ""}


def save(
    session: Session,
    key: int | None,
    area: str | None,
    facts: Mapping[str, Any],
    people: Sequence[Mapping[str, Any]] | None,
) -> Household:
    """Record what was told of a household; a new one is made where `key` is None and its members are not known yet.

    `facts` holds only what changed, by the names of `_TOLD`. `people` is the whole list of members (None: unchanged):
    who is missing has left. Impossible where the record cannot be: no area, no kind, not exactly one 户主, an ID
    number that is wrong or belongs to another household.
    """
    members.hold(session, people or ())
    household = get(session, key) if key is not None else known_by_head(session, people or ())
    if household is None:
        household = _new(session, area)
    elif area and area != household.area:
        household.area = village(session, area)
    told.assign(household, facts, _TOLD)
    if household.kind not in KINDS:
        raise Impossible(
            "unknown_kind", "户类型只能是“脱贫户”或“一般农户”，不能是“{kind}”。", kind=household.kind
        )
    if people is not None:
        members.replace(session, household, people, acting(session).day)
    name_head(household)
    session.flush()
    return household


def register(session: Session, key: int) -> Household:
    """纳入建档立卡 (F4.5.6, F5.2): from here on a household of the register that is not out of poverty (未脱贫户)."""
    household = get(session, key)
    household.kind, household.attribute = "脱贫户", "未脱贫户"
    session.flush()
    return household


def known_by_head(session: Session, people: Sequence[Mapping[str, Any]]) -> Household | None:
    """The household that the registry knows already by its 户主's ID number: a fact is entered once (S24)."""
    numbers = [
        id_numbers.normalized(str(p.get("id_number") or "")) for p in people if p.get("relation") == HEAD
    ]
    if len(numbers) != 1 or not numbers[0]:
        return None
    member = members.by_id_number(session, numbers[0])
    return member.household if member and member.relation == HEAD else None


def numbered(session: Session, national_number: str) -> Household | None:
    """The household of this number in the national system."""
    return session.scalar(select(Household).where(Household.national_number == national_number))


def _new(session: Session, area: str | None) -> Household:
    household = Household(area=village(session, area or ""), kind="一般农户", recorded_at=acting(session).at)
    session.add(household)
    return household


def village(session: Session, path: str) -> str:
    """The path, if it is a village's. Impossible (`unknown_area`, `not_a_village`) where it is not."""
    area = areas.get(session, path)
    if area is None:
        raise Impossible("unknown_area", "没有地区“{path}”。", path=path)
    if area.level != "village":
        raise Impossible("not_a_village", "农户要登记到村，“{name}”不是村。", name=area.name)
    return path


def name_head(household: Household) -> None:
    """Repeat the name of the 户主 on the household, for search."""
    heads = [member for member in present(household) if member.relation == HEAD]
    if heads:
        household.head_name = heads[0].name
        household.pinyin, household.initials = pinyin(heads[0].name)


def inhabited() -> ColumnElement[bool]:
    """SQL: somebody lives in the household: its people are known already, and it has not ended."""
    return select(Member.key).where(Member.household_key == Household.key, Member.left_on.is_(None)).exists()


def all_within(session: Session, path: str) -> list[Household]:
    """The households within an area, by area and name of 户主; not those of which only the place is known yet."""
    query = select(Household).where(areas.within(Household.area, path), inhabited())
    return list(session.scalars(query.order_by(Household.area, Household.head_name)))


def counties(session: Session) -> list[Area]:
    """The county-level areas in which households are registered, in the tree's order."""
    return [
        county
        for county in areas.below(session, areas.ROOT, "county")
        if session.scalar(select(Household.key).where(areas.within(Household.area, county.path)).limit(1))
    ]
