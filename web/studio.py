"""The studio: an administrator redraws the procedure. A drawing opens in the browser, is checked by the server while it
changes, and takes force as a new version; cases that run stay on theirs. Forms, rules and sheets go down and up as files.
"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import deployments
from engine.errors import NotFound
from engine.models.deployments import BundledResource, Deployment
from web.api.body import Body, read_body
from web.api.problem import BadRequest, finding_body
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio_words import words
from web.words import language

routes = Blueprint("studio", __name__, url_prefix="/studio")

KINDS = {".bpmn": "流程", ".dmn": "规则", ".form": "表单", ".html": "打印表"}
"""What a bundle holds, by the ending of the file's name, with its msgid."""

LARGEST_DRAWING = 5_000_000  # characters


@dataclass(frozen=True)
class File:
    """A file of the bundle in force, with what it defines (a sheet defines nothing and has no version)."""

    file: str
    name: str
    version: int | None

    @property
    def kind(self) -> str:
        """The ending of the file's name."""
        return "." + self.file.rpartition(".")[2]


class Drawing(Body):
    """A drawing as it stands in the editor."""

    file: str = Field(min_length=1, max_length=200)
    xml: str = Field(max_length=LARGEST_DRAWING)


class Redraw(Drawing):
    """A drawing that shall take force, and why."""

    note: str = Field(min_length=1, max_length=500)


@routes.get("/")
@requires("drawing.deploy")
def index() -> str:
    """Every file in force by kind, and what was deployed when, by whom and why."""
    with runtime().database.read() as session:
        history = session.scalars(select(Deployment).order_by(Deployment.at.desc()).limit(50)).all()
        changed = _sent(session, [d.key for d in history])
        return render_template(
            "studio/index.html", groups=_groups(_files(session)), history=history, changed=changed
        )


@routes.get("/<file>")
@requires("drawing.deploy")
def editor(file: str) -> str:
    """The drawing in the editor."""
    with runtime().database.read() as session:
        files = _files(session)
    drawing = next((f for f in files if f.file == file and f.kind == ".bpmn"), None)
    if drawing is None:
        raise NotFound(_("流程图"), file)
    return render_template(
        "studio/editor.html", drawing=drawing, groups=_groups(files), words=words(), language=language()
    )


@routes.get("/<file>/source")
@requires("drawing.deploy")
def source(file: str) -> Response:
    """The file's bytes as deployed last, or with `?deployment=` as they were then. Never shown as a page of ours."""
    with runtime().database.read() as session:
        deployment = request.args.get("deployment", type=int)
        data = deployments.resource(session, deployment or _latest(session), file)
    answer = Response(data, content_type="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=file)
    return answer


@routes.post("/lint")
@requires("drawing.deploy")
def lint() -> dict[str, Any]:
    """What would keep this drawing, among the files in force, from being deployed."""
    asked = read_body(Drawing, LARGEST_DRAWING * 3)
    with runtime().database.read() as session:
        findings = deployments.lint(runtime(), {asked.file: asked.xml.encode()}, session)
    return {"findings": [finding_body(f) for f in findings]}


@routes.post("/deploy")
@requires("drawing.deploy")
def deploy() -> dict[str, Any]:
    """The drawing takes force as a new version."""
    asked = read_body(Redraw, LARGEST_DRAWING * 3)
    with runtime().database.begin() as session:
        deployments.deploy(
            runtime(), session, {asked.file: asked.xml.encode()}, viewer().name, note=asked.note
        )
    flash(_("已部署。新件按新版本办，在办的件仍按原版本办完。"))
    return {"location": url_for("studio.index")}


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


def _latest(session: Session) -> int:
    """The deployment in force; 0 before the first."""
    return session.scalar(select(func.max(Deployment.key))) or 0


def _files(session: Session) -> list[File]:
    """The files in force."""
    names = deployments.names(session, _latest(session))
    defined = {row.resource: row for row in deployments.defined(session, names)}
    return [
        File(name, defined[name].name or name, defined[name].version)
        if name in defined
        else File(name, name, None)
        for name in names
    ]


def _groups(files: list[File]) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "name": _(label), "files": [f for f in files if f.kind == kind]}
        for kind, label in KINDS.items()
    ]


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
