"""What is late of one step in the viewer's sight, task by task, and a reminder of those that he chooses."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import identity, lateness, sight
from engine.errors import Refusal
from engine.models.worklist import UserTask
from web.pages import urging as urging_page
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("late", __name__, url_prefix="/calendar/late")
MOST = 100
"""Tasks on the page: the longest late; what is done or reminded of makes room for the others."""


@blueprint.get("/<process>/<step>")
@requires("task.remind")
def page(process: str, step: str) -> str:
    """The late tasks of a step."""
    now = runtime().clock.now()
    with runtime().database.read() as session:
        found = lateness.tasks(session, sight.seen(viewer(), UserTask), now, process, step, MOST)
        names = {name for task in found for name in (task.assignee, task.reminded_by) if name}
        return render_template(
            "late.html",
            tasks=found,
            process=process,
            step=step,
            who=identity.display_names(session, names),
            place_names=place_names(session, {task.area for task in found if task.area}),
            may_remind={task.key for task in found if urging_page.of(session, viewer(), task).may_remind},
            now=now,
        )


@blueprint.post("/<process>/<step>")
@requires("task.remind")
def remind(process: str, step: str) -> Response:
    """Remind of each chosen task, each by itself: one that was done or reminded of meanwhile stays as it is."""
    done = 0
    for key in list(dict.fromkeys(request.form.getlist("task", type=int)))[:MOST]:
        try:
            with runtime().database.begin() as session:
                words, now = request.form.get("reason", ""), runtime().clock.now()
                urging_page.remind_of(session, viewer(), key, words, now)
            done += 1
        except Refusal:
            continue
    flash(_("已催办 %(count)s 件。", count=done))
    return redirect(url_for("late.page", process=process, step=step))
