"""What happens in families in the course of a year, as the village reports it: births, deaths, moves, households that split."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.offers import AlreadyRunning
from registry import areas, family, households
from registry.fiction.people import person
from registry.models import Household
from web.demo.accounts import COUNTY
from web.demo.filling import day
from web.demo.play import Play

Home = Mapping[str, Any]
Told = dict[str, Any] | None
"""What is reported; None where it cannot happen to this household."""
AWAY = 0.25
"""How many of those who move leave the city."""


def happen(play: Play, event: str, key: str, random: Random) -> None:
    """The village reports it of the household, if it can be."""
    _, telling = EVENTS[event]
    with play.runtime.database.read() as session:
        home = households.read(session, int(key))
        told = telling(session, home, random, play) if home["members"] else None
    if told is not None:
        usual = {"event": event, "happened_on": day(play.clock.now() - timedelta(days=3))}
        given = {"household_key": key, "area": home["area"]}
        with suppress(AlreadyRunning):  # one change after the other
            play.begin("household_event", given, ("village_committee", home["area"]), {**usual, **told})


def _death(_session: Session, home: Home, _random: Random, _play: Play) -> Told:
    return {"person": home["members"][-1]["key"], "detail": "有死亡证明。"}


def _married_out(_session: Session, home: Home, _random: Random, _play: Play) -> Told:
    if len(home["members"]) < 2:
        return None
    return {"person": home["members"][-1]["key"], "detail": "嫁到外县。"}


def _birth(_session: Session, _home: Home, _random: Random, _play: Play) -> Told:
    return {}


def _wedding(_session: Session, _home: Home, random: Random, play: Play) -> Told:
    today = play.clock.now().date()
    newcomer = person(random, "之儿媳", "女", 24, today, education="初中", labour="普通劳动力")
    return {"newcomer": {**newcomer, "student": None}, "detail": "有结婚证。"}


def _new_head(_session: Session, home: Home, _random: Random, _play: Play) -> Told:
    if len(home["members"]) < 2:
        return None
    head, next_one = (member["key"] for member in home["members"][:2])
    relations = [{"member": next_one, "relation": "户主"}, {"member": head, "relation": "配偶"}]
    return {"relations": relations, "detail": "原户主外出，由配偶主事。"}


def _move(session: Session, home: Home, random: Random, _play: Play) -> Told:
    if random.random() < AWAY:
        return {"away": True, "destination": "辽宁省沈阳市", "detail": "投奔子女。"}
    villages = [v.path for v in areas.below(session, COUNTY, "village") if v.path != home["area"]]
    return {
        "away": False,
        "new_area": random.choice(villages),
        "new_address": "2组3号",
        "detail": "易地搬迁。",
    }


def _split(_session: Session, home: Home, _random: Random, _play: Play) -> Told:
    if len(home["members"]) < 3:
        return None
    leaving = home["members"][-1]["key"]
    return {
        "leaving": [leaving],
        "risk_part": family.STAY,
        "relations": [{"member": leaving, "relation": "户主"}],
        "new_address": "3组1号",
        "detail": "子女成家，分户另过。",
    }


def _merge(session: Session, home: Home, _random: Random, _play: Play) -> Told:
    others = sa.select(Household).where(
        Household.area == home["area"], Household.key != int(home["key"]), Household.head_name != ""
    )
    for other in session.scalars(others.order_by(Household.key)):
        people = households.present(other)
        if people and (not home["monitored"] or households.read(session, other.key)["monitored"]):
            return {
                "host_id_number": people[0].id_number,
                "relations": [{"member": member["key"], "relation": "其他"} for member in home["members"]],
                "detail": "老人随子女生活。",
            }
    return None


EVENTS: Mapping[str, tuple[float, Callable[[Session, Home, Random, Play], Told]]] = {
    "死亡": (0.02, _death),
    "出生": (0.02, _birth),
    "婚入": (0.01, _wedding),
    "婚出": (0.01, _married_out),
    "户主变更": (0.01, _new_head),
    "迁移": (0.02, _move),
    "分户": (0.01, _split),
    "并户": (0.01, _merge),
}
"""By name: how many households it happens to in a year, and how it is told."""
