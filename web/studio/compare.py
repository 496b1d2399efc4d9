"""Two versions side by side: every change between the files of one deployment and those of another, drawn and in words."""

from flask import render_template, url_for
from sqlalchemy.orm import Session

from engine import deployments
from engine.difference import words
from web.runtime import runtime
from web.signed_in import requires
from web.studio import files
from web.studio.difference import Section, by_file, tell
from web.studio.door import routes
from web.studio.versions import deployment


@routes.get("/deployments/<int:left>/against/<int:right>")
@requires("drawing.deploy")
def compare(left: int, right: int) -> str:
    """What `right` has changed since `left`, file by file; NotFound where either was never deployed."""
    with runtime().database.read() as session:
        before, after = deployment(session, left), deployment(session, right)
        sections = _sections(session, left, right)
    return render_template(
        "studio/compare.html", before=before, after=after, sections=sections, whats=words.WHATS
    )


def _sections(session: Session, left: int, right: int) -> list[Section]:
    old, new = (
        {name: deployments.resource(session, key, name) for name in deployments.names(session, key)}
        for key in (left, right)
    )
    names = {file.file: file.name for file in files.in_force(session)}
    return [
        Section(
            file,
            names.get(file, file),
            [tell(each) for each in changes],
            url_for("studio.source", file=file, deployment=left) if file in old else None,
            url_for("studio.source", file=file, deployment=right) if file in new else None,
        )
        for file, changes in by_file(old, new).items()
        if changes
    ]
