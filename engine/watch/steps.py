"""What a procedure's elements, areas and cases saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.dialect.model import Process
from engine.identity import Viewer
from engine.models.instances import Incident, Instance
from engine.watch.seen import Asked, Seen, minutes
from engine.watch.ways import GATEWAYS, Ways

_AT_ONCE = (*GATEWAYS, "startEvent", "scriptTask", "businessRuleTask", "intermediateThrowEvent")
"""What takes no time."""


@dataclass
class Step:
    """What one element saw. `waiting` and `stuck` (by an incident) are of now, the others of the period.

    `done`: how often it was completed; `median`: half of these took no longer; `ninth`: nine of ten took no longer (both by
    nearest rank, in whole minutes of the calendar). `back`, `refused`: how often its outcome led back, or was a refusal.
    """

    waiting: int = 0
    oldest: datetime | None = None
    stuck: int = 0
    done: int = 0
    median: timedelta | None = None
    ninth: timedelta | None = None
    back: int = 0
    refused: int = 0


@dataclass
class Place:
    """The cases of one area: how many run now; how many ended in the period, and how long these took from beginning to end."""

    running: int = 0
    ended: int = 0
    median: timedelta | None = None
    ninth: timedelta | None = None


@dataclass(frozen=True)
class Standing:
    """One instance that stands at an element. `incident`: what keeps it there."""

    instance: Instance
    since: datetime
    incident: int | None


def steps(session: Session, viewer: Viewer, process: Process, asked: Asked, named: Ways) -> dict[str, Step]:
    """Element → what it saw; elements where nothing waits or happened are left out. `process`: the drawing in force."""
    found: dict[str, Step] = {}
    seen = Seen(viewer, process.id, asked)

    def at(element: str) -> Step:
        return found.setdefault(element, Step())

    for element, count, oldest in session.execute(seen.waiting()):
        at(element).waiting, at(element).oldest = count, oldest
    for element, count in session.execute(seen.stuck()):
        at(element).stuck = count
    at_once = [each.id for each in process.elements.values() if each.type in _AT_ONCE]
    for element, count, median, ninth in session.execute(seen.times(_minutes(session), at_once)):
        at(element).done = int(count)
        at(element).median, at(element).ninth = timedelta(minutes=median), timedelta(minutes=ninth)
    for flow, count in session.execute(seen.taken([*named.back, *named.refused])):
        if flow in named.back:
            at(named.back[flow]).back += count
        else:
            at(named.refused[flow]).refused += count
    return found


def places(session: Session, viewer: Viewer, process_id: str, asked: Asked, length: int) -> dict[str, Place]:
    """Area → its cases, the areas being told apart by the first `length` characters of their paths."""
    found: dict[str, Place] = {}
    seen = Seen(viewer, process_id, asked)
    for area, count in session.execute(seen.running(length)):
        found.setdefault(area or "", Place()).running = count
    for area, count, median, ninth in session.execute(seen.whole(_minutes(session), length)):
        place = found.setdefault(area or "", Place())
        place.ended = int(count)
        place.median, place.ninth = timedelta(minutes=median), timedelta(minutes=ninth)
    return found


def standing(
    session: Session, viewer: Viewer, process_id: str, element: str, area: str, now: datetime, limit: int
) -> list[Standing]:
    """The cases that stand at an element, the longest first."""
    seen = Seen(viewer, process_id, Asked(area, now, now))
    rows = session.execute(seen.there(element).limit(limit)).all()
    stuck = sa.select(Incident.instance_key, Incident.key).where(
        Incident.instance_key.in_([instance.key for instance, _ in rows]),
        Incident.element == element,
        Incident.state == "open",
    )
    by_instance = {row.instance_key: row.key for row in session.execute(stuck)}
    return [Standing(instance, since, by_instance.get(instance.key)) for instance, since in rows]


def _minutes(session: Session) -> object:
    return minutes(session.get_bind().dialect.name)
