"""存疑数据: what the checks find doubtful about monitored households, by village; confirmed with a reason, or corrected."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import authority, sight
from engine.errors import NotAllowed
from registry import areas, doubts, history, households
from web import places
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("doubts", __name__, url_prefix="/doubts")


@blueprint.get("/")
@requires("doubt.see")
def page() -> str:
    """The doubts of an area, village by village."""
    seen = sight.reach(viewer(), "doubt.see")
    area = request.args.get("area") or seen.areas[0] or areas.ROOT
    if not seen.holds(area):
        raise NotAllowed(authority.VERBS["doubt.see"].name)
    with runtime().database.read() as session:
        history.act(session, viewer().name, runtime().clock.now())
        found = doubts.listed(session, area)
        return render_template(
            "doubts.html",
            found=found,
            area=area,
            areas=places.choices(session, seen, area),
            place_names=place_names(session, {household.area for household, _doubts in found}),
            confirms=sight.reach(viewer(), "doubt.confirm"),
            most=doubts.MOST,
        )


@blueprint.post("/<int:key>")
@requires("doubt.confirm")
def confirm(key: int) -> Response:
    """Say why a doubt about a household is none."""
    with runtime().database.begin() as session:
        area = households.get(session, key).area
        if not sight.reach(viewer(), "doubt.confirm").holds(area):
            raise NotAllowed(authority.VERBS["doubt.confirm"].name)
        history.act(session, viewer().name, runtime().clock.now())
        doubts.confirm(session, key, request.form.get("code", ""), request.form.get("reason", ""))
    flash(_("已记下核实情况，不再列出。"))
    return redirect(url_for("doubts.page", area=area))
