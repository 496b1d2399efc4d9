"""Running cases go over to another version of their drawing: planned by where they stand, then done in the background."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import background, deployments, migration
from engine.dialect.model import Process
from engine.errors import NotFound
from engine.migration import Mapping, batch
from engine.migration.mapping import alike
from engine.models.deployments import Definition
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio.door import routes

VERDICTS = {"carries_on": "接着办", "stays": "留在原版本", "needs_choice": "要选去处"}
"""How cases at one position fare: msgids."""


@routes.get("/migrations/<int:left>/<int:to>")
@requires("drawing.deploy")
def migration_page(left: int, to: int) -> str:
    """By position: how many cases carry on, stay or need a choice, as the query maps the elements. Nothing is moved."""
    with runtime().database.read() as session:
        old, new = _drawings(session, left, to)
        mapping = _mapping(old, new)
        plan = migration.plan(session, left, to, mapping)
        named = {each.key: each for each in (session.get(Definition, left), session.get(Definition, to))}
    return render_template(
        "studio/migration.html",
        left=named[left],
        to=named[to],
        plan=plan,
        verdicts=VERDICTS,
        choices={position.element: _choices(old, new, position.element) for position in plan.positions},
        timers=[p for p in plan.positions if _is_timer(old, p.element)],
        anew=mapping.anew,
        chosen=request.args,
    )


@routes.post("/migrations/<int:left>/<int:to>")
@requires("drawing.deploy")
def migrate(left: int, to: int) -> Any:
    """Begin to move them, each in a transaction of its own; or, with `undo`, to take back those that have not moved on."""
    with runtime().database.begin() as session:
        mapping = _mapping(*_drawings(session, left, to))
        kind = "migrate_back" if request.form.get("undo") else "migrate"
        given = batch.arguments(left, to, mapping, url_for("studio.migration_page", left=left, to=to))
        job = background.start(session, kind, given, viewer().name)
    return redirect(url_for("background.page", key=job))


def _drawings(session: Session, left: int, to: int) -> tuple[Process, Process]:
    old, new = deployments.process(session, left), deployments.process(session, to)
    if old.id != new.id or left == to:
        raise NotFound(_("版本"), to)
    return old, new


def _mapping(old: Process, new: Process) -> Mapping:
    """What is proposed, changed by the fields `to.ELEMENT` (empty: nowhere) and `anew`."""
    given = request.values
    changes = {
        name.removeprefix("to."): value if value in new.elements else None
        for name, value in given.items()
        if name.startswith("to.") and name.removeprefix("to.") in old.elements
    }
    proposed = migration.propose(old, new).but(changes)
    return Mapping(proposed.elements, frozenset(given.getlist("anew")) & old.elements.keys())


def _choices(old: Process, new: Process, element: str) -> list[tuple[str, str]]:
    """Where what stands at an element of the old drawing could stand on the new one: (id, name), in the drawing's order."""
    return [(e.id, new.named(e.id)) for e in new.elements.values() if alike(old.elements[element], e)]


def _is_timer(old: Process, element: str) -> bool:
    event = old.elements[element].event
    return event is not None and event.kind == "timer"
