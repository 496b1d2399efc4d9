"""The studio's front page: drafts under way, every file in force, and what was deployed when, by whom and why."""

from flask import Response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployments, drafts
from engine.models.deployments import BundledResource, Deployment
from web.runtime import runtime
from web.signed_in import requires
from web.studio import bar, files
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
        under_way = [
            (draft, list(drafts.files(session, draft)), bar.on_its_way(session, draft)[1])
            for draft in drafts.every(session)
        ]
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
