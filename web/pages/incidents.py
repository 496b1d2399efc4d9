"""Incidents: steps that could not go on. An administrator mends the cause and retries, or mends the case by hand, with a reason."""

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import deployments, enactments, incidents, instances, mending
from engine.errors import InvalidInput, NotFound, Refusal
from engine.mending.bearing import REASONS
from engine.models.instances import Incident, Instance
from engine.models.worklist import UserTask
from registry import id_numbers
from web import reading, typed
from web.refusals import told
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")
SHOWN = 100
_ID_NUMBER = re.compile(r"\d{17}[\dXx]")


@dataclass(frozen=True)
class Asked:
    """A variable that may be typed: `value` as it stands, ID numbers masked; `kind` is a key of `typed.KINDS`."""

    name: str
    value: str
    kind: str
    known: bool


@dataclass(frozen=True)
class Choice:
    """One way back. `key` is what the form sends; `void`: the steps that people will have to do again; `acted`: what the program has done."""

    key: str
    here: str
    to: str
    void: list[str]
    acted: list[str]


@blueprint.get("/")
@requires("incident.see")
def page() -> str:
    """What stands still and why, the newest first."""
    with runtime().database.read() as session:
        rows = session.execute(
            sa.select(Incident, Instance)
            .join(Instance, Instance.key == Incident.instance_key)
            .where(Incident.state == "open")
            .order_by(Incident.key.desc())
            .limit(SHOWN)
        ).all()
        shown = [
            {"incident": incident, "instance": instance, "step": _step(session, incident)}
            for incident, instance in rows
        ]
        return render_template("incidents.html", found=shown, redraws=enactments.failed(session))


@blueprint.get("/<int:key>")
@requires("incident.see")
def one(key: int) -> str:
    """One incident, with all that can be done about it."""
    with runtime().database.read() as session:
        incident = _incident(session, key)
        read = mending.readable(runtime(), session, incident)
        return render_template(
            "incident.html",
            incident=incident,
            instance=session.get_one(Instance, incident.instance_key),
            step=_step(session, incident),
            asked=[_asked(each.name, each.value, each.known) for each in read if each.why is None],
            kept=[(each.name, REASONS[each.why]) for each in read if each.why is not None],
            passing=_passing(session, incident),
            back=_choices(session, incident.case_key),
            kinds=typed.KINDS,
        )


@blueprint.post("/<int:key>/retry")
@requires("incident.resolve")
def retry(key: int) -> Response:
    """Let the case try its element again."""
    with runtime().database.begin() as session:
        found = incidents.retry(runtime(), session, key, viewer().name)
    return _told(found)


@blueprint.post("/<int:key>/variables")
@requires("incident.resolve")
def edit(key: int) -> Response:
    """Give variables that the step reads another value, and let it try again."""
    with runtime().database.begin() as session:
        incident = _incident(session, key)
        read = mending.readable(runtime(), session, incident)
        asked = {each.name: _asked(each.name, each.value, each.known) for each in read}
        given = {name: value for name, value in _given().items() if not _unchanged(asked.get(name), name)}
        mending.edit(runtime(), session, key, given, request.form.get("reason", ""), viewer().name)
        if incident.state == "open":
            incidents.retry(runtime(), session, key, viewer().name)
    return _told(incident)


@blueprint.post("/<int:key>/skip")
@requires("incident.resolve")
def skip(key: int) -> Response:
    """Pass the step over, with what it would have written."""
    with runtime().database.begin() as session:
        found = mending.skip(runtime(), session, key, _given(), request.form.get("reason", ""), viewer().name)
    return _told(found)


@blueprint.get("/cases/<int:case>/back")
@requires("incident.resolve")
def back(case: int) -> str:
    """Where a stuck case may be put back to."""
    with runtime().database.read() as session:
        found = reading.case(session, viewer(), case)
        return render_template("put_back.html", case=found, choices=_choices(session, case))


@blueprint.post("/cases/<int:case>/back")
@requires("incident.resolve")
def put_back(case: int) -> Response:
    """Put it back there."""
    instance, _dot, rest = request.form.get("way", "").partition(".")
    token, _dot, to = rest.partition(".")
    with runtime().database.begin() as session:
        reading.case(session, viewer(), case)
        if not instance.isdecimal() or instances.get(session, int(instance)).case_key != case:
            raise InvalidInput("way", detail=_("请选移回哪一步"))
        reason = request.form.get("reason", "")
        mending.put_back(runtime(), session, int(instance), token, to, reason, viewer().name)
    flash(_("已移回，从这一步重新办。"))
    return redirect(url_for("cases.page", key=case))


def _told(incident: Incident) -> Response:
    if incident.state == "open":
        flash(_("仍然没有成功，原因见下。"))
        return redirect(url_for("incidents.one", key=incident.key))
    flash(_("已处理，流程继续。"))
    return redirect(url_for("incidents.page"))


def _incident(session: Session, key: int) -> Incident:
    found = session.get(Incident, key)
    if found is None:
        raise NotFound("故障", key)
    return found


def _step(session: Session, incident: Incident) -> str:
    instance = session.get_one(Instance, incident.instance_key)
    return deployments.process(session, instance.definition_key).named(incident.element)


def _asked(name: str, value: Any, known: bool) -> Asked:
    masked = _ID_NUMBER.sub(lambda found: id_numbers.masked(found[0]), typed.shown(value))
    return Asked(name, masked, typed.kind(value), known)


def _given() -> dict[str, Any]:
    """The variables that the form sends with a kind: `kind.NAME` and `value.NAME`."""
    kinds = {
        field.removeprefix("kind."): kind
        for field, kind in request.form.items()
        if field.startswith("kind.") and kind
    }
    return {
        name: typed.parse(name, kind, request.form.get(f"value.{name}", "")) for name, kind in kinds.items()
    }


def _unchanged(asked: Asked | None, name: str) -> bool:
    """Whether the form sends a variable as it was shown: a masked number must not be written back."""
    sent = (request.form.get(f"kind.{name}"), request.form.get(f"value.{name}"))
    return asked is not None and asked.known and sent == (asked.kind, asked.value)


def _passing(session: Session, incident: Incident) -> dict[str, Any]:
    """The variables to give when the step is passed over, or why it is not."""
    try:
        return {"names": mending.skippable(runtime(), session, incident)}
    except Refusal as refusal:
        return {"refused": told(refusal.message, refusal)}


def _choices(session: Session, case_key: int) -> list[Choice]:
    found = []
    for instance in instances.of_case(session, case_key):
        process = deployments.process(session, instance.definition_key)
        for way in mending.ways_back(session, instance):
            for to in way.to:
                void = [session.get_one(UserTask, key).name for key in way.void[to]]
                found.append(
                    Choice(
                        f"{instance.key}.{way.token}.{to}",
                        process.named(way.element),
                        process.named(to),
                        list(dict.fromkeys(void)),
                        [process.named(each) for each in way.acted[to]],
                    )
                )
    return found
