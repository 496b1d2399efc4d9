"""通知: what households have still to be told, by whoever tells them; a household's own account says that it has read it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import authority, sight
from engine.identity import Viewer
from registry import history, households, notices
from registry.models import Household
from web.days import asked_day
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import in_shanghai

blueprint = Blueprint("notices", __name__, url_prefix="/notices")
SHOWN = 200


@blueprint.get("/")
@requires("notice.tell")
def page() -> str:
    """What nobody has told yet in the viewer's areas and to his own households, the oldest first."""
    seen = sight.reach(viewer(), "notice.tell")
    with runtime().database.read() as session:
        found = notices.waiting(session, seen.areas, [int(key) for key in seen.subjects], SHOWN)
        return render_template(
            "notices.html",
            found=found,
            place_names=place_names(session, {household.area for _notice, household in found}),
            ways=notices.BY_HAND,
            is_own=lambda household: is_own(viewer(), household),
            today=in_shanghai(runtime().clock.now()).date(),
            most=SHOWN,
        )


@blueprint.post("/<int:key>")
@requires("notice.tell")
def tell(key: int) -> Response:
    """The household was told by hand: how and when; its own account has read it."""
    with runtime().database.begin() as session:
        history.act(session, viewer().name, runtime().clock.now())
        notice = notices.get(session, key)
        household = households.get(session, notice.household_key)
        place = {"area": household.area, "subject": str(household.key)}
        authority.permit(session, viewer(), "notice.tell", **place)
        if is_own(viewer(), household):
            notices.tell(session, notice, notices.ON_THE_PAGE)
        else:
            notices.tell(session, notice, _how(), asked_day("on"))
    flash(_("已记下：农户已知道。"))
    back = request.form.get("back") == "household"
    return redirect(url_for("households.page", key=household.key) if back else url_for("notices.page"))


def is_own(person: Viewer, household: Household) -> bool:
    """Whether this is the account of the household itself."""
    return ("applicant", str(household.key)) in person.relations


def _how() -> str:
    how = request.form.get("how", "")
    return how if how in notices.BY_HAND else ""
