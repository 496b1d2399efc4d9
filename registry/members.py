"""Members of a household: found by ID number, shown, and replaced by what the family tells."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import checks, id_numbers, secrets, told
from registry.errors import Impossible
from registry.models import Household, Member
from registry.models.household import ID_NUMBER
from registry.names import pinyin

HEAD = "户主"
DEATH = "死亡"
"""Why somebody left who cannot come back."""
_TOLD: dict[str, Callable[[Any], Any]] = {
    "name": told.text,
    "sex": told.text,
    "birth": told.day,
    "id_type": told.text,
    "relation": told.text,
    "ethnicity": told.text,
    "politics": told.text,
    "education": told.text,
    "student": told.text,
    "health": told.texts,
    "disability": told.text,
    "labour": told.text,
    "work_place": told.text,
    "work_months": told.number,
    "medical_insurance": told.text,
    "pension": told.text,
    "low_income_relief": told.truth,
    "destitute": told.truth,
    "phone": told.optional,
}
"""Facts of a member that a form or a sheet may state, by the names of their columns; besides them `id_number`."""


def by_id_number(session: Session, number: str) -> Member | None:
    """The present member with this ID number, wherever he lives."""
    query = select(Member).where(Member.id_index == number, Member.left_on.is_(None))
    return session.scalars(query.order_by(Member.key)).first()


def hold(session: Session, people: Sequence[Mapping[str, Any]]) -> None:
    """Until the end of the transaction nobody else records these ID numbers: of two who file one at the same instant, the
    second waits and then finds what the first has recorded. SQLite has one writer at a time as it is.
    """
    dialect = session.get_bind().dialect
    numbers = {number for person in people if (number := _number(person))}
    if dialect.name == "sqlite" or not numbers:
        return
    digests = secrets.blind_all(dialect, ID_NUMBER, numbers)
    # One order for all, so that two families that share two numbers do not wait for each other.
    for lock in sorted(int.from_bytes(digest[:8], signed=True) for digest in digests):
        session.execute(select(func.pg_advisory_xact_lock(lock)))


def shown(member: Member) -> dict[str, Any]:
    """A member as a form is prefilled with him; his ID number masked."""
    facts = {name: getattr(member, name) for name in _TOLD}
    facts["birth"] = member.birth.isoformat() if member.birth else ""
    facts["phone"] = member.phone or ""
    return {"key": str(member.key), **facts, "id_masked": id_numbers.masked(member.id_number)}


def replace(session: Session, household: Household, people: Sequence[Mapping[str, Any]], today: date) -> None:
    """Make the household's present members what `people` says; who is not in it has left today.

    A person is known again by `key`, else by ID number. Impossible where the list cannot be (see `_check`).
    """
    _check(session, household, people)
    here = {member.key: member for member in household.members if member.left_on is None}
    for position, person in enumerate(sorted(people, key=lambda p: p.get("relation") != HEAD)):
        member = _known(here, person)
        if member is None:
            member = Member(household_key=household.key, position=position)
            household.members.append(member)
        else:
            del here[member.key]
        member.position = position
        _record(member, person)
    for gone in here.values():
        gone.left_on = today
        gone.left_because = "家庭成员名单中已无此人"


def _record(member: Member, person: Mapping[str, Any]) -> None:
    told.assign(member, person, _TOLD)
    number = _number(person)
    if number:  # left out where the registry knows it already
        member.id_number = number
        member.birth = id_numbers.birth(number)
        member.sex = id_numbers.sex(number)
    member.pinyin, member.initials = pinyin(member.name)


def _known(here: Mapping[int, Member], person: Mapping[str, Any]) -> Member | None:
    key = told.text(person.get("key"))
    if key.isdigit() and int(key) in here:
        return here[int(key)]
    number = _number(person)
    return next((member for member in here.values() if number and member.id_number == number), None)


def _number(person: Mapping[str, Any]) -> str:
    return id_numbers.normalized(told.text(person.get("id_number")))


def _check(session: Session, household: Household, people: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what cannot be: `checks.faults`, a member who has left meanwhile or is dead, and an ID number that is registered in
    another household."""
    for fault in checks.faults(people):
        raise Impossible(fault.code, fault.message, **fault.params)
    gone = {str(member.key): member for member in household.members if member.left_on is not None}
    dead = {each.id_number: each for each in gone.values() if each.id_number and each.left_because == DEATH}
    for person in people:
        left = gone.get(told.text(person.get("key"))) or dead.get(_number(person))
        if left is not None:
            raise Impossible(
                "member_left",
                "{name}已不在本户（{why}），请从名单中去掉。",
                name=left.name,
                why=left.left_because,
            )
    for person in people:
        other = by_id_number(session, _number(person)) if _number(person) else None
        if other is not None and other.household_key != household.key:
            raise Impossible(
                "id_number_elsewhere",
                "{name}的证件号码已登记在{head}户中，请先核对。",
                name=told.text(person.get("name")),
                head=other.household.head_name,
            )
