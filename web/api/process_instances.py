"""`/v2/process-instances`: starting cases, finding them, ending them."""

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from pydantic import Field, model_validator
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from engine import authority, deployments, instances, migration
from engine.errors import NotFound
from engine.identity import Viewer
from engine.migration import Mapping
from engine.models.deployments import Definition
from engine.models.instances import Incident, Instance
from engine.sight import seen
from web.api import search, shapes
from web.api.body import Body
from web.api.gate import reads, request_id, writes
from web.api.problem import BadRequest
from web.api.search import Column
from web.api.told import TENANT, key, moment, page, word
from web.runtime import runtime

routes = Blueprint("process_instances", __name__, url_prefix="/process-instances")

STATES = {"ACTIVE": "active", "COMPLETED": "completed", "TERMINATED": "cancelled"}
HAS_INCIDENT = exists().where(Incident.instance_key == Instance.key, Incident.state == "open")
NAME = select(Definition.name).where(Definition.key == Instance.definition_key).scalar_subquery()
FIELDS = {
    "processInstanceKey": Column(Instance.key, search.key),
    "parentProcessInstanceKey": Column(Instance.parent_key, search.key),
    "processDefinitionId": Column(Instance.process_id),
    "processDefinitionName": Column(NAME),
    "processDefinitionKey": Column(Instance.definition_key, search.key),
    "processDefinitionVersion": Column(Instance.version, search.number),
    "startDate": Column(Instance.started_at, search.moment),
    "endDate": Column(Instance.ended_at, search.moment),
    "state": Column(Instance.state, search.one_of(STATES)),
    "hasIncident": Column(HAS_INCIDENT, search.flag),
    "businessId": Column(Instance.subject),
}


class StartHere(Body):
    """One line of `startInstructions`: the start event by which the case begins."""

    element_id: str


class Creation(Body):
    """What starts a case: a process by id (latest, or a version) or by the key of one version."""

    process_definition_id: str | None = Field(default=None, max_length=200)
    process_definition_key: str | None = None
    process_definition_version: int = -1
    variables: dict[str, Any] = {}
    tags: list[str] = Field(default=[], max_length=10)
    start_instructions: list[StartHere] = Field(default=[], max_length=1)
    tenant_id: str = TENANT
    await_completion: bool = False
    business_id: str | None = None
    operation_reference: int | None = None
    request_timeout: int = 0
    fetch_variables: list[str] = []

    @model_validator(mode="after")
    def _one_process(self) -> "Creation":
        if (self.process_definition_id is None) == (self.process_definition_key is None):
            raise ValueError("give either processDefinitionId or processDefinitionKey")
        return self


@routes.post("")
@writes("case.start", Creation, tells=shapes.InstanceCreated)
def create(session: Session, viewer: Viewer, asked: Creation) -> dict[str, Any]:
    """Start a case."""
    if asked.await_completion:
        raise BadRequest("awaitCompletion", _("案件要由人办理，不能等它办完"))
    process_id, version = _process(session, asked)
    started = instances.start(
        runtime(),
        session,
        process_id,
        asked.variables,
        viewer,
        version=version,
        element=asked.start_instructions[0].element_id if asked.start_instructions else None,
        tags=asked.tags,
        request_id=request_id(viewer, process_id),
    )
    return {
        "processDefinitionId": started.process_id,
        "processDefinitionKey": key(started.definition_key),
        "processDefinitionVersion": started.version,
        "processInstanceKey": key(started.key),
        "tenantId": TENANT,
        "variables": {},
        "tags": started.tags,
        "businessId": started.subject,
    }


@routes.post("/search")
@reads("case.see", search.Query, tells=shapes.Found[shapes.ProcessInstance])
def search_instances(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """Instances of the cases that the caller sees."""
    statement = select(Instance).where(seen(viewer, Instance))
    rows, about = search.run(session, statement, asked, FIELDS, Instance.key)
    return page(_told(session, rows), about)


@routes.get("/<key:instance_key>")
@reads("case.see", tells=shapes.ProcessInstance)
def get_instance(session: Session, viewer: Viewer, instance_key: int) -> dict[str, Any]:
    """One instance."""
    return _told(session, [visible(session, viewer, instance_key)])[0]


@routes.post("/<key:instance_key>/cancellation")
@writes("case.cancel")
def cancel(session: Session, viewer: Viewer, instance_key: int) -> None:
    """End a case before its end."""
    visible(session, viewer, instance_key, "case.cancel")
    instances.cancel(runtime(), session, instance_key, viewer, "API")


class Instruction(Body):
    """Where the tokens of one element of the old drawing go on."""

    source_element_id: str
    target_element_id: str


class MigrationPlan(Body):
    """To which version an instance goes over, element by element. Subscriptions that are not named end or begin anew."""

    target_process_definition_key: str
    mapping_instructions: list[Instruction] = Field(min_length=1, max_length=2000)
    operation_reference: int | None = None

    @model_validator(mode="after")
    def _each_once(self) -> "MigrationPlan":
        named = [each.source_element_id for each in self.mapping_instructions]
        if len(set(named)) < len(named):
            raise ValueError("mappingInstructions name a sourceElementId twice")
        return self


@routes.post("/<key:instance_key>/migration")
@writes("case.migrate", MigrationPlan)
def migrate(session: Session, viewer: Viewer, asked: MigrationPlan, instance_key: int) -> None:
    """Let an instance go on by another version of its drawing, where it stands."""
    visible(session, viewer, instance_key)
    mapping = Mapping({each.source_element_id: each.target_element_id for each in asked.mapping_instructions})
    to = search.key(asked.target_process_definition_key)
    migration.migrate(runtime(), session, instance_key, to, mapping, viewer)


def visible(session: Session, viewer: Viewer, instance_key: int, verb: str = "case.see") -> Instance:
    """The instance, which the caller must be allowed to `verb`."""
    instance = session.get(Instance, instance_key)
    if instance is None:
        raise NotFound("流程", instance_key)
    authority.permit(
        session, viewer, verb, area=instance.area, subject=instance.subject, case_key=instance.case_key
    )
    return instance


def _process(session: Session, asked: Creation) -> tuple[str, int | None]:
    if asked.process_definition_id is not None:
        version = asked.process_definition_version
        return asked.process_definition_id, None if version == -1 else version
    definition = session.get(Definition, search.key(asked.process_definition_key))
    if definition is None or definition.kind != "process":
        raise NotFound("流程", asked.process_definition_key)
    return definition.id, definition.version


def _told(session: Session, rows: list[Instance]) -> list[dict[str, Any]]:
    keys = [row.key for row in rows]
    versions = session.scalars(
        select(Definition).where(Definition.key.in_({r.definition_key for r in rows}))
    ).all()
    named = {d.key: (d.name, deployments.tag_of(session, d)) for d in versions}
    stuck = set(
        session.scalars(
            select(Incident.instance_key).where(Incident.instance_key.in_(keys), Incident.state == "open")
        )
    )
    return [_instance(row, *named[row.definition_key], row.key in stuck) for row in rows]


def _instance(row: Instance, name: str, tag: str | None, stuck: bool) -> dict[str, Any]:
    return {
        "processInstanceKey": key(row.key),
        "processDefinitionId": row.process_id,
        "processDefinitionName": name,
        "processDefinitionVersion": row.version,
        "processDefinitionVersionTag": tag,
        "processDefinitionKey": key(row.definition_key),
        "startDate": moment(row.started_at),
        "endDate": moment(row.ended_at),
        "suspendedDate": None,
        "state": word(STATES, row.state),
        "hasIncident": stuck,
        "parentProcessInstanceKey": key(row.parent_key),
        "parentElementInstanceKey": None,
        "rootProcessInstanceKey": key(row.case_key),
        "businessId": row.subject,
        "tags": row.tags,
        "tenantId": TENANT,
    }
