"""Who stands in for whom: one's own absence from one's account; administrators arrange anybody's on the people's pages."""

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import authority, identity, substitutes
from engine.errors import InvalidInput, NotAllowed
from engine.identity import User, Viewer
from web.days import asked_day
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("absences", __name__, url_prefix="/account/absences")


def colleagues(session: Session, person: Viewer) -> list[User]:
    """Whom one may name as one's own stand-in."""
    return [other.user for other in identity.users(session) if authority.may_stand_in(person, other)]


@blueprint.post("/")
@requires("worklist.see")
def add() -> Response:
    """Say who stands in for oneself, and when."""
    first, last = days()
    with runtime().database.begin() as session:
        person, other = viewer(), identity.named(session, request.form.get("stand_in", ""))
        if not authority.may_stand_in(person, other):
            raise NotAllowed(_("请这位代办"))
        substitutes.appoint(session, person.name, other.name, first, last, person.name, runtime().clock.now())
    flash(_("已安排代办。"))
    return redirect(url_for("sign_in.account"))


@blueprint.post("/<int:key>/end")
@requires("worklist.see")
def end(key: int) -> Response:
    """End one's own absence."""
    with runtime().database.begin() as session:
        authority.permit_owner(viewer(), "user.manage", substitutes.get(session, key).absent.name)
        substitutes.end(session, key, viewer().name, runtime().clock.now())
    flash(_("代办已结束。"))
    return redirect(url_for("sign_in.account"))


def days() -> tuple[date, date]:
    """The first and the last day as typed. InvalidInput."""
    first, last = asked_day("first"), asked_day("last")
    if first is None or last is None:
        raise InvalidInput("first", detail=_("请填写开始和结束日期"))
    return first, last
