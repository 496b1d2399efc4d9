"""`/v2/incidents`: cases that could not go on, and trying again once what was wrong is mended."""

from typing import Any

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import incidents
from engine.errors import NotFound
from engine.identity import Viewer
from engine.models.instances import Incident, Instance
from web.api import search
from web.api.gate import reads, writes
from web.api.search import Column
from web.api.told import TENANT, key, moment, page, word
from web.runtime import runtime

routes = Blueprint("incidents", __name__, url_prefix="/incidents")

STATES = {"ACTIVE": "open", "RESOLVED": "resolved"}
FIELDS = {
    "incidentKey": Column(Incident.key, search.key),
    "processInstanceKey": Column(Incident.instance_key, search.key),
    "processDefinitionId": Column(Instance.process_id),
    "processDefinitionKey": Column(Instance.definition_key, search.key),
    "elementId": Column(Incident.element),
    "errorMessage": Column(Incident.message),
    "creationTime": Column(Incident.at, search.moment),
    "state": Column(Incident.state, search.one_of(STATES)),
}


@routes.post("/search")
@reads("incident.see", search.Query)
def search_incidents(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """Incidents, open and resolved."""
    statement = select(Incident, Instance).join(Instance, Instance.key == Incident.instance_key)
    rows, about = search.run(session, statement, asked, FIELDS, Incident.key)
    return page([_told(row[0], row[1]) for row in rows], about)


@routes.get("/<key:incident_key>")
@reads("incident.see")
def get_incident(session: Session, viewer: Viewer, incident_key: int) -> dict[str, Any]:
    """One incident."""
    found = session.get(Incident, incident_key)
    if found is None:
        raise NotFound("故障", incident_key)
    return _told(found, session.get_one(Instance, found.instance_key))


@routes.post("/<key:incident_key>/resolution")
@writes("incident.resolve")
def resolve(session: Session, viewer: Viewer, incident_key: int) -> None:
    """Try the failed element again."""
    incidents.retry(runtime(), session, incident_key, viewer)


def _told(row: Incident, instance: Instance) -> dict[str, Any]:
    return {
        "incidentKey": key(row.key),
        "errorType": _type(row.kind),
        "errorMessage": row.message,
        "elementId": row.element,
        "elementInstanceKey": key(row.key),
        "creationTime": moment(row.at),
        "state": word(STATES, row.state),
        "jobKey": None,
        "processDefinitionId": instance.process_id,
        "processDefinitionKey": key(instance.definition_key),
        "processInstanceKey": key(row.instance_key),
        "rootProcessInstanceKey": key(row.case_key),
        "tenantId": TENANT,
    }


def _type(kind: str) -> str:
    return {
        "decision": "DECISION_EVALUATION_ERROR",
        "job": "JOB_NO_RETRIES",
        "feel": "EXTRACT_VALUE_ERROR",
    }.get(kind, "UNKNOWN")
