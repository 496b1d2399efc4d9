"""Sheets of other systems: sent here, read in the background, with what became of each row to take along."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from engine import authority, background, documents, roles
from engine.errors import InvalidInput, NotFound
from registry import areas, comparison
from web import sheet_jobs
from web.config import LARGEST_SHEET
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("sheets", __name__, url_prefix="/sheets")
IMPORTERS = authority.VERBS["sheet.import"].who
KINDS = ("compare_sheet", "import_households")
"""The background jobs that read sheets."""


@blueprint.url_value_preprocessor
def allow_sheets(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A sheet may be larger than a photograph: told before anything reads the request."""
    request.max_content_length = LARGEST_SHEET


@blueprint.get("/")
@requires("sheet.compare")
def page() -> str:
    """What may be sent, and how the sheets sent before stand."""
    mine = _departments()
    with runtime().database.read() as session:
        sent = [job for job in background.of(session, viewer().name) if job.kind in KINDS]
    return render_template(
        "sheets.html",
        kinds=[each for each in comparison.kinds() if mine is None or each.department in mine],
        imports=any(viewer().has(role) for role in IMPORTERS),
        sent=sent,
        states=background.STATES,
    )


@blueprint.post("/comparison")
@requires("sheet.compare")
def compare() -> Redirect:
    """Compare a department's sheet with the households of the viewer's area."""
    data = _file()
    sheet_jobs.check(data, _departments())
    return _begin("compare_sheet", data, authority.VERBS["sheet.compare"].who)


@blueprint.post("/households")
@requires("sheet.import")
def households() -> Redirect:
    """Take over the national system's export of the viewer's area."""
    return _begin("import_households", _file(), IMPORTERS)


@blueprint.get("/<int:key>")
@requires("sheet.compare")
def result(key: int) -> str:
    """What became of a sheet."""
    return render_template("sheet.html", job=_done(key))


@blueprint.get("/<int:key>/report.xlsx")
@requires("sheet.compare")
def report(key: int) -> Response:
    """What became of each row, as a workbook."""
    job = _done(key)
    with runtime().database.read() as session:
        data, media_type = documents.read(session, job.result["report"])
    named = {"Content-Disposition": f"attachment; filename=report-{key}.xlsx"}
    return Response(data, mimetype=media_type, headers=named)


def _done(key: int) -> background.Progress:
    with runtime().database.read() as session:
        job = background.get(session, key)
    authority.permit_owner(viewer(), "background.see", job.actor)
    if job.kind not in KINDS or "report" not in job.result:
        raise NotFound(_("数据表"), key)
    return job


def _departments() -> frozenset[str] | None:
    """Whose sheets the viewer may send: an office anybody's (None), a department its own."""
    if any(viewer().has(role) for role in IMPORTERS):
        return None
    return frozenset(roles.split_group(group)[1] for group, _place in viewer().roles) - {""}


def _file() -> bytes:
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    if not data:
        raise InvalidInput("file", detail=_("请选择要上传的数据表（xlsx 或 csv）"))
    return data


def _begin(kind: str, data: bytes, who: frozenset[str]) -> Redirect:
    """Read the sheet in the background, within the first of the viewer's areas in which he may."""
    area = next(place for group, place in viewer().roles if roles.split_group(group)[0] in who)
    with runtime().database.begin() as session:
        given = {"sheet": sheet_jobs.keep(session, data), "area": area or areas.ROOT}
        key = background.start(session, kind, given, viewer().name)
    return redirect(url_for("background.page", key=key))
