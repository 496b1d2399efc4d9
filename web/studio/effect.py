"""A draft takes force: with a reason, once nothing stands against it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import drafts
from web.api.problem import BadRequest
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio import bar, files
from web.studio.door import routes


@routes.get("/drafts/<int:key>/deploy")
@requires("drawing.deploy")
def effect(key: int) -> str:
    """What would take force, and what still stands against it."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        changed = [file for file in files.of_draft(session, draft) if file.changed]
        steps = bar.steps(session, draft)
        return render_template(
            "studio/effect.html", draft=draft, changed=changed, steps=steps, ready=steps[-1].state == "works"
        )


@routes.post("/drafts/<int:key>/deploy")
@requires("drawing.deploy")
def deploy(key: int) -> Any:
    """The draft takes force as a new version."""
    note = request.form.get("note", "").strip()
    if not 0 < len(note) <= 500:
        raise BadRequest("note", _("请写明改了什么，为什么。"))
    with runtime().database.begin() as session:
        drafts.deploy(runtime(), session, drafts.get(session, key), viewer().name, note)
    flash(_("已部署。新件按新版本办，在办的件仍按原版本办完。"))
    return redirect(url_for("studio.versions"))
