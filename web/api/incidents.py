"""`/v2/incidents`: cases that could not go on, and trying again once what was wrong is mended."""

from typing import Any

from flask import Blueprint
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from engine import incidents
from engine.errors import NotFound
from engine.identity import Viewer
from engine.models.instances import Incident, Instance, Job
from engine.scopes import ROOT
from web.api import search, shapes
from web.api.gate import reads, writes
from web.api.search import Column
from web.api.told import TENANT, inner_key, key, moment, page, word
from web.runtime import runtime

routes = Blueprint("incidents", __name__, url_prefix="/incidents")

STATES = {"ACTIVE": "open", "RESOLVED": "resolved"}
ERROR_TYPES = {
    "job": "JOB_NO_RETRIES",
    "feel_error": "EXTRACT_VALUE_ERROR",
    "drawing_failed": "EXTRACT_VALUE_ERROR",
    "escaped_error": "UNHANDLED_ERROR_EVENT",
    "calls_itself": "CALLED_ELEMENT_ERROR",
}
FIELDS = {
    "incidentKey": Column(Incident.key, search.key),
    "processInstanceKey": Column(Incident.instance_key, search.key),
    "processDefinitionId": Column(Instance.process_id),
    "processDefinitionKey": Column(Instance.definition_key, search.key),
    "elementId": Column(Incident.element),
    "errorMessage": Column(Incident.message),
    "creationTime": Column(Incident.at, search.moment),
    "state": Column(Incident.state, search.one_of(STATES)),
    "jobKey": Column(Job.key, search.key),
}


@routes.post("/search")
@reads("incident.see", search.Query, tells=shapes.Found[shapes.Incident])
def search_incidents(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """Incidents, open and resolved."""
    rows, about = search.run(session, _statement(), asked, FIELDS, Incident.key)
    return page([_told(row) for row in rows], about)


@routes.get("/<key:incident_key>")
@reads("incident.see", tells=shapes.Incident)
def get_incident(session: Session, viewer: Viewer, incident_key: int) -> dict[str, Any]:
    """One incident."""
    found = session.execute(_statement().where(Incident.key == incident_key)).first()
    if found is None:
        raise NotFound("故障", incident_key)
    return _told(found)


@routes.post("/<key:incident_key>/resolution")
@writes("incident.resolve")
def resolve(session: Session, viewer: Viewer, incident_key: int) -> None:
    """Try the failed element again."""
    incidents.retry(runtime(), session, incident_key, viewer)


def _statement() -> Select[Any]:
    """Incidents with their instance, and the key of the job that is about it."""
    of_job = and_(Job.instance_key == Incident.instance_key, Job.token == Incident.token)
    statement = select(Incident, Instance, Job.key.label("job"))
    return statement.join(Instance, Instance.key == Incident.instance_key).outerjoin(Job, of_job)


def _told(found: Any) -> dict[str, Any]:
    row, instance = found[0], found[1]
    return {
        "incidentKey": key(row.key),
        "errorType": _type(row.kind),
        "errorMessage": row.message,
        "elementId": row.element,
        "elementInstanceKey": inner_key(row.instance_key, int(row.token or ROOT, 36)),
        "creationTime": moment(row.at),
        "state": word(STATES, row.state),
        "jobKey": key(found.job),
        "processDefinitionId": instance.process_id,
        "processDefinitionKey": key(instance.definition_key),
        "processInstanceKey": key(row.instance_key),
        "rootProcessInstanceKey": key(row.case_key),
        "tenantId": TENANT,
    }


def _type(kind: str) -> str:
    """Camunda's word for what went wrong, by the code of the refusal that was the cause."""
    return ERROR_TYPES.get(kind, "UNKNOWN")
