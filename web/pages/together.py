"""Tasks of one step on one page, each with its outcome; the page hands each in as a task's own page would."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from web import together
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("together", __name__, url_prefix="/together")


@blueprint.get("/")
@requires("task.do")
def page() -> str:
    """The chosen tasks as rows."""
    keys = list(dict.fromkeys(request.args.getlist("task", type=int)))
    with runtime().database.read() as session:
        found = together.gather(runtime(), session, viewer(), keys)
        return render_template(
            "together.html",
            found=found,
            place_names=place_names(session, {task.area for task in found.tasks if task.area}),
            sent=_sent(found),
        )


def _sent(found: together.Together) -> dict[str, Any]:
    """What the page's script is given."""
    return {
        "signature": found.manner,
        "labels": found.labels,
        "tasks": {
            str(task.key): {
                "known": found.known[task.key],
                "preview": url_for("tasks.preview", key=task.key),
                "complete": url_for("tasks.complete", key=task.key),
            }
            for task in found.tasks
        },
    }
