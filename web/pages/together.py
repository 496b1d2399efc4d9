"""Tasks of one step on one page, each with its outcome; handed in together, done one by one in the background."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import authority, background, identity
from engine.errors import InvalidInput
from web import together
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("together", __name__, url_prefix="/together")
NOT_NOW = "-"
"""The choice that leaves a task for later."""


@blueprint.get("/")
@requires("task.do")
def page() -> str:
    """The chosen tasks as rows; after a batch those that were refused, with the reason."""
    with runtime().database.read() as session:
        found = together.gather(runtime(), session, viewer(), _keys())
        return render_template(
            "together.html",
            found=found,
            place_names=place_names(session, {task.area for task in found.tasks if task.area}),
            reasons=_reasons(session),
            not_now=NOT_NOW,
        )


@blueprint.post("/")
@requires("task.do")
def hand_in() -> Response:
    """Begin to do them: what has no outcome of its own takes the one for all; without either it is left."""
    with runtime().database.begin() as session:
        found = together.gather(runtime(), session, viewer(), _keys())
        if found.manner == "password":
            identity.confirm(session, viewer(), request.form.get("password", ""))
        decided = [
            {"task": str(task.key), "given": given}
            for task in found.tasks
            if (given := _given(found, task.key))
        ]
        if not decided:
            raise InvalidInput("outcome", detail=_("还没有选结论。"))
        asked = {"decided": decided, "page": url_for("together.page"), "list": url_for("worklist.page")}
        job = background.start(session, "together", asked, viewer().name)
    return redirect(url_for("background.page", key=job))


def _given(found: together.Together, key: int) -> dict[str, str]:
    """What was decided of one task; nothing when it is left for later."""
    sent = request.form
    outcome = sent.get(f"outcome.{key}", "") or sent.get("outcome", "")
    if outcome == NOT_NOW or outcome not in {value for value, _label in found.outcomes}:
        return {}
    opinion = sent.get(f"opinion.{key}", "").strip() or sent.get("opinion", "").strip()
    return {
        together.OUTCOME: outcome,
        **({together.OPINION: opinion} if found.has_opinion and opinion else {}),
    }


def _keys() -> list[int]:
    """The chosen tasks, each once, in their order."""
    return list(dict.fromkeys(request.values.getlist("task", type=int)))


def _reasons(session: Any) -> dict[str, str]:
    """Why tasks of the batch `job` were refused, by their keys."""
    key = request.args.get("job", type=int)
    if key is None:
        return {}
    job = background.get(session, key)
    authority.permit_owner(viewer(), "background.see", job.actor)
    return dict(job.result.get("refused", []))
