"""What an editor needs the server to read: a sheet as it would print, dated settings as rows.

A sheet's HTML goes to the PDF engine alone, never to the browser.
"""

from datetime import date
from typing import Any

from pydantic import Field

from engine import deployments, drafts, settings
from engine.clock import SHANGHAI
from engine.models.settings import Setting
from web import prints, sheet_facts
from web.api.body import Body, read_body
from web.pictures import pages
from web.runtime import runtime
from web.signed_in import requires
from web.studio.door import routes

LARGEST_TEXT = 500_000  # characters


class Text(Body):
    """A file's text as it stands in the editor."""

    content: str = Field(max_length=LARGEST_TEXT)


class Sheet(Text):
    """A sheet's text; or, with `sheet`, a style's text and the sheet in force that is to be seen in it."""

    sheet: str | None = None


@routes.post("/preview")
@requires("drawing.deploy")
def preview() -> Any:
    """The pages of the empty sheet as pictures. FeelError where an expression is at fault."""
    asked = read_body(Sheet, LARGEST_TEXT * 4)
    with runtime().database.read() as session:
        if asked.sheet is None:
            text, style = asked.content, prints.style(session)
        else:
            text = deployments.resource(session, None, asked.sheet).decode()
            style = asked.content
    html = prints.styled(prints.render(runtime(), text, sheet_facts.blank()), style)
    return {"pages": pages(prints.pdf(html))}


@routes.post("/settings")
@requires("drawing.deploy")
def read_settings() -> Any:
    """The rows of a file of dated settings, those that are kept already marked. InvalidInput."""
    rows = settings.read(drafts.SETTINGS, read_body(Text, LARGEST_TEXT * 4).content.encode())
    with runtime().database.read() as session:
        kept = {(row.name, row.valid_from) for row in settings.all_settings(session)}
    today = runtime().clock.now().astimezone(SHANGHAI).date()
    return {"rows": [_row(row, (row.name, row.valid_from) in kept, today) for row in rows]}


def _row(row: Setting, kept: bool, today: date) -> dict[str, Any]:
    """`kept`: it stands in force or to come; `used`: its day has come, so that it is history and stays as it is."""
    shown = {name: getattr(row, name) for name in ("name", "value", "note", "local")}
    return {
        **shown,
        "valid_from": row.valid_from.isoformat(),
        "kept": kept,
        "used": kept and row.valid_from <= today,
    }
