"""All ledgers, and the plain ones among them: entries added, corrected and ended by who keeps them."""

import io
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import sight
from engine.errors import NotAllowed, NotFound
from engine.sight import Reach
from registry import areas, history, households, ledger
from registry.ledger import Plain, entries, entries_in
from registry.models import LedgerEntry
from web import places
from web.pages.ledger import XLSX
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import in_shanghai

blueprint = Blueprint("ledgers", __name__, url_prefix="/ledgers")


@blueprint.get("/")
@requires("ledgers.see")
def index() -> str:
    """Every ledger with what it is for and how much it holds in the viewer's areas."""
    seen = sight.reach(viewer(), "ledgers.see").areas
    with runtime().database.read() as session:
        counts = {each.id: entries.count(session, each, seen) for each in ledger.ledgers().values()}
    return render_template(
        "ledgers.html",
        ledgers=ledger.ledgers().values(),
        counts=counts,
        beside=[
            (name, url_for(endpoint))
            for name, endpoint, verb in (
                (_("存疑数据"), "doubts.page", "doubt.see"),
                (_("公示"), "public.page", "public.print"),
            )
            if sight.reach(viewer(), verb).areas
        ],
        monitored=ledger.monitored() if sight.reach(viewer(), "ledger.see").areas else None,
    )


@blueprint.get("/<name>")
@requires("ledgers.see")
def page(name: str) -> str:
    """The entries of one ledger, and the form for a new one."""
    of, seen = named(name), sight.reach(viewer(), "ledgers.see")
    within, ended = request.args.get("area") or areas.ROOT, bool(request.args.get("ended"))
    with runtime().database.read() as session:
        found = entries.listed(
            session, of, seen.areas, within, ended=ended, after=request.args.get("after", 0, int)
        )
        about = request.args.get("household", type=int)
        return render_template(
            "plain_ledger.html",
            ledger=of,
            found=found,
            place_names=place_names(session, {row.area for row in found.rows}),
            heads=_heads(session, found.rows),
            areas=places.choices(session, seen, within),
            within=within,
            ended=ended,
            due=[row.key for row in found.rows if entries.is_due(of, row, _today())],
            counties=_counties(session, of, seen) if of.at_least else {},
            keeps=keeps(of),
            household=households.read(session, about) if about else None,
            offered=_offered(session, of),
        )


@blueprint.get("/<name>.xlsx")
@requires("ledgers.see")
def workbook(name: str) -> Response:
    """All entries in force as a workbook."""
    of, seen = named(name), sight.reach(viewer(), "ledgers.see")
    with runtime().database.read() as session:
        rows = entries.listed(session, of, seen.areas, limit=100_000).rows
        places_, heads = areas.full_names(session), _heads(session, rows)
        lines = [
            {
                "key": row.key,
                "area": f"{places_[row.area]} {heads.get(row.about, '')}".strip(),
                **{field.key: field.shown(row.fields.get(field.key)) for field in of.fields},
            }
            for row in rows
        ]
    where = ledger.Field("area", entries_in.where(of), "text")
    data = ledger.as_xlsx(of.name, [where, *of.fields], lines, {})
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=f"{of.name}.xlsx")


@blueprint.post("/<name>")
@requires("ledgers.keep")
def add(name: str) -> Response:
    """Enter a new one."""
    of = named(name)
    with runtime().database.begin() as session:
        history.act(session, viewer().name, runtime().clock.now())
        about = request.form.get("household", type=int)
        area = households.get(session, about).area if about else request.form.get("area", "")
        _permit(of, area)
        entries.add(session, of, request.form, area=area, household=about)
    flash(_("已登记。"))
    return redirect(url_for("ledgers.page", name=name))


@blueprint.get("/<name>/<int:key>")
@requires("ledgers.see")
def entry(name: str, key: int) -> str:
    """One entry, with every change that was made to it."""
    of = named(name)
    with runtime().database.read() as session:
        row = _seen(session, of, key)
        return render_template(
            "plain_entry.html",
            ledger=of,
            entry=row,
            place=place_names(session, {row.area})[row.area],
            head=_heads(session, [row]).get(row.about, ""),
            changes=[each for each in history.changes(session, row.household_key) if each.subject_key == key],
            keeps=keeps(of).holds(row.area) and row.valid_to is None,
        )


@blueprint.post("/<name>/<int:key>")
@requires("ledgers.keep")
def correct(name: str, key: int) -> Response:
    """Correct an entry, or end it with the reason."""
    of = named(name)
    with runtime().database.begin() as session:
        reason = request.form.get("reason", "").strip()[:200]
        history.act(session, viewer().name, runtime().clock.now(), reason=reason)
        _permit(of, entries.get(session, of, key).area)
        if request.form.get("end"):
            entries.end(session, of, key, reason)
        else:
            entries.correct(session, of, key, request.form)
    flash(_("已结束。") if request.form.get("end") else _("已更正。"))
    return redirect(url_for("ledgers.entry", name=name, key=key))


def named(name: str) -> Plain:
    """The plain ledger of that id. NotFound."""
    if name not in ledger.ledgers():
        raise NotFound(_("台账"), name)
    return ledger.ledgers()[name]


def keeps(of: Plain) -> Reach:
    """Where the viewer keeps the ledger's entries."""
    return sight.reach(viewer(), "ledgers.keep", of.kept_by)


def _permit(of: Plain, area: str) -> None:
    if not keeps(of).holds(area):
        raise NotAllowed(_("登记台账"))


def _seen(session: Session, of: Plain, key: int) -> LedgerEntry:
    row = entries.get(session, of, key)
    if not sight.reach(viewer(), "ledgers.see").holds(row.area):
        raise NotAllowed(_("看各类台账"))
    return row


def _heads(session: Session, rows: list[LedgerEntry]) -> dict[int | None, str]:
    return {row.about: households.get(session, row.about).head_name for row in rows if row.about}


def _counties(session: Session, of: Plain, seen: Reach) -> dict[str, int]:
    """Name of a county in sight → how many it has."""
    found = {path: count for path, count in entries.by_county(session, of).items() if seen.holds(path)}
    county = {area.path: area.name for area in areas.below(session, areas.ROOT, "county")}
    return {county[path]: count for path, count in found.items()}


def _offered(session: Session, of: Plain) -> list[tuple[str, str]]:
    """The areas for which the viewer may enter something."""
    found = {
        area.path: area.path
        for place in keeps(of).areas
        for area in areas.below(session, place or areas.ROOT)
    }
    return [(path, " ".join(areas.names(session, path))) for path in sorted(found)]


def _today() -> date:
    return in_shanghai(runtime().clock.now()).date()
