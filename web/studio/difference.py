"""How a draft differs from what is in force: on the diagram, and in words."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from engine import difference, drafts
from engine.difference import Change, words
from web.runtime import runtime
from web.signed_in import requires
from web.studio import bar, files
from web.studio.door import routes


@dataclass(frozen=True)
class Told:
    """A change as a person reads it; `parts` are (fact, before, after)."""

    id: str
    what: str
    sort: str
    name: str
    parts: list[tuple[str, str | None, str | None]]


@routes.get("/drafts/<int:key>/difference")
@requires("drawing.deploy")
def difference_page(key: int) -> str:
    """Each changed file: its diagram before and after, and every change in words."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        after = drafts.changes(session, draft)
        before = {name: data for name in after if (data := drafts.in_force(session, name)) is not None}
        steps, late = bar.steps(session, draft), drafts.behind(session, draft)
        changed = [file for file in files.of_draft(session, draft) if file.changed]
    found = difference.between(before, after)
    sections = [(file, [tell(each) for each in found if each.file == file.file]) for file in changed]
    return render_template(
        "studio/difference.html", draft=draft, sections=sections, steps=steps, late=late, whats=words.WHATS
    )


@routes.post("/drafts/<int:key>/catch-up")
@requires("drawing.deploy")
def catch_up(key: int) -> Any:
    """The administrator has compared the draft with what is in force now and keeps to it."""
    with runtime().database.begin() as session:
        drafts.catch_up(session, drafts.get(session, key))
    flash(_("已确认：以本稿为准。"))
    return redirect(url_for("studio.difference_page", key=key))


def tell(change: Change) -> Told:
    """A change in the reader's language."""
    parts = []
    for each in change.parts:
        called, rest = words.part(each)
        parts.append((_(called).format(rest=rest), each.before, each.after))
    return Told(change.id, change.what, _(words.sort(change)), change.name, parts)
