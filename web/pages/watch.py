"""运行: how a procedure runs, as heat on its diagram and in words: who waits where, how long steps take, what is sent back or refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import authority, deployments, settings, sight, watch
from engine.clock import SHANGHAI
from engine.dialect.model import Process
from engine.errors import InvalidInput, NotAllowed
from engine.models.deployments import Definition
from engine.watch import Step
from registry import areas
from web import drawn, places
from web.days import asked_day
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import duration, in_shanghai

blueprint = Blueprint("watch", __name__, url_prefix="/watch")

FIRST, PERIOD = "application", timedelta(days=90)
"""What is shown when nothing was asked for: the procedure that most cases begin with, and the last ninety days."""
SHADES = 5
SHOWN = 200
"""Cases that stand at a step, at most so many on a page."""

Told = Callable[[Step], tuple[float, str] | None]


@dataclass(frozen=True)
class Measure:
    """One thing that the diagram can show. `name` is a msgid; `of` gives a step's weight and its figure in words."""

    name: str
    of: Told


def _count(value: Callable[[Step], int]) -> Told:
    return lambda step: (value(step), _("%(count)s 件", count=value(step))) if value(step) else None


def _took(value: Callable[[Step], timedelta | None]) -> Told:
    def of(step: Step) -> tuple[float, str] | None:
        took = value(step)
        return (took.total_seconds(), duration(took)) if took else None

    return of


def _share(value: Callable[[Step], int]) -> Told:
    def of(step: Step) -> tuple[float, str] | None:
        return (value(step), watch_share(value(step), step.done)) if value(step) else None

    return of


def watch_share(count: int, done: int) -> str:
    """`3 件（12%）`, without the share where the step itself was never completed in the period."""
    told: str = _("%(count)s 件", count=count)
    return f"{told} {count / done:.0%}" if done else told


MEASURES = {
    "waiting": Measure("现在等着", _count(lambda step: step.waiting)),
    "median": Measure("中位用时", _took(lambda step: step.median)),
    "ninth": Measure("九成不超过", _took(lambda step: step.ninth)),
    "refused": Measure("不同意", _share(lambda step: step.refused)),
    "back": Measure("退回", _share(lambda step: step.back)),
}


@dataclass(frozen=True)
class Row:
    """One element with what it saw; `kind` and `lane` are empty for one that the drawing in force does not have.

    `timed`: something is waited for there, so that its times say something.
    """

    id: str
    name: str
    kind: str
    lane: str
    step: Step
    timed: bool


@blueprint.get("/")
@requires("watch.see")
def page() -> str:
    """One procedure within an area over a period."""
    now = runtime().clock.now()
    reach = sight.reach(viewer(), "watch.see")
    area = request.args.get("area", "")
    _refuse_beyond(area)
    today = in_shanghai(now).date()
    since, until = asked_day("since") or today - PERIOD, asked_day("until") or today
    shown = request.args.get("show", "waiting")
    if shown not in MEASURES:
        raise InvalidInput("show", detail=shown)
    with runtime().database.read() as session:
        procedures = _procedures(session)
        chosen = request.args.get("process") or (FIRST if FIRST in procedures else next(iter(procedures), ""))
        if chosen not in procedures:
            return render_template("watch.html", procedures={}, chosen=None)
        process = deployments.process(session, deployments.definition(session, "process", chosen).key)
        asked = watch.Asked(area, _midnight(since), _midnight(until + timedelta(days=1)))
        found = watch.steps(session, viewer(), process, asked, _ways(session, process, now))
        return render_template(
            "watch.html",
            procedures=procedures,
            chosen=chosen,
            tree=places.choices(session, reach, area),
            area=area,
            since=since,
            until=until,
            measures=MEASURES,
            shown=shown,
            heat=heat(found, MEASURES[shown].of),
            shades=SHADES,
            rows=rows(process, found),
            share=watch_share,
            by_area=_by_area(session, chosen, asked),
        )


@blueprint.get("/standing")
@requires("watch.see")
def standing() -> str:
    """The cases that stand at one element now, the longest first."""
    area = request.args.get("area", "")
    _refuse_beyond(area)
    with runtime().database.read() as session:
        found = deployments.definition(session, "process", request.args.get("process", ""))
        element = request.args.get("element", "")
        now = runtime().clock.now()
        rows = watch.standing(session, viewer(), found.id, element, area, now, SHOWN)
        return render_template(
            "standing.html",
            process=found.id,
            procedure=found.name or found.id,
            step=deployments.process(session, found.key).named(element),
            area=area,
            rows=rows,
            most=SHOWN,
            now=now,
            place_names=place_names(session, {each.instance.area for each in rows if each.instance.area}),
            may_mend=authority.may(session, viewer(), "incident.see"),
        )


@blueprint.get("/drawings/<process>")
@requires("watch.see")
def drawing(process: str) -> Response:
    """A procedure's drawing in force."""
    with runtime().database.read() as session:
        found = deployments.definition(session, "process", process)
        xml = deployments.resource(session, found.deployment_key, found.resource)
    return Response(xml, mimetype="application/xml")


def heat(found: Mapping[str, Step], of: Told) -> dict[str, dict[str, Any]]:
    """Element → its figure in words and how dark it is, from 1 to `SHADES`: the darkest has the most."""
    told = {element: value for element, step in found.items() if (value := of(step)) is not None}
    most = max((weight for weight, _text in told.values()), default=0)
    return {
        element: {"text": text, "shade": max(1, round(SHADES * weight / most))}
        for element, (weight, text) in told.items()
    }


def rows(process: Process, found: Mapping[str, Step]) -> list[Row]:
    """The elements that saw something, in the order of the drawing; then those that only earlier versions had."""
    told = [
        Row(
            line.id, line.name, line.kind, line.lane, found[line.id], _timed(process, line.id, found[line.id])
        )
        for line in drawn.twin(process)
        if line.id in found
    ]
    gone = [Row(id, id, "", "", step, True) for id, step in found.items() if id not in process.elements]
    return [row for row in told if row.timed or _tells(process, row)] + gone


def _timed(process: Process, element: str, step: Step) -> bool:
    return process.elements[element].type == "userTask" or bool(step.ninth)


def _tells(process: Process, row: Row) -> bool:
    """What nobody waits for says something by how cases end there, or where something is the matter."""
    step = row.step
    return process.elements[row.id].type == "endEvent" or bool(
        step.waiting or step.stuck or step.back or step.refused
    )


def _refuse_beyond(area: str) -> None:
    if area and not sight.reach(viewer(), "watch.see").holds(area):
        raise NotAllowed(authority.VERBS["watch.see"].name)


def _by_area(session: Session, process: str, asked: watch.Asked) -> list[tuple[str, str, watch.Place]]:
    """The areas one level below with their cases: (path, name, what they saw)."""
    below = [
        each
        for each in areas.below(session, asked.area or areas.ROOT)
        if each.parent == (asked.area or areas.ROOT)
    ]
    if not below:
        return []
    found = watch.places(session, viewer(), process, asked, len(below[0].path))
    return [(each.path, each.name, found[each.path]) for each in below if each.path in found]


def _procedures(session: Session) -> dict[str, str]:
    """Every process that was ever deployed: id → its name in force."""
    rows = session.execute(
        sa.select(Definition.id, Definition.name)
        .where(Definition.kind == "process")
        .order_by(Definition.id, Definition.version)
    )
    return {id: name or id for id, name in rows}


def _ways(session: Session, process: Process, now: datetime) -> watch.Ways:
    """The ways that lead back or refuse, by the words that the dated settings name."""
    found = settings.in_force(session, now)

    def words(name: str) -> list[str]:
        return [word.strip() for word in str(found.get(name, "")).split("、") if word.strip()]

    return watch.ways(process, words("ways_back"), words("ways_refused"))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
