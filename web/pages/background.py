"""Background jobs: how far they are, for who started them and for administrators."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import authority, background
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("background", __name__, url_prefix="/jobs")

CHANGES = {"pause": background.pause, "resume": background.resume, "cancel": background.cancel}


@blueprint.get("/")
@requires("background.see")
def index() -> str:
    """The viewer's own jobs, the newest first."""
    with runtime().database.read() as session:
        found = background.of(session, viewer().name)
    return render_template("jobs.html", found=found, states=background.STATES)


@blueprint.get("/<int:key>")
@requires("background.see")
def page(key: int) -> str:
    """How one job stands; with `?part` only what changes, for the page to renew itself."""
    with runtime().database.read() as session:
        job = background.get(session, key)
    authority.permit_owner(viewer(), "background.see", job.actor)
    template = "_job.html" if "part" in request.args else "job.html"
    return render_template(template, job=job, states=background.STATES)


@blueprint.post("/<int:key>/<any(pause, resume, cancel):change>")
@requires("background.see")
def change(key: int, change: str) -> Response:
    """Pause, resume or cancel it."""
    with runtime().database.begin() as session:
        authority.permit_owner(viewer(), "background.see", background.get(session, key).actor)
        CHANGES[change](session, key)
    return redirect(url_for("background.page", key=key))
