"""`/v2/element-instances`: where a case is and which way it came."""

from typing import Any

from flask import Blueprint
from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from engine import deployments
from engine.dialect.model import Element
from engine.errors import NotFound
from engine.identity import Viewer
from engine.models.instances import Incident, Instance, Passage
from engine.models.worklist import UserTask
from engine.scopes import ROOT
from engine.sight import seen
from engine.state import token_id
from web.api import search, shapes
from web.api.gate import reads
from web.api.process_instances import visible
from web.api.search import Column
from web.api.told import TENANT, inner_key, key, moment, outer_key, page, word

routes = Blueprint("element_instances", __name__, url_prefix="/element-instances")

STATES = {"ACTIVE": "active", "COMPLETED": "completed", "TERMINATED": "cancelled"}

_tasks = select(
    UserTask.instance_key,
    UserTask.token,
    UserTask.element,
    UserTask.state,
    UserTask.created_at.label("entered_at"),
    UserTask.ended_at.label("left_at"),
)
_active = _tasks.where(UserTask.state == "open")
_passed = union_all(
    select(
        Passage.instance_key,
        Passage.token,
        Passage.element,
        Passage.state,
        Passage.entered_at,
        Passage.left_at,
    ),
    _tasks.where(UserTask.state != "open"),
    _active.with_only_columns(
        UserTask.instance_key,
        UserTask.token,
        UserTask.element,
        literal("active"),
        UserTask.created_at,
        UserTask.ended_at,
    ),
).subquery("passed")
PASSED = _passed.c
"""Every element that an instance went through or waits in: people's tasks keep rows of their own."""

_incident = (
    select(Incident.key)
    .where(
        Incident.instance_key == PASSED.instance_key,
        Incident.token == PASSED.token,
        Incident.state == "open",
    )
    .limit(1)
    .scalar_subquery()
)
FIELDS = {
    "processInstanceKey": Column(PASSED.instance_key, search.key),
    "processDefinitionId": Column(Instance.process_id),
    "processDefinitionKey": Column(Instance.definition_key, search.key),
    "elementId": Column(PASSED.element),
    "startDate": Column(PASSED.entered_at, search.moment),
    "endDate": Column(PASSED.left_at, search.moment),
    "state": Column(PASSED.state, search.one_of(STATES)),
    "hasIncident": Column(_incident.is_not(None), search.flag),
    "incidentKey": Column(_incident, search.key),
}


def _statement() -> Select[Any]:
    columns = (PASSED.token, PASSED.element, PASSED.state, PASSED.entered_at, PASSED.left_at)
    return select(Instance, *columns, _incident.label("incident")).join(
        _passed, PASSED.instance_key == Instance.key
    )


@routes.post("/search")
@reads("case.see", search.Query, tells=shapes.Found[shapes.ElementInstance])
def search_elements(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """Elements that the cases which the caller sees went through, or wait in."""
    statement = _statement().where(seen(viewer, Instance))
    if (given := asked.filter.pop("elementInstanceKey", None)) is not None:
        instance_key, token = _read(given if isinstance(given, str) else "")
        statement = statement.where(PASSED.instance_key == instance_key, PASSED.token == token)
    # numbered in base 36, as they came
    unique = (PASSED.instance_key, func.length(PASSED.token), PASSED.token)
    rows, about = search.run(session, statement, asked, FIELDS, *unique)
    return page([_told(session, row) for row in rows], about)


@routes.get("/<element_instance_key>")
@reads("case.see", tells=shapes.ElementInstance)
def get_element(session: Session, viewer: Viewer, element_instance_key: str) -> dict[str, Any]:
    """One element that a case went through, or waits in."""
    instance_key, token = _read(element_instance_key)
    visible(session, viewer, instance_key)
    found = _statement().where(PASSED.instance_key == instance_key, PASSED.token == token)
    row = session.execute(found).first()
    if row is None:
        raise NotFound("环节", element_instance_key)
    return _told(session, row)


def _read(inner: str) -> tuple[int, str]:
    """The instance and the token of a key. `NotFound` for what is none."""
    if not inner.isascii() or not inner.isdigit() or not 6 < len(inner) <= 25:
        raise NotFound("环节", inner[:40])
    number = int(inner) % 10**6
    return search.key(str(outer_key(inner))), token_id(number) if number else ROOT


def _told(session: Session, row: Any) -> dict[str, Any]:
    instance: Instance = row[0]
    element = deployments.process(session, instance.definition_key).elements.get(row.element)
    return {
        "elementInstanceKey": inner_key(instance.key, int(row.token, 36)),
        "elementId": row.element,
        "elementName": element.name if element and element.name else row.element,
        "type": _type(element) if element else "UNKNOWN",
        "state": word(STATES, row.state),
        "hasIncident": row.incident is not None,
        "incidentKey": key(row.incident),
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
