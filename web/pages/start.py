"""Starting an application: for a household that the registry knows, or for a new one in the viewer's village."""

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import authority, instances
from engine.errors import InvalidInput, Refusal
from engine.models.instances import Instance
from registry import areas, households
from web import reading
from web.pages.households import look_for, permitted
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("start", __name__, url_prefix="/start")
PROCESS = "monitoring"
"""The drawing of a household's whole case; its first part is the application."""
CHANNEL = "农户申请"


class AlreadyRunning(Refusal):
    """The household has a case that has not ended: a second one would contradict it."""

    status, code = 409, "already_running"
    message = "{title}已有在办的案卷。"
    mend = "请在原案卷里办理；需要重新申请的，先撤回或等其办结。"


@blueprint.get("/")
@requires("case.start")
def page() -> str:
    """Look for the household first, so that nobody is entered twice; then a new one."""
    text = request.args.get("q", "").strip()
    with runtime().database.read() as session:
        found = look_for(session, text)
        return render_template(
            "start.html",
            text=text,
            found=found,
            own=_own(session),
            place_names=place_names(session, {each.area for each in found}),
            villages=_villages(session),
        )


@blueprint.post("/")
@requires("case.start")
def begin() -> Response:
    """Begin the case and go on to its first step."""
    with runtime().database.begin() as session:
        given = _known(session) if request.form.get("household") else _new(session)
        by_household = any(role == "applicant" for role, _subject in viewer().relations)
        given |= {"channel": CHANNEL, "filed_by": viewer().user.display_name, "on_behalf": not by_household}
        case = instances.start(runtime(), session, PROCESS, given, viewer())
        session.flush()
        first = next(iter(reading.tasks(session, case.key)), None)
        address = url_for("tasks.page", key=first.key) if first else url_for("cases.page", key=case.key)
    return redirect(address)


def _known(session: Session) -> dict[str, object]:
    key = request.form.get("household", type=int)
    if key is None:
        raise InvalidInput("household", detail=_("请从列表里选一户"))
    household = permitted(session, key, "case.start")
    running = session.scalar(
        sa.select(Instance.key).where(
            Instance.subject == str(key), Instance.process_id == PROCESS, Instance.state == "active"
        )
    )
    if running is not None:
        raise AlreadyRunning(title=household.head_name)
    return {"household_key": str(key), "area": household.area}


def _new(session: Session) -> dict[str, object]:
    area = request.form.get("area", "")
    if area not in {village["value"] for village in _villages(session)}:
        raise InvalidInput("area", detail=_("请选农户所在的村"))
    authority.permit(session, viewer(), "case.start", area=area)
    # The case is known by its household from its first moment on: the record begins empty and the form fills it.
    session.info["step"] = {"actor": viewer().name, "task": None, "at": runtime().clock.now()}
    household = households.save(session, None, area, {}, None)
    return {"household_key": str(household.key), "area": area}


def _villages(session: Session) -> list[dict[str, str]]:
    """The villages in which the viewer may start a case."""
    allowed = authority.VERBS["case.start"].who
    found = {}
    for role, path in viewer().roles:
        if role in allowed:
            found.update({each["value"]: each for each in areas.labels(session, path)})
    return list(found.values())


def _own(session: Session) -> list[dict[str, object]]:
    """The households of an applicant."""
    return [
        households.read(session, int(subject)) for role, subject in viewer().relations if role == "applicant"
    ]
