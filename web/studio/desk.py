"""The desk: one file of a draft in its editor, the other files at its left, properties and findings at its right."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from engine import drafts, scenarios
from engine.errors import NotFound
from web.runtime import runtime
from web.signed_in import requires
from web.studio import bar, blanks, choices, files
from web.studio.door import routes
from web.studio.drafts import current
from web.studio.words import words
from web.words import language

EDITORS = {
    ".bpmn": "drawing",
    ".dmn": "rules",
    ".form": "questions",
    ".html": "sheet",
    ".css": "style",
    ".yaml": "settings",
}
"""The bundle of scripts that edits a kind of file, and its template."""


@routes.get("/drafts/<int:key>/")
@requires("drawing.deploy")
def draft(key: int) -> Any:
    """The draft at the file that was changed last, else at its first."""
    with runtime().database.read() as session:
        opened = drafts.get(session, key)
        changed = sorted(drafts.files(session, opened).values(), key=lambda file: file.saved_at)
        at = changed[-1].name if changed else files.groups(files.of_draft(session, opened))[0].files[0].file
    return redirect(url_for("studio.editor", key=key, file=at))


@routes.get("/drafts/<int:key>/files/<file>")
@requires("drawing.deploy")
def editor(key: int, file: str) -> Any:
    """A file of the draft in the editor of its kind."""
    with runtime().database.read() as session:
        opened = drafts.get(session, key)
        current(session, opened, file)
        listed = files.of_draft(session, opened)
        kind = next(each.kind for each in listed if each.file == file)
        if kind == scenarios.ENDING:
            return redirect(url_for("studio.recording", key=key, file=file))
        if kind not in EDITORS:
            raise NotFound(_("能编辑的文件"), file)
        given: Any = {}
        if kind == ".bpmn":
            given = choices.of_draft(session, opened, listed)
        elif kind == ".html":
            given = choices.answers(session, opened, file.removesuffix(".html"))
        elif kind == ".css":
            given = [(each.file, each.name) for each in listed if each.kind == ".html"]
        return render_template(
            f"studio/{EDITORS[kind]}.html",
            draft=opened,
            file=next(each for each in listed if each.file == file),
            groups=files.groups(listed),
            steps=bar.steps(session, opened),
            endings=blanks.ENDINGS,
            choices=given,
            words=words(),
            language=language(),
        )
