"""Many people at once: an empty sheet to fill in, and what became of each row of one that was sent."""

import base64
import io

from flask import Blueprint, Response, render_template, request, send_file
from flask_babel import gettext as _

from engine.errors import InvalidInput
from registry.imports.report import ACCEPTED, REFUSED, UNCHANGED
from web import people_sheet
from web.pages.ledger import XLSX
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("people_sheet", __name__, url_prefix="/people/sheet")


@blueprint.get("/blank.xlsx")
@requires("user.manage")
def blank() -> Response:
    """An empty sheet."""
    return send_file(
        io.BytesIO(people_sheet.blank()),
        XLSX,
        as_attachment=True,
        download_name=f"{people_sheet.PEOPLE.name}.xlsx",
    )


@blueprint.post("/")
@requires("user.manage")
def load() -> str:
    """Take a sheet. Its codes are on this answer alone: nothing that holds them is kept."""
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    if not data:
        raise InvalidInput("file", detail=_("请选择要上传的人员表（xlsx 或 csv）"))
    with runtime().database.begin() as session:
        rows = people_sheet.load(session, data, viewer().name, runtime().clock.now())
    return render_template(
        "people_sheet.html",
        rows=rows,
        counts={
            status: sum(row.status == status for row in rows) for status in (ACCEPTED, UNCHANGED, REFUSED)
        },
        workbook=f"data:{XLSX};base64,{base64.b64encode(people_sheet.as_xlsx(rows)).decode()}",
    )
