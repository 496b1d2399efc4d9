"""A draft takes force: on its grounds, once nothing stands against it; approved by another, from a day on, where that is wanted."""

from datetime import UTC, datetime, time
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import drafts, enactments, grounds
from engine.clock import SHANGHAI
from engine.difference import words
from web.days import asked_day
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio import bar, difference
from web.studio.door import routes


@routes.get("/drafts/<int:key>/deploy")
@requires("drawing.deploy")
def effect(key: int) -> str:
    """What would take force and what still stands against it; what is asked for, with the difference to approve by."""
    now = runtime().clock.now()
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        asked = enactments.of(session, draft)
        steps = bar.steps(session, draft)
        return render_template(
            "studio/effect.html",
            draft=draft,
            asked=asked,
            standing=enactments.standing(session, draft, asked, now),
            approves=asked is not None and enactments.may_approve(session, draft, asked, viewer()),
            second=enactments.second_asked(session, now),
            unapproved=asked is not None and enactments.unapproved(session, asked, now),
            sections=difference.changed(session, draft),
            whats=words.WHATS,
            steps=steps,
            ready=all(step.state != "faults" for step in steps[:2]),
            today=now.astimezone(SHANGHAI).date(),
        )


@routes.post("/drafts/<int:key>/deploy")
@requires("drawing.deploy")
def deploy(key: int) -> Any:
    """Ask for the draft to take force: at once if nobody else has to approve and no day is named."""
    given = grounds.written(
        request.form.get("note", ""), request.form.get("document", ""), asked_day("document_date")
    )
    day = asked_day("due")
    due = datetime.combine(day, time(), SHANGHAI).astimezone(UTC) if day else None
    with runtime().database.begin() as session:
        put = enactments.ask(runtime(), session, drafts.get(session, key), viewer().name, given, due)
    return _told(key, put, _("已提出，还没有生效。"))


@routes.post("/drafts/<int:key>/approve")
@requires("drawing.deploy")
def approve(key: int) -> Any:
    """Another administrator approves what he has seen; it takes force by that, or on its day."""
    seen = request.form.get("digest", "")
    with runtime().database.begin() as session:
        put = enactments.approve(runtime(), session, drafts.get(session, key), viewer(), seen)
    return _told(key, put, _("已批准，到时生效。"))


@routes.post("/drafts/<int:key>/withdraw")
@requires("drawing.deploy")
def withdraw(key: int) -> Any:
    """It is asked for no longer; the draft stays."""
    with runtime().database.begin() as session:
        enactments.withdraw(session, drafts.get(session, key), viewer().name, runtime().clock.now())
    flash(_("已撤回，草稿还在。"))
    return redirect(url_for("studio.effect", key=key))


@routes.post("/drafts/<int:key>/try-again")
@requires("drawing.deploy")
def try_again(key: int) -> Any:
    """What could not take force at its moment does so now."""
    with runtime().database.begin() as session:
        enactments.try_again(runtime(), session, drafts.get(session, key))
    return _told(key, True, "")


def _told(key: int, put: bool, else_: str) -> Any:
    flash(_("已部署。新件按新版本办，在办的件仍按原版本办完。") if put else else_)
    return redirect(url_for("studio.versions") if put else url_for("studio.effect", key=key))
