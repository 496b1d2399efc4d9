"""Two versions side by side: every change between the files of one deployment and those of another, in words."""

from flask import render_template

from engine import deployments, difference
from engine.difference import words
from web.runtime import runtime
from web.signed_in import requires
from web.studio.difference import tell
from web.studio.door import routes
from web.studio.versions import deployment


@routes.get("/deployments/<int:left>/against/<int:right>")
@requires("drawing.deploy")
def compare(left: int, right: int) -> str:
    """What `right` has changed since `left`, file by file; NotFound where either was never deployed."""
    with runtime().database.read() as session:
        before, after = deployment(session, left), deployment(session, right)
        files = [
            {name: deployments.resource(session, key, name) for name in deployments.names(session, key)}
            for key in (left, right)
        ]
    sections: dict[str, list[object]] = {}
    for change in difference.between(*files):
        sections.setdefault(change.file, []).append(tell(change))
    return render_template(
        "studio/compare.html", before=before, after=after, sections=sections, whats=words.WHATS
    )
