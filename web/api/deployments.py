"""`POST /v2/deployments`: drawings, rules, forms and sheets take force together, or none of them."""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import deployments, enactments
from engine.grounds import Grounds
from engine.identity import Viewer
from engine.models.deployments import Definition
from web.api import shapes
from web.api.gate import writes
from web.api.problem import BadRequest
from web.api.told import TENANT, key
from web.runtime import runtime

routes = Blueprint("deployments", __name__, url_prefix="/deployments")

MOST_FILES = 500


@routes.post("")
@writes("drawing.deploy", tells=shapes.DeploymentMade)
def deploy(session: Session, viewer: Viewer) -> dict[str, Any]:
    """Deploy the files sent as `resources` (multipart); a `note` says what changed and why.

    Refused where a second administrator has to approve: he sees no difference here.
    """
    if enactments.second_asked(session, runtime().clock.now()):
        raise enactments.NeedsApproval()
    sent = request.files.getlist("resources")
    resources = {str(each.filename): each.read() for each in sent if each.filename}
    if not 0 < len(resources) <= MOST_FILES or len(resources) < len(sent):
        raise BadRequest("resources", _("要 1 至 %(count)s 个文件，各有各的文件名", count=MOST_FILES))
    made = deployments.deploy(
        runtime(), session, resources, viewer.name, Grounds(request.form.get("note", ""))
    )
    return {
        "deploymentKey": key(made.key),
        "tenantId": TENANT,
        "deployments": [TOLD[row.kind](row) for row in deployments.defined(session, resources)],
    }


def _entry(**told: Any) -> dict[str, Any]:
    """One line of the answer: of its five kinds one is told."""
    kinds = ("processDefinition", "decisionDefinition", "decisionRequirements", "form", "resource")
    return {kind: told.get(kind) for kind in kinds}


def _process(row: Definition) -> dict[str, Any]:
    told = {
        "processDefinitionId": row.id,
        "processDefinitionVersion": row.version,
        "processDefinitionKey": key(row.key),
        "resourceName": row.resource,
        "tenantId": TENANT,
    }
    return _entry(processDefinition=told)


def _decision(row: Definition) -> dict[str, Any]:
    told = {
        "decisionDefinitionId": row.id,
        "decisionDefinitionKey": key(row.key),
        "version": row.version,
        "name": row.name,
        "decisionRequirementsId": row.resource,
        "decisionRequirementsKey": key(row.deployment_key),
        "tenantId": TENANT,
    }
    return _entry(decisionDefinition=told)


def _form(row: Definition) -> dict[str, Any]:
    told = {
        "formId": row.id,
        "formKey": key(row.key),
        "version": row.version,
        "resourceName": row.resource,
        "tenantId": TENANT,
    }
    return _entry(form=told)


TOLD = {"process": _process, "decision": _decision, "form": _form}
