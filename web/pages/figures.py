"""数据: the figures of an area and of those below it, as far down as the viewer sees; a chart stands on each table."""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request

from engine import authority, lateness, sight, typed
from engine.clock import SHANGHAI
from engine.errors import NotAllowed
from registry import areas, figures, measures
from registry.monitoring import KINDS
from web import places
from web.days import asked_day
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import in_shanghai

blueprint = Blueprint("figures", __name__, url_prefix="/figures")


@blueprint.get("/")
@requires("figures.see")
def page() -> str:
    """One area as of a day, with what flowed since the year began; the areas below it lead further down."""
    seen = sight.reach(viewer(), "figures.see")
    area = request.args.get("area") or (seen.areas[0] if seen.areas else "") or areas.ROOT
    if not seen.holds(area):
        raise NotAllowed(authority.VERBS["figures.see"].name)
    now = runtime().clock.now()
    today = in_shanghai(now).date()
    day = min(asked_day("day") or today, today)
    with runtime().database.read() as session:
        found = figures.of(session, area, day, since=day.replace(month=1, day=1))
        below = [each for each in areas.below(session, area) if each.parent == area]
        return render_template(
            "figures.html",
            found=found,
            kinds=KINDS,
            levels=figures.LEVELS,
            states=measures.STATES,
            categories=measures.CATEGORIES,
            name=areas.names(session, area)[-1],
            below=below,
            tree=places.choices(session, seen, area),
            area=area,
            late=lateness.by_step(session, [area], now),
            typed=typed.by_procedure(session, [area], *_year_to(day)),
        )


def _year_to(day: date) -> tuple[datetime, datetime]:
    """From the beginning of the day's year to the end of the day, in Jilin."""
    end = datetime.combine(day, time(), SHANGHAI) + timedelta(days=1)
    return datetime(day.year, 1, 1, tzinfo=SHANGHAI), end
