"""The 防返贫台账: a table that one filters, sorts, groups and takes along as a workbook."""

import io
from collections.abc import Callable
from dataclasses import astuple
from datetime import date

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from engine import authority, journal, sight
from engine.errors import InvalidInput, NotAllowed, Stale
from registry import history, ledger, national
from registry.imports import cells
from registry.ledger import corrections, sets
from registry.models import Household
from web import ledger_asked, places
from web.following import followed
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import in_shanghai

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")
SHOWN_FOR = 2 * 60 * 60
"""Seconds in which corrections that were shown can be confirmed."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
@requires("ledger.see")
def page() -> str:
    """A page of rows with their totals, or the groups that they fall into."""
    of, seen = ledger.monitored(), sight.reach(viewer(), "ledger.see")
    with runtime().database.read() as session:
        asked = ledger_asked.read(session, request.args, viewer().name, seen, _today())
        wanted = asked.wanted
        return render_template(
            "ledger.html",
            ledger=of,
            asked=asked,
            wanted=wanted,
            found=None if asked.group else ledger.page(session, wanted, request.args.get("after")),
            groups=ledger.grouped(session, wanted, asked.group) if asked.group else None,
            totals=ledger.totals(session, wanted),
            kept=sets.kept(session, of, viewer().name),
            states=ledger.STATES,
            areas=places.choices(session, seen, wanted.within),
            may_correct=_may_correct(),
            may_reveal=bool(sight.reach(viewer(), "household.reveal").areas),
        )


@blueprint.post("/workbook")
@requires("ledger.see")
def workbook() -> Response:
    """All rows as a workbook; ID numbers and accounts in full for a reason only. The journal keeps who took what along."""
    reason = request.form.get("reason", "").strip()
    in_full = bool(request.form.get("in_full"))
    if in_full and len(reason) < 2:
        raise InvalidInput("reason", detail=_("请写明为什么要看证件号码"))
    seen = sight.reach(viewer(), "household.reveal" if in_full else "ledger.see")
    with runtime().database.begin() as session:
        asked = ledger_asked.read(session, request.form, viewer().name, seen, _today())
        rows = list(ledger.rows(session, asked.wanted, in_full=in_full))
        body = {
            "rows": len(rows),
            "area": asked.wanted.within,
            "columns": [column.key for column in asked.wanted.columns],
            "in_full": in_full,
            "reason": reason[:200],
        }
        journal.append(
            session, journal.HOUSE, "ledger_taken_along", viewer().name, body, runtime().clock.now()
        )
        versions = ledger.versions(session, [row["key"] for row in rows])
    data = ledger.as_xlsx(ledger.monitored().name, asked.wanted.columns, rows, versions)
    name = f"{ledger.monitored().name}-{_today():%Y%m%d}.xlsx"
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=name)


@blueprint.post("/national")
@requires("household.reveal")
def for_national() -> Response:
    """The monitored households of an area in the national system's columns, for a reason, since it tells ID numbers."""
    reason, area = request.form.get("reason", "").strip(), request.form.get("area", "")
    if len(reason) < 2:
        raise InvalidInput("reason", detail=_("请写明为什么要看证件号码"))
    if not sight.reach(viewer(), "household.reveal").holds(area):
        raise NotAllowed(authority.VERBS["household.reveal"].name)
    with runtime().database.begin() as session:
        data, count = national.as_xlsx(session, area)
        body = {"rows": count, "area": area, "reason": reason[:200]}
        journal.append(
            session, journal.HOUSE, "national_sheet_taken_along", viewer().name, body, runtime().clock.now()
        )
    name = f"national-{_today():%Y%m%d}.xlsx"
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=name)


@blueprint.post("/corrections")
@requires("ledger.correct")
def bring_back() -> str:
    """What a workbook brought back would change: nothing is changed yet."""
    sheet = request.files.get("sheet")
    with runtime().database.read() as session:
        found = corrections.preview(session, ledger.monitored(), sheet.read() if sheet else b"", _sees())
    return render_template(
        "ledger_corrections.html",
        ledger=ledger.monitored(),
        found=found,
        words=cells.shown,
        sealed=_serializer().dumps([viewer().user.key, [astuple(each) for each in found.corrections]]),
    )


@blueprint.post("/corrections/confirmed")
@requires("ledger.correct")
def correct() -> Response:
    """Make the corrections that were shown, all in one transaction, with the reason in each one's history."""
    reason = request.form.get("reason", "").strip()
    if len(reason) < 2:
        raise InvalidInput("reason", detail=_("请写明为什么更正"))
    try:
        who, shown = _serializer().loads(request.form.get("sealed", ""), max_age=SHOWN_FOR)
    except BadData:
        who, shown = None, []
    if who != viewer().user.key:
        raise Stale(_("要更正的内容已过时"))
    with runtime().database.begin() as session:
        history.act(session, viewer().name, runtime().clock.now(), reason=reason[:200])
        try:
            with followed(runtime(), session, viewer().name):
                made = corrections.apply(
                    session, ledger.monitored(), [ledger.Correction(*each) for each in shown], _sees()
                )
        except ledger.Overtaken as overtaken:
            raise Stale(_("%(head)s户刚才被别人改过", head=overtaken.head)) from overtaken
    flash(_("已更正 %(count)s 处。", count=made))
    return redirect(url_for("ledger.page"))


@blueprint.post("/sets")
@requires("ledger.see")
def keep() -> Response:
    """Keep the columns that are shown under a name."""
    name, shared = request.form.get("name", ""), bool(request.form.get("shared"))
    with runtime().database.begin() as session:
        row = sets.keep(
            session, ledger.monitored(), viewer().name, name, request.form.getlist("c"), shared=shared
        )
    flash(_("已保存列组“%(name)s”。", name=row.name))
    return redirect(url_for("ledger.page", set=row.key))


@blueprint.post("/sets/<int:key>/removal")
@requires("ledger.see")
def drop(key: int) -> Response:
    """Remove a column set of one's own."""
    with runtime().database.begin() as session:
        sets.drop(session, viewer().name, key)
    flash(_("已删去列组。"))
    return redirect(url_for("ledger.page"))


def _may_correct() -> bool:
    return any(viewer().has(role) for role in authority.VERBS["ledger.correct"].who)


def _sees() -> Callable[[Household], bool]:
    seen = sight.reach(viewer(), "ledger.correct")
    return lambda household: seen.holds(household.area) or str(household.key) in seen.subjects


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt="corrections shown")


def _today() -> date:
    return in_shanghai(runtime().clock.now()).date()
