"""How a draft differs from what is in force: on the diagram, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import difference, drafts
from engine.difference import Change, words
from engine.models.drafts import DrawingDraft
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


@dataclass(frozen=True)
class Section:
    """A file with its changes; `before` and `after` are the addresses of its bytes, None where there is no such file."""

    file: str
    name: str
    changes: list[Told]
    before: str | None
    after: str | None

    @property
    def drawn(self) -> bool:
        """Whether it is seen as a diagram too."""
        return self.file.endswith(".bpmn")


@routes.get("/drafts/<int:key>/difference")
@requires("drawing.deploy")
def difference_page(key: int) -> str:
    """Each changed file: its diagram before and after, and every change in words."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        steps, late = bar.steps(session, draft), drafts.behind(session, draft)
        sections = changed(session, draft)
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


def changed(session: Session, draft: DrawingDraft) -> list[Section]:
    """Each file of the draft with every change from what is in force."""
    after = drafts.changes(session, draft)
    before = {name: data for name in after if (data := drafts.in_force(session, name)) is not None}
    names = {file.file: file.name for file in files.of_draft(session, draft)}
    return [
        Section(
            file,
            names[file],
            [tell(each) for each in changes],
            url_for("studio.source", file=file) if file in before else None,
            url_for("studio.content", key=draft.key, file=file),
        )
        for file, changes in by_file(before, after).items()
    ]


def by_file(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, list[Change]]:
    """Every change, under its file, in the order of their names."""
    found: dict[str, list[Change]] = {file: [] for file in sorted(before.keys() | after.keys())}
    for change in difference.between(before, after):
        found[change.file].append(change)
    return found


def tell(change: Change) -> Told:
    """A change in the reader's language."""
    parts = []
    for each in change.parts:
        called, rest = words.part(each)
        parts.append((_(called).format(rest=rest), each.before, each.after))
    return Told(change.id, change.what, _(words.sort(change)), change.name, parts)
