"""Versions: of each procedure who put which into force, when and why, and how many cases run on each; restored as a draft."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import deployments, drafts
from engine.errors import NotFound
from engine.models.deployments import Definition, Deployment
from engine.models.instances import Instance
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio.door import routes
from web.studio.overview import download
from web.words import moment


@dataclass(frozen=True)
class Version:
    """One version of a procedure. `running`: its cases under way; `latest`: the version that goes before none."""

    definition: int
    process: str
    name: str
    number: int
    deployed: Deployment
    running: int
    latest: int


@routes.get("/versions")
@requires("drawing.deploy")
def versions() -> str:
    """Every version of every procedure, the newest first."""
    with runtime().database.read() as session:
        found = every(session)
    procedures: dict[str, list[Version]] = {}
    for version in found:
        procedures.setdefault(version.process, []).append(version)
    return render_template("studio/versions.html", procedures=procedures)


@routes.post("/deployments/<int:key>/restore")
@requires("drawing.deploy")
def restore(key: int) -> Any:
    """A draft in which every file is as it was with this deployment; nothing takes force by it."""
    with runtime().database.begin() as session:
        then = deployment(session, key)
        title = _("恢复到 %(moment)s 的图纸", moment=moment(then.at))
        names = [name for name in deployments.names(session, key) if drafts.may_hold(name)]
        found = {name: deployments.resource(session, key, name) for name in names}
        made = drafts.of_files(session, title, found, viewer().name, runtime().clock.now())
        differing = len(drafts.files(session, made))
    flash(_("已放进草稿：%(count)s 个文件和现行的不同。", count=differing))
    return redirect(url_for("studio.difference_page", key=made.key))


@routes.get("/deployments/<int:key>.zip")
@requires("drawing.deploy")
def bundle(key: int) -> Response:
    """Every file in force with a deployment, as one archive."""
    packed = io.BytesIO()
    with runtime().database.read() as session, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        deployment(session, key)
        for name in deployments.names(session, key):
            archive.writestr(name, deployments.resource(session, key, name))
    return download(f"fangfan-{key}.zip", packed.getvalue())


def every(session: Session) -> list[Version]:
    """All versions of all procedures, by procedure, the newest first."""
    running = (
        sa.select(Instance.definition_key, sa.func.count().label("count"))
        .where(Instance.state == "active")
        .group_by(Instance.definition_key)
        .subquery()
    )
    latest = sa.func.first_value(Definition.key).over(
        partition_by=Definition.id, order_by=Definition.version.desc()
    )
    rows = session.execute(
        sa.select(Definition, Deployment, running.c.count, latest)
        .join(Deployment, Deployment.key == Definition.deployment_key)
        .outerjoin(running, running.c.definition_key == Definition.key)
        .where(Definition.kind == "process")
        .order_by(Definition.id, Definition.version.desc())
    )
    return [
        Version(
            definition.key,
            definition.id,
            definition.name or definition.id,
            definition.version,
            deployment,
            count or 0,
            newest,
        )
        for definition, deployment, count, newest in rows
    ]


def deployment(session: Session, key: int) -> Deployment:
    """A deployment by its key; NotFound where there is none."""
    found = session.get(Deployment, key)
    if found is None:
        raise NotFound(_("部署"), key)
    return found
