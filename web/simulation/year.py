"""A county's year: what befalls its households and what its offices do, each on its day; all else follows from it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from random import Random

from engine import messages
from engine.clock import SHANGHAI
from engine.offers import AlreadyRunning
from registry import areas, history, households
from registry.fiction import Family
from registry.ledger import entries, ledgers
from web.demo import county
from web.demo.accounts import COUNTY
from web.demo.play import Deed, Play
from web.simulation import events, sheets
from web.simulation.chance import Lives, ordinary

FOUNDED = (1, 2)
"""The day on which the register is taken over and the year's work begins."""
WITHDRAWN = 0.04
CONTRACTS_END = (4, 9)
"""The months in which contracts with enterprises that help households end."""
_AT_ONCE = 100


@dataclass(frozen=True)
class Befalls:
    """Something that befalls a `share` of the households, one at least, in the course of the year: `who` begins a case of it."""

    process: str
    share: float
    who: str
    story: str = ""
    """Only households with this story (registry.fiction), if it is told."""


BEFALLS = (
    Befalls("monitoring", 0.3, "village_committee"),
    Befalls("sudden_risk", 0.04, "village_committee"),
    Befalls("special_relief", 0.04, "township_cadre"),
    Befalls("support_agreement", 0.5, "village_committee", "赡养"),
    Befalls("registration", 0.02, "village_committee"),
    Befalls("disqualification", 0.02, "work_team"),
)


def register(play: Play, families: Sequence[Family], seed: int) -> None:
    """The households as the county has them when the year begins."""
    play.lives = lives = Lives()
    play.office = ordinary(f"{seed} office")
    for first in range(0, len(families), _AT_ONCE):
        with play.runtime.database.begin() as session:
            session.info["step"] = {"actor": "administrator", "task": None, "at": play.clock.now()}
            for number, family in enumerate(families[first : first + _AT_ONCE], first):
                facts = {**family.household, "causes": list(family.causes)}
                made = households.save(session, None, family.area, facts, family.members)
                play.people.help(session, number, str(made.key))
                lives[str(made.key)] = ordinary(f"{seed} {number}", family)


def plan(play: Play, year: int, seed: int) -> None:
    """Put the whole year on the agenda."""
    for when, deed in [*_of_offices(play, year), *_of_households(play, year, Random(seed))]:  # noqa: S311 - stories
        play.at(when, deed)


def day(year: int, month: int, date: int, hour: int = 9) -> datetime:
    """That hour in Jilin."""
    return datetime(year, month, date, hour, tzinfo=SHANGHAI)


def _of_households(play: Play, year: int, random: Random) -> Iterator[tuple[datetime, Deed]]:
    for each in BEFALLS:
        fit = [
            key for key, life in play.lives.items() if life.family and each.story in ("", life.family.story)
        ]
        for key, when in _some(fit, each.share, year, random):
            yield when, partial(_befall, play, each, key)
            if each.process == "monitoring" and random.random() < WITHDRAWN:
                yield when + timedelta(days=random.randrange(3, 12)), partial(_withdraw, play, key)
    for event, (share, _) in events.EVENTS.items():
        for key, when in _some(list(play.lives), share, year, random):
            yield when, partial(events.happen, play, event, key, Random(random.random()))  # noqa: S311 - stories


def _some(keys: list[str], share: float, year: int, random: Random) -> Iterator[tuple[str, datetime]]:
    """That share of the households, one at least, each with its moment in the course of the year."""
    for key in random.sample(keys, min(len(keys), ceil(share * len(keys)))):
        when = timedelta(days=random.randrange(1, 330), hours=random.randrange(9))
        yield key, day(year, *FOUNDED) + when


def _befall(play: Play, each: Befalls, key: str) -> None:
    with play.runtime.database.read() as session:
        home = households.read(session, int(key))
    if not home["members"]:  # the household is no more
        return
    given = {"household_key": key, "area": home["area"]}
    place = areas.parent(home["area"]) if each.who == "township_cadre" else home["area"]
    with suppress(AlreadyRunning):  # another channel was faster
        play.begin(each.process, given, (each.who, place or ""))


def _withdraw(play: Play, key: str) -> None:
    """The household takes its application back; nothing happens where it has been decided."""
    told = {"withdrawal_reason": "孩子找到了工作。"}
    with play.runtime.database.begin() as session:
        messages.publish(play.runtime, session, "withdraw", key, told, "village_committee")


def _contracts(play: Play, year: int) -> None:
    """The ledger of contracts (S04) as the county has it; each ends in the course of the year."""
    with play.runtime.database.begin() as session:
        history.act(session, "county_office", play.clock.now())
        for month in CONTRACTS_END:
            told = {"enterprise": f"木耳合作社{month}", "project": "黑木耳", "households": 12}
            ends_on = day(year, month, 20).date().isoformat()
            entries.add(session, ledgers()["contracts"], {**told, "ends_on": ends_on}, area=COUNTY)


def _of_offices(play: Play, year: int) -> Iterator[tuple[datetime, Deed]]:
    with play.runtime.database.read() as session:
        villages = [village.path for village in areas.below(session, COUNTY, "village")]
    city = {"area": areas.ROOT}
    yield day(year, *FOUNDED), partial(_contracts, play, year)
    yield day(year, 3, 16), partial(county.visit, play, villages[0], "county_group")
    yield day(year, 8, 17), partial(county.visit, play, villages[1], "county_office")
    for month, department in zip(range(2, 13), sheets.SCREENING, strict=False):
        most = max(2, len(play.lives) // 200)
        yield day(year, month, 15), partial(county.screen, play, department, most)
    for month in (7, 10):
        yield day(year, month, 1, 10), partial(sheets.compare, play)
    for month, date in ((5, 11), (10, 12)):
        yield day(year, month, date), partial(play.begin, "supervision", city, ("city_group", areas.ROOT))
    here = {"area": COUNTY}
    yield day(year, 5, 6), partial(play.begin, "public_comment", here, ("department:民政", COUNTY))
    yield day(year, 6, 29), partial(play.begin, "gap_check", here, ("county_office", COUNTY))
