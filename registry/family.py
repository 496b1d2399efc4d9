"""What happens to a family while it is in the registry (S20): death, birth, marriage, a new 户主, moving, 分户, 并户.

Each event changes the record and keeps what was: who leaves keeps his row, who goes over to another household has a row in
each. The record, and with it the monitoring, stays with the people who bear the risk.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from registry import areas, closing, households, id_numbers, members, monitoring, told
from registry.errors import Impossible
from registry.history import acting
from registry.models import Household, Member

STAY, LEAVE = "留在原户的人", "分出的人"
"""Who of a household that splits bears the risk, and so keeps the record."""


@dataclass(frozen=True)
class Outcome:
    """What an event made of a household.

    `told` says it in a sentence; `ended` is why the household is no more ("" while it is); `crosses` whether it reaches beyond
    its township, so that the township alone cannot confirm it; `other` is the second household that it changed or made.
    """

    told: str
    ended: str = ""
    crosses: bool = False
    other: int | None = None


def record(session: Session, household_key: int, event: str, facts: Mapping[str, Any]) -> Outcome:
    """Record an event of `EVENTS` that happened on `happened_on`. Impossible where it cannot be.

    `relations` (`[{member, relation}]`) says who is what to the 户主 from now on; whom it leaves out stays what he was.
    Impossible for a day to come, for a member who does not live there, and for what each event says itself.
    """
    if event not in EVENTS:
        raise Impossible("unknown_event", "没有“{event}”这种家庭变更。", event=event)
    household = households.get(session, household_key)
    if not households.present(household):
        raise Impossible("household_ended", "该户已没有在册的成员，不能再变更。")
    day, today = told.day(facts.get("happened_on")), acting(session).day
    if day is None or day > today:
        raise Impossible("event_to_come", "变更要写明发生的日期，不能晚于今天。")
    outcome = EVENTS[event](session, household, {**facts, "happened_on": day})
    if outcome.ended:
        closing.close_all(session, household_key, outcome.ended)
    session.flush()
    return outcome


def _death(session: Session, household: Household, facts: Mapping[str, Any]) -> Outcome:
    person = _member(household, facts.get("person"))
    return _gone(session, household, person, facts, f"{person.name}{members.DEATH}", "户内成员均已死亡")


def _married_out(session: Session, household: Household, facts: Mapping[str, Any]) -> Outcome:
    person = _member(household, facts.get("person"))
    return _gone(session, household, person, facts, f"{person.name}婚出", "户内成员均已婚出")


def _gone(
    session: Session, household: Household, person: Member, facts: Mapping[str, Any], what: str, ended: str
) -> Outcome:
    _leave(person, facts["happened_on"], what.removeprefix(person.name))
    if not households.present(household):
        return Outcome(what, ended=ended)
    before = household.head_name
    _settle(session, household, facts)
    follows = "" if household.head_name == before else f"，户主变为{household.head_name}"
    return Outcome(what + follows)


def _joined(session: Session, household: Household, facts: Mapping[str, Any]) -> Outcome:
    newcomer = dict(facts.get("newcomer") or {})
    name = told.text(newcomer.get("name"))
    _settle(session, household, {}, newcomer)
    return Outcome(f"新增成员{name}（{told.text(newcomer.get('relation'))}）")


def _married_in(session: Session, household: Household, facts: Mapping[str, Any]) -> Outcome:
    """An adult has an ID number, which tells whether he is registered elsewhere."""
    if not told.text((facts.get("newcomer") or {}).get("id_number")):
        raise Impossible("no_id_number", "婚入的人要填写证件号码。")
    return _joined(session, household, facts)


def _new_head(session: Session, household: Household, facts: Mapping[str, Any]) -> Outcome:
    before = [member.key for member in _heads(household)]
    _settle(session, household, facts)
    if before == [member.key for member in _heads(household)]:
        raise Impossible("same_head", "户主没有变。")
    return Outcome(f"户主变为{household.head_name}")


def _moved(session: Session, household: Household, facts: Mapping[str, Any]) -> Outcome:
    """Within the city the record goes along; who moves out of it is no longer the city's to monitor."""
    if facts.get("away"):
        where = told.text(facts.get("destination"))
        if not where:
            raise Impossible("no_destination", "请写明迁往何处。")
        for member in households.present(household):
            _leave(member, facts["happened_on"], "迁出本市")
        return Outcome(f"全户迁往{where}", ended=f"全户迁出本市，迁往{where}")
    before, after = household.area, households.village(session, told.text(facts.get("new_area")))
    if before == after:
        raise Impossible("same_village", "迁入的村就是现在的村。")
    household.area, household.village_group = after, ""
    household.address = told.text(facts.get("new_address"))
    places = "".join(areas.names(session, after))
    return Outcome(f"全户迁往{places}", crosses=areas.parent(before) != areas.parent(after))


def _split(session: Session, household: Household, facts: Mapping[str, Any]) -> Outcome:
    """分户. The record stays with those who bear the risk; the others get one of their own."""
    here = households.present(household)
    leaving = [_member(household, key) for key in facts.get("leaving") or ()]
    staying = [member for member in here if member not in leaving]
    if not leaving:
        raise Impossible("nobody_leaves", "分户要写明分出哪些人。")
    if not staying:
        raise Impossible("everybody_leaves", "不能把所有人都分出去；全户搬走请按迁移办理。")
    risk = facts.get("risk_part") or STAY
    if risk not in (STAY, LEAVE):
        raise Impossible("unknown_part", "请写明有返贫致贫风险的是哪一部分人。")
    address = told.text(facts.get("new_address"))
    other = Household(
        area=household.area,
        village_group=household.village_group,
        address=address,
        kind=household.kind,
        attribute=household.attribute,
        recorded_at=acting(session).at,
    )
    if risk == LEAVE:  # the house, the phone and the account are theirs who stay in it
        other.address, household.address = household.address, address
        other.phone, household.phone = household.phone, None
        other.account, household.account = household.account, None
    session.add(other)
    go = leaving if risk == STAY else staying
    _go_over(session, go, other, facts, "分户")
    _settle(session, household, facts)
    names = "、".join(member.name for member in leaving)
    monitored = monitoring.open_period(session, household.key) is not None
    continues = f"；继续监测{risk}" if monitored else ""
    return Outcome(f"分出{names}，另立一户{continues}", other=other.key)


def _merged(session: Session, household: Household, facts: Mapping[str, Any]) -> Outcome:
    """并户: all go over to the household in which the person with `host_id_number` lives, and this one ends."""
    number = id_numbers.normalized(told.text(facts.get("host_id_number")))
    found = members.by_id_number(session, number) if number else None
    if found is None:
        raise Impossible("unknown_host", "没有登记过这个证件号码的农户，请先核对。")
    host = found.household
    if host.key == household.key:
        raise Impossible("same_household", "要并入的就是本户。")
    if _county(host.area) != _county(household.area):
        raise Impossible("other_county", "{head}户不在本县，请先办理迁移。", head=host.head_name)
    if monitoring.open_period(session, household.key) and not monitoring.open_period(session, host.key):
        raise Impossible(
            "monitoring_would_end",
            "本户在监测，{head}户不在监测：请从{head}户办理并户，使监测继续。",
            head=host.head_name,
        )
    people = households.present(household)
    related = _relations(facts)
    silent = [member.name for member in people if member.key not in related]
    if silent:
        raise Impossible("relation_missing", "请写明{names}与并入户户主的关系。", names="、".join(silent))
    head = host.head_name
    _go_over(session, people, host, facts, f"并入{head}户")
    crosses = areas.parent(host.area) != areas.parent(household.area)
    return Outcome(f"全户并入{head}户", ended=f"全户并入{head}户", crosses=crosses, other=host.key)


EVENTS: dict[str, Callable[[Session, Household, Mapping[str, Any]], Outcome]] = {
    members.DEATH: _death,
    "出生": _joined,
    "婚入": _married_in,
    "婚出": _married_out,
    "户主变更": _new_head,
    "迁移": _moved,
    "分户": _split,
    "并户": _merged,
}


def _member(household: Household, key: Any) -> Member:
    found = [member for member in households.present(household) if str(member.key) == str(key or "")]
    if not found:
        raise Impossible("not_a_member", "所选的人不是本户在册的成员。")
    return found[0]


def _heads(household: Household) -> list[Member]:
    return [member for member in households.present(household) if member.relation == households.HEAD]


def _relations(facts: Mapping[str, Any]) -> dict[int, str]:
    rows = facts.get("relations") or ()
    return {int(row["member"]): told.text(row.get("relation")) for row in rows if row.get("member")}


def _leave(member: Member, on: date, why: str) -> None:
    member.left_on, member.left_because = on, why


def _settle(
    session: Session,
    household: Household,
    facts: Mapping[str, Any],
    newcomer: Mapping[str, Any] | None = None,
) -> None:
    """Bring those who live there into order: their relations to the 户主 as told, with a newcomer if one is told of."""
    session.flush()
    related = _relations(facts)
    people: list[Mapping[str, Any]] = [
        {**members.shown(member), "relation": related.get(member.key, member.relation)}
        for member in households.present(household)
    ]
    if newcomer is not None:
        people.append(newcomer)
        members.hold(session, [newcomer])
    members.replace(session, household, people, acting(session).day)
    households.name_head(household)


def _go_over(
    session: Session, people: list[Member], to: Household, facts: Mapping[str, Any], why: str
) -> None:
    """Let members live in another household from now on: the row in the old one is ended, one in the new begins."""
    related = _relations(facts)
    come = [
        {
            **members.shown(member),
            "key": "",
            "id_number": member.id_number,
            "relation": related.get(member.key, member.relation),
        }
        for member in people
    ]
    for member in people:
        _leave(member, facts["happened_on"], why)
    session.flush()
    here = [members.shown(member) for member in households.present(to)]
    members.replace(session, to, [*here, *come], acting(session).day)
    households.name_head(to)


def _county(path: str) -> str:
    return "/".join(path.split("/")[:2])
