"""What is wrong with a draft as a whole: for the editors while one draws, and as a page."""

from typing import Any

from flask import render_template, request

from engine import drafts
from web.api.problem import finding_body
from web.runtime import runtime
from web.signed_in import requires
from web.studio import bar
from web.studio.door import routes
from web.studio.findings import of_draft


@routes.get("/drafts/<int:key>/checks")
@requires("drawing.deploy")
def checks(key: int) -> Any:
    """Every finding, errors first: as JSON for an editor, else as a page whose rows lead to the element."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        found = of_draft(session, draft)
        steps = bar.steps(session, draft, found)
    findings = [finding_body(each) for each in found]
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        told = [{"endpoint": step.endpoint, "state": step.state, "told": step.told} for step in steps]
        return {"findings": findings, "steps": told}
    return render_template("studio/checks.html", draft=draft, findings=findings, steps=steps)
