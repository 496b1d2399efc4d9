"""下乡: the page that opens without a signal, its worker and manifest, and the tasks to be taken along."""

import hashlib
import json

from flask import Blueprint, Response, current_app, jsonify, render_template, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from web import field
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import public, requires, viewer

blueprint = Blueprint("field", __name__, url_prefix="/field")
PARTS = (
    "build/pages.css",
    "build/forms.css",
    "build/field.css",
    "build/forms.js",
    "build/field.js",
    "field.svg",
)
"""The files that the page needs; the phone keeps them with the page itself, and nothing else of ours."""


@blueprint.get("/")
@requires("task.carry")
def page() -> str:
    """The page as every phone keeps it: it says nothing of its reader or of any household."""
    return render_template("field.html")


@blueprint.get("/worker.js")
@public
def worker() -> Response:
    """The service worker of `/field/`. Its bytes change with any part of the page, so that phones fetch all parts anew."""
    shell = [url_for("field.page"), *(url_for("static", filename=name) for name in PARTS)]
    digest = hashlib.sha256(render_template("field.html").encode())
    for name in PARTS:
        digest.update(_static(name))
    head = f"self.shell = {json.dumps(shell)};\nself.version = {json.dumps(digest.hexdigest()[:16])};\n"
    return Response(head.encode() + _static("build/field-worker.js"), mimetype="text/javascript")


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to put the page on its home screen."""
    told = {
        "name": _("防返 · 下乡"),
        "short_name": _("下乡"),
        "start_url": url_for("field.page"),
        "scope": url_for("field.page"),
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5c6b",
        "icons": [
            {"src": url_for("static", filename="field.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
    }
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")


@blueprint.get("/tasks")
@requires("task.carry")
def tasks() -> Response:
    """Who asks, a token for what he sends, and the tasks that he may take along."""
    with runtime().database.read() as session:
        found, more = field.waiting(runtime(), session, viewer())
        names = place_names(session, {task.area for task in found if task.area})
        listed = [
            {
                "key": str(task.key),
                "name": task.name,
                "title": task.title or "",
                "place": names.get(task.area or "", ""),
                "level": task.level or "",
                "due": task.due.isoformat() if task.due else None,
            }
            for task in found
        ]
    return jsonify({"user": str(viewer().user.key), "csrf": generate_csrf(), "tasks": listed, "more": more})


@blueprint.post("/tasks/<int:key>")
@requires("task.carry")
def take(key: int) -> Response:
    """Take one task along."""
    with runtime().database.begin() as session:
        return jsonify(field.take(runtime(), session, viewer(), key))


def _static(name: str) -> bytes:
    with current_app.open_resource(f"static/{name}") as file:
        return bytes(file.read())
