"""New matters: what the drawings let this viewer start, for a household that he finds or an area of his own."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import authority, instances, offers, roles
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.offers import Offer
from registry import areas, households, id_numbers, search
from registry.errors import Impossible
from web import reading
from web.pages.households import SHOWN
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("start", __name__, url_prefix="/start")


@blueprint.get("/")
@requires("start.see")
def index() -> str | Response:
    """What may be started; the only one at once."""
    with runtime().database.read() as session:
        mine = offers.of(session, viewer())
    if len(mine) == 1:
        return redirect(url_for("start.page", process=mine[0].process_id, **request.args))
    return render_template("start_index.html", offers=mine)


@blueprint.get("/<process>")
@requires("start.see")
def page(process: str) -> str:
    """For a household: look for it first, so that nobody is entered twice; then a new one. For an area: choose it."""
    text = request.args.get("q", "").strip()
    with runtime().database.read() as session:
        offer = _offer(session, process)
        by_household = offer.about == "household"
        found = _found(session, offer, text) if by_household else []
        return render_template(
            "start.html",
            offer=offer,
            text=text,
            found=found,
            own=_own(session, offer),
            place_names=place_names(session, {each.area for each in found}),
            looks=by_household and bool(_places(offer)),
            areas=_villages(session, offer) if by_household else _areas(session, offer),
        )


@blueprint.post("/<process>")
@requires("case.start")
def begin(process: str) -> Response:
    """Begin the case and go on to its first task, if it is this viewer's."""
    with runtime().database.begin() as session:
        offer = _offer(session, process)
        if offer.about != "household":
            about = _chosen(_areas(session, offer), _("请从列表里选地区"))
        elif request.form.get("household"):
            about = _known(session)
        else:
            about = _new(session, offer)
        case = instances.start(runtime(), session, process, about, viewer())
        session.flush()
        waiting = reading.tasks(session, case.key)
        first = next((task for task in waiting if authority.is_candidate(session, viewer(), task)), None)
        if first is not None:
            return redirect(url_for("tasks.page", key=first.key))
        if reading.may_see_case(session, viewer(), case.key):
            return redirect(url_for("cases.page", key=case.key))
    return redirect(url_for("worklist.page"))


def _offer(session: Session, process: str) -> Offer:
    """The offer, which must be one of the viewer's."""
    offer = next((each for each in offers.all_offers(session) if each.process_id == process), None)
    if offer is None:
        raise NotFound(_("事项"), process)
    if not authority.starting(viewer(), offer.groups):
        raise NotAllowed(authority.VERBS["case.start"].name)
    return offer


def _places(offer: Offer) -> list[tuple[str, str]]:
    """(group, area) of the roles as which the viewer may start it in an area."""
    granted = authority.starting(viewer(), offer.groups)
    return [(group, place or areas.ROOT) for group, place in granted if not place.startswith("=")]


def _known(session: Session) -> dict[str, object]:
    key = request.form.get("household", type=int)
    if key is None:
        raise InvalidInput("household", detail=_("请从列表里选一户"))
    try:
        household = households.get(session, key)
    except Impossible as error:
        raise NotFound(_("农户"), key) from error
    return {"household_key": str(key), "area": household.area}


def _new(session: Session, offer: Offer) -> dict[str, object]:
    about = _chosen(_villages(session, offer), _("请选农户所在的村"))
    # The case is known by its household from its first moment on: the record begins empty and the form fills it.
    session.info["step"] = {"actor": viewer().name, "task": None, "at": runtime().clock.now()}
    household = households.save(session, None, str(about["area"]), {}, None)
    return {"household_key": str(household.key), **about}


def _chosen(offered: list[dict[str, str]], mend: str) -> dict[str, object]:
    area = request.form.get("area", "")
    if area not in {each["value"] for each in offered}:
        raise InvalidInput("area", detail=mend)
    return {"area": area}


def _villages(session: Session, offer: Offer) -> list[dict[str, str]]:
    """The villages in which the viewer may enter a new household."""
    if not offer.unregistered:
        return []
    found = {each["value"]: each for _role, place in _places(offer) for each in areas.labels(session, place)}
    return list(found.values())


def _areas(session: Session, offer: Offer) -> list[dict[str, str]]:
    """The areas to choose from: of the drawn level within the viewer's own, else his own."""
    paths = {
        area.path
        for _role, place in _places(offer)
        for area in areas.below(session, place, offer.level)
        if offer.level or area.path == place
    }
    return [{"value": path, "label": " ".join(areas.names(session, path))} for path in sorted(paths)]


def _own(session: Session, offer: Offer) -> list[dict[str, object]]:
    """The households to which the viewer is related, where that lets him start it."""
    granted = authority.starting(viewer(), offer.groups)
    own = [place[1:] for _role, place in granted if place.startswith("=")]
    return [households.read(session, int(subject)) for subject in own] if offer.about == "household" else []


def _found(session: Session, offer: Offer, text: str) -> list[search.Found]:
    """Households that fit within the viewer's areas, each once; a department must know the whole ID number."""
    found: dict[int, search.Found] = {}
    for group, place in _places(offer):
        if text and (
            roles.split_group(group)[0] != "department" or id_numbers.valid(id_numbers.normalized(text))
        ):
            for each in search.households(session, text, place, SHOWN):
                found.setdefault(each.household_key, each)
    return list(found.values())[:SHOWN]
