"""The worklist: what waits for whom."""

from flask import Blueprint, render_template

from web.signed_in import requires

blueprint = Blueprint("worklist", __name__)


@blueprint.get("/")
@requires("worklist.see")
def page() -> str:
    """The first page: tasks that wait for the viewer."""
    return render_template("worklist.html")
