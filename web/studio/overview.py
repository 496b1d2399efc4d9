"""The studio's front page: drafts under way, every file in force, and what was deployed when, by whom and why."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployments, drafts
from engine.models.deployments import BundledResource, Deployment
from web.api.problem import BadRequest
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio import files
from web.studio.door import routes

DEPLOYMENTS_SHOWN = 50


@routes.get("/")
@requires("drawing.deploy")
def index() -> str:
    """Drafts, files in force by kind, deployments."""
    with runtime().database.read() as session:
        newest = select(Deployment).order_by(Deployment.at.desc()).limit(DEPLOYMENTS_SHOWN)
        history = session.scalars(newest).all()
        changed = _sent(session, [d.key for d in history])
        under_way = [(draft, list(drafts.files(session, draft))) for draft in drafts.every(session)]
        groups = files.groups(files.in_force(session))
        return render_template(
            "studio/index.html", groups=groups, history=history, changed=changed, drafts=under_way
        )


@routes.get("/files/<file>")
@requires("drawing.deploy")
def source(file: str) -> Response:
    """The file's bytes as deployed last, or with `?deployment=` as they were then. Never shown as a page of ours."""
    with runtime().database.read() as session:
        deployment = request.args.get("deployment", type=int)
        data = deployments.resource(session, deployment or deployments.latest(session), file)
    return download(file, data)


@routes.post("/files")
@requires("drawing.deploy")
def upload() -> Any:
    """Files sent up from a computer take force together: drawings, forms, rules or sheets."""
    sent = [f for f in request.files.getlist("files") if f.filename]
    note = request.form.get("note", "").strip()
    if not sent or not 0 < len(note) <= 500:
        raise BadRequest("files, note", _("要选文件，并写明改了什么"))
    resources = {str(f.filename): f.read() for f in sent}
    with runtime().database.begin() as session:
        deployments.deploy(runtime(), session, resources, viewer().name, note=note)
    flash(_("已部署 %(count)s 个文件。", count=len(resources)))
    return redirect(url_for("studio.index"))


def download(file: str, data: bytes) -> Response:
    """A file's bytes as an attachment: what is uploaded is never shown as a page of ours."""
    answer = Response(data, content_type="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=file)
    return answer


def _sent(session: Session, keys: list[int]) -> dict[int, list[str]]:
    """The files that each deployment brought."""
    found: dict[int, list[str]] = {key: [] for key in keys}
    rows = session.execute(
        select(BundledResource.deployment_key, BundledResource.name)
        .where(BundledResource.deployment_key.in_(keys))
        .order_by(BundledResource.name)
    )
    for key, name in rows:
        found[key].append(name)
    return found
