"""公示: the list of who was taken into monitoring or left it, as a sheet for the notice board."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from engine import authority, sight
from engine.errors import NotAllowed
from registry import areas, public
from web import places, prints
from web.days import asked_day
from web.runtime import runtime
from web.sheet_facts import shown
from web.signed_in import requires, viewer
from web.words import in_shanghai

blueprint = Blueprint("public", __name__, url_prefix="/public-notice")
SHEET = "public_list"


@blueprint.get("/")
@requires("public.print")
def page() -> str:
    """What the sheet would show, and the way to it."""
    with runtime().database.read() as session:
        asked = _asked(session)
        seen = sight.reach(viewer(), "public.print")
        return render_template(
            "public.html",
            **asked,
            kinds=public.WHAT,
            areas=places.choices(session, seen, asked["area"]),
            households=public.listed(session, asked["area"], asked["what"], asked["since"], asked["until"]),
        )


@blueprint.get("/sheet.pdf")
@requires("public.print")
def sheet() -> Response:
    """The sheet. It is given nothing but what may be shown to everybody."""
    with runtime().database.read() as session:
        asked = _asked(session)
        found = public.listed(session, asked["area"], asked["what"], asked["since"], asked["until"])
        names = {
            "place": "".join(areas.names(session, asked["area"])),
            "what": public.WHAT[asked["what"]],
            "households": [{**each, "day": shown(each["day"].isoformat())} for each in found],
        }
        html = prints.latest(runtime(), session, SHEET, names)
    answer = Response(prints.pdf(html), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename="public-notice.pdf")
    return answer


def _asked(session: Session) -> dict[str, Any]:
    seen = sight.reach(viewer(), "public.print")
    area = request.args.get("area") or seen.areas[0]
    if not seen.holds(area) or areas.get(session, area) is None:
        raise NotAllowed(authority.VERBS["public.print"].name)
    today = in_shanghai(runtime().clock.now()).date()
    return {
        "area": area,
        "what": request.args.get("what") or "纳入",
        "since": asked_day("since") or today - timedelta(days=30),
        "until": asked_day("until") or today,
    }
