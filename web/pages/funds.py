"""Money by source, kind of household and area (S19, F6.2): what is planned, what is paid, and that it all adds up."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from engine import sight
from engine.errors import NotAllowed
from registry import areas, figures, funds
from web import places
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import in_shanghai

blueprint = Blueprint("funds", __name__, url_prefix="/funds")


@blueprint.get("/")
@requires("funds.see")
def page() -> str:
    """The table of one of the viewer's areas, this year up to today."""
    seen = sight.reach(viewer(), "funds.see")
    area = request.args.get("area") or seen.areas[0] or areas.ROOT
    if not seen.holds(area):
        raise NotAllowed(_("看资金"))
    today = in_shanghai(runtime().clock.now()).date()
    with runtime().database.read() as session:
        table = funds.table(figures.of(session, area, today, since=today.replace(month=1, day=1)))
        return render_template(
            "funds.html",
            table=table,
            kinds=funds.KINDS,
            area=area,
            areas=places.choices(session, seen, area),
            place_names={path: (areas.names(session, path) or [_("吉林市")])[-1] for path in table.places},
            today=today,
        )
