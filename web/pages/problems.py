"""The list of problems that is to come to nought (问题清零, S23): what is still open in one's areas, the late ones first."""

from flask import Blueprint, render_template, request

from engine import roles
from registry import areas, problems
from registry.history import SHANGHAI
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("problems", __name__, url_prefix="/problems")
SHOWN = 500


@blueprint.get("/")
@requires("problem.see")
def page() -> str:
    """Problems of households in the viewer's areas; `closed=1` shows those that are closed as well."""
    closed = request.args.get("closed") == "1"
    day = runtime().clock.now().astimezone(SHANGHAI).date()
    places = {place or areas.ROOT for group, place in viewer().roles if not group.startswith("department")}
    with runtime().database.read() as session:
        found = {
            each.problem.key: each
            for place in sorted(places)
            for each in problems.listed(session, place, day, closed=closed, limit=SHOWN)
        }
        return render_template(
            "problems.html",
            found=list(found.values()),
            late=sum(each.late for each in found.values()),
            closed=closed,
            fixers={role.key: role.name for role in roles.ROLES.values()},
            most=SHOWN,
        )
