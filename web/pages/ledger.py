"""The 防返贫台账: a table that one filters, sorts, groups and takes along as a workbook."""

import io
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import journal, sight
from engine.errors import InvalidInput
from registry import ledger
from registry.ledger import sets
from web import ledger_asked, places
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import in_shanghai

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")
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
    data = ledger.as_xlsx(ledger.monitored().name, asked.wanted.columns, rows)
    name = f"{ledger.monitored().name}-{_today():%Y%m%d}.xlsx"
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=name)


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


def _today() -> date:
    return in_shanghai(runtime().clock.now()).date()
