"""What departments report of households that they found at risk (F4.3.3, F6.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from registry import households, id_numbers, members, told
from registry.errors import Impossible
from registry.models import Area, Household


def enter(session: Session, department: str, screened: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One lead for each household reported: `{household_key, title, village, lead, name, risk, detail}`, no ID number.

    `screened` holds `{name, id_number, area, risk, detail}` of persons. A person is found by his ID number, wherever he
    lives; one who is not in the registry becomes 户主 of a new household in `area`. Two persons of one household are one
    lead. Impossible where an ID number is none, or belongs to a person of another name.
    """
    found: dict[int, dict[str, Any]] = {}
    for row in screened:
        household, name = _household(session, row), told.text(row.get("name"))
        risk, detail = told.text(row.get("risk")), told.text(row.get("detail"))
        text = f"{department}（{name}）：{risk}。{detail}"
        if household.key in found:
            found[household.key]["lead"] += f"\n{text}"
            continue
        village = session.get_one(Area, household.area).name
        found[household.key] = {
            "household_key": str(household.key),
            "title": household.head_name,
            "village": village,
            "lead": text,
            "name": name,
            "risk": risk,
            "detail": detail,
        }
    return list(found.values())


def _household(session: Session, row: Mapping[str, Any]) -> Household:
    number = id_numbers.normalized(str(row.get("id_number") or ""))
    name = told.text(row.get("name"))
    if not id_numbers.valid(number):
        raise Impossible("wrong_id_number", "“{name}”的身份证号码有误。", name=name)
    member = members.by_id_number(session, number)
    if member is None:
        head = {
            "name": name,
            "id_number": number,
            "sex": id_numbers.sex(number),
            "birth": id_numbers.birth(number),
            "relation": members.HEAD,
        }
        return households.save(session, None, told.text(row.get("area")), {}, [head])
    if member.name != name:
        raise Impossible("another_name", "该身份证号码在户档中不是“{name}”，请核对姓名和号码。", name=name)
    return member.household
