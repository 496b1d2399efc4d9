"""Incidents: steps that could not go on; an administrator mends the cause and retries."""

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import deployments, enactments, incidents
from engine.models.instances import Incident, Instance
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")
SHOWN = 100


@blueprint.get("/")
@requires("incident.see")
def page() -> str:
    """What stands still and why, the newest first."""
    with runtime().database.read() as session:
        rows = session.execute(
            sa.select(Incident, Instance)
            .join(Instance, Instance.key == Incident.instance_key)
            .where(Incident.state == "open")
            .order_by(Incident.key.desc())
            .limit(SHOWN)
        ).all()
        shown = [
            {
                "incident": incident,
                "instance": instance,
                "step": deployments.process(session, instance.definition_key).named(incident.element),
            }
            for incident, instance in rows
        ]
        return render_template("incidents.html", found=shown, redraws=enactments.failed(session))


@blueprint.post("/<int:key>/retry")
@requires("incident.resolve")
def retry(key: int) -> Response:
    """Let the case try its element again."""
    with runtime().database.begin() as session:
        found = incidents.retry(runtime(), session, key, viewer().name)
        gone_on = found.state == "resolved"
    flash(_("已重试，流程继续。") if gone_on else _("重试没有成功，原因见下。"))
    return redirect(url_for("incidents.page"))
