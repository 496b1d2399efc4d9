"""The worklist: what waits for whom, found again by search, filters and order."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import deployments, roles, worklist
from engine.identity import Viewer, display_names
from registry import areas, search
from web import awaited, together, tour
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import LEVELS

blueprint = Blueprint("worklist", __name__)
FILTERS = ("box", "due", "step", "area", "level", "q")


@dataclass(frozen=True)
class InUse:
    """One filter in use, as a word that can be taken away."""

    word: str
    without: str


@dataclass(frozen=True)
class Procedure:
    """What can be chosen of a procedure: (value of the filter, name), itself first."""

    name: str
    choices: list[tuple[str, str]]


@blueprint.get("/")
@requires("worklist.see")
def page() -> str:
    """Tasks that wait for the viewer, what is due first on top."""
    asked = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
    sort = request.args.get("sort", "due")
    now = runtime().clock.now()
    with runtime().database.read() as session:
        found = worklist.search(
            session, viewer(), _wanted(session, asked), now, sort, request.args.get("after") or None
        )
        procedures = _procedures(session, worklist.steps(session, viewer(), now))
        choices = _areas(session, viewer())
        return render_template(
            "worklist.html",
            found=found,
            counts=_counts(worklist.counts(session, viewer(), now), asked),
            place_names=place_names(session, {task.area for task in found.tasks if task.area}),
            procedures=procedures,
            areas=choices,
            in_use=_in_use(
                asked, {value: name for each in procedures for value, name in each.choices}, choices
            ),
            asked=asked,
            sort=sort,
            pickable=any(together.can(task) for task in found.tasks),
            can_pick=together.can,
            now=now,
            who=_shown_names(session, found),
            levels=list(LEVELS),
            awaited=[] if found.tasks else awaited.sentences(viewer()),
            tour=None if asked else tour.of(session, viewer()),
        )


@blueprint.post("/tour")
@requires("worklist.see")
def tour_done() -> Response:
    """Put the tour away."""
    tour.put_away()
    return redirect(url_for("worklist.page"))


def place_names(session: Session, paths: set[str]) -> dict[str, str]:
    """Each area path as a row shows it: township and village."""
    return {path: " ".join(areas.names(session, path)[-2:]) for path in paths}


def subjects_like(session: Session, person: Viewer, text: str) -> frozenset[str]:
    """The households in the viewer's areas that fit `text` (name, pinyin, last four of an ID number)."""
    found = {
        str(household.household_key)
        for role, area in person.roles
        if not role.startswith("department")
        for household in search.households(session, text, area)
    }
    return frozenset(found)


def _wanted(session: Session, asked: Mapping[str, str]) -> worklist.Filter:
    process, _slash, step = asked.get("step", "").partition("/")
    text = asked.get("q")
    return worklist.Filter(
        box=asked.get("box", worklist.OPEN),
        process=process or None,
        step=step or None,
        area=asked.get("area"),
        level=asked.get("level"),
        due=asked.get("due"),
        text=text,
        subjects=subjects_like(session, viewer(), text) if text else None,
    )


def _procedures(session: Session, steps: list[tuple[str, str, str]]) -> list[Procedure]:
    """The procedures whose steps wait, each as a whole and step by step."""
    found: dict[str, Procedure] = {}
    for process, element, name in steps:
        if process not in found:
            title = deployments.definition(session, "process", process).name or process
            found[process] = Procedure(title, [(f"{process}/", title)])
        found[process].choices.append((f"{process}/{element}", name))
    return list(found.values())


def _counts(found: worklist.Counts, asked: Mapping[str, str]) -> list[dict[str, object]]:
    """The counts as links: overdue, today, this week, mine, my groups', all, done."""
    rows = (
        (_("逾期"), found.overdue, {"due": "overdue"}),
        (_("今天到期"), found.today, {"due": "today"}),
        (_("七天内到期"), found.week, {"due": "week"}),
        (_("我领取的"), found.mine, {"box": worklist.MINE}),
        (_("本组待领"), found.group, {"box": worklist.GROUP}),
        (_("全部待办"), found.open, {}),
        (_("已办"), found.done, {"box": worklist.DONE}),
    )
    here = {name: asked[name] for name in ("box", "due") if name in asked}
    return [
        {
            "name": name,
            "count": f"{count}+" if count >= worklist.COUNTED else str(count),
            "url": url_for("worklist.page", **query),
            "here": query == here,
            "late": query == {"due": "overdue"} and count > 0,
        }
        for name, count, query in rows
    ]


def _areas(session: Session, person: Viewer) -> list[tuple[str, str]]:
    """The areas one level below each of the viewer's: what he can narrow down to."""
    levels = {roles.CITY: "county", roles.COUNTY: "township", roles.TOWNSHIP: "village"}
    found = {}
    for _role, path in person.roles:
        level = levels.get(len(path.strip("/").split("/")) if path else 0)
        if level:
            found.update({area.path: area.name for area in areas.below(session, path, level)})
    return sorted(found.items())


def _in_use(
    asked: Mapping[str, str], steps: Mapping[str, str], choices: list[tuple[str, str]]
) -> list[InUse]:
    words = {
        "step": steps.get(asked.get("step", ""), asked.get("step", "")),
        "area": dict(choices).get(asked.get("area", ""), asked.get("area", "")),
        "level": asked.get("level", ""),
        "q": f"“{asked.get('q', '')}”",
    }
    return [
        InUse(
            words[name],
            url_for("worklist.page", **{key: value for key, value in asked.items() if key != name}),
        )
        for name in ("q", "step", "area", "level")
        if name in asked
    ]


def _shown_names(session: Session, found: worklist.Page) -> dict[str, str]:
    named = {name for task in found.tasks for name in (task.assignee, task.reminded_by) if name}
    return display_names(session, named)
