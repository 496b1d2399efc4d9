"""`/v2/process-definitions`: the drawings in force and before."""

from typing import Any

from flask import Blueprint, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from engine import deployments
from engine.errors import NotFound
from engine.identity import Viewer
from engine.models.deployments import Definition
from web.api import search, shapes
from web.api.gate import reads
from web.api.search import Column
from web.api.told import TENANT, key, page

routes = Blueprint("process_definitions", __name__, url_prefix="/process-definitions")

FIELDS = {
    "processDefinitionKey": Column(Definition.key, search.key),
    "processDefinitionId": Column(Definition.id),
    "name": Column(Definition.name),
    "version": Column(Definition.version, search.number),
    "resourceName": Column(Definition.resource),
}


@routes.post("/search")
@reads("drawing.see", search.Query, tells=shapes.Found[shapes.ProcessDefinition])
def search_definitions(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """Processes in all their versions, or in the latest."""
    statement = select(Definition).where(Definition.kind == "process")
    if asked.filter.pop("isLatestVersion", False):
        statement = statement.where(latest())
    rows, about = search.run(session, statement, asked, FIELDS, Definition.key)
    return page([_told(session, row) for row in rows], about)


@routes.get("/<key:definition_key>")
@reads("drawing.see", tells=shapes.ProcessDefinition)
def get_definition(session: Session, viewer: Viewer, definition_key: int) -> dict[str, Any]:
    """One version of a process."""
    return _told(session, definition(session, definition_key, "process"))


@routes.get("/<key:definition_key>/xml")
@reads("drawing.see")
def get_xml(session: Session, viewer: Viewer, definition_key: int) -> Response:
    """The drawing itself."""
    found = definition(session, definition_key, "process")
    return Response(
        deployments.resource(session, found.deployment_key, found.resource),
        content_type="text/xml; charset=utf-8",
    )


def definition(session: Session, definition_key: int, kind: str) -> Definition:
    """The definition of that key and kind."""
    found = session.get(Definition, definition_key)
    if found is None or found.kind != kind:
        raise NotFound({"process": "流程", "decision": "规则", "form": "表单"}[kind], definition_key)
    return found


def latest() -> Any:
    """Definitions of which there is no later version."""
    other = aliased(Definition)
    newest = (
        select(func.max(other.version))
        .where(other.kind == Definition.kind, other.id == Definition.id)
        .scalar_subquery()
    )
    return Definition.version == newest


def _told(session: Session, row: Definition) -> dict[str, Any]:
    return {
        "processDefinitionKey": key(row.key),
        "processDefinitionId": row.id,
        "name": row.name,
        "version": row.version,
        "versionTag": deployments.tag_of(session, row),
        "resourceName": row.resource,
        "hasStartForm": False,
        "state": "ACTIVE",
        "tenantId": TENANT,
    }
