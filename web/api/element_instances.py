"""`/v2/element-instances`: where a case is and which way it came."""

from typing import Any

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployments
from engine.dialect.model import Element
from engine.identity import Viewer
from engine.models.instances import Instance, Passage
from engine.sight import seen
from web.api import search
from web.api.gate import reads
from web.api.search import Column
from web.api.told import TENANT, inner_key, key, moment, page, word

routes = Blueprint("element_instances", __name__, url_prefix="/element-instances")

STATES = {"ACTIVE": "active", "COMPLETED": "completed", "TERMINATED": "cancelled"}
FIELDS = {
    "processInstanceKey": Column(Passage.instance_key, search.key),
    "processDefinitionId": Column(Instance.process_id),
    "processDefinitionKey": Column(Instance.definition_key, search.key),
    "elementId": Column(Passage.element),
    "startDate": Column(Passage.entered_at, search.moment),
    "endDate": Column(Passage.left_at, search.moment),
    "state": Column(Passage.state, search.one_of(STATES)),
}


@routes.post("/search")
@reads("case.see", search.Query)
def search_elements(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """Elements that the cases which the caller sees went through, or wait in."""
    statement = (
        select(Passage, Instance)
        .join(Instance, Instance.key == Passage.instance_key)
        .where(seen(viewer, Instance))
    )
    rows, about = search.run(session, statement, asked, FIELDS, Passage.token)
    return page([_told(session, row[0], row[1]) for row in rows], about)


def _told(session: Session, row: Passage, instance: Instance) -> dict[str, Any]:
    element = deployments.process(session, instance.definition_key).elements.get(row.element)
    return {
        "elementInstanceKey": inner_key(row.instance_key, int(row.token, 36)),
        "elementId": row.element,
        "elementName": element.name if element and element.name else row.element,
        "type": _type(element) if element else "UNKNOWN",
        "state": word(STATES, row.state),
        "hasIncident": False,
        "incidentKey": None,
        "startDate": moment(row.entered_at),
        "endDate": moment(row.left_at),
        "processDefinitionId": instance.process_id,
        "processDefinitionKey": key(instance.definition_key),
        "processInstanceKey": key(instance.key),
        "rootProcessInstanceKey": key(instance.case_key),
        "tenantId": TENANT,
    }


def _type(element: Element) -> str:
    """`userTask` → `USER_TASK`."""
    if element.triggered_by_event:
        return "EVENT_SUB_PROCESS"
    return "".join("_" + letter if letter.isupper() else letter for letter in element.type).upper()
