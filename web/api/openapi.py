"""`/openapi.json`: the API described from its own routes and bodies, so that the description cannot lag behind."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from web.api.topology import LIKE
from web.signed_in import public

routes = Blueprint("openapi", __name__)

PATHS = ("/v2/", "/api/")
PROBLEM = {
    "type": "object",
    "description": "RFC 9457: what is wrong, where, and how to mend it.",
    "properties": {
        name: {"type": "integer" if name == "status" else "string"}
        for name in ("type", "title", "status", "detail", "instance", "code", "where")
    },
}
PROBLEM_SCHEMA = {"schema": {"$ref": "#/components/schemas/Problem"}}
REFUSED = {"description": "refused", "content": {"application/problem+json": PROBLEM_SCHEMA}}


@routes.get("/openapi.json")
@public
def describe() -> Response:
    """OpenAPI 3.1 of everything that programs may ask."""
    found = [rule for rule in current_app.url_map.iter_rules() if rule.rule.startswith(PATHS)]
    shapes = {shape for rule in found for kind in ("body", "tells") if (shape := _shape(rule, kind))}
    named, schemas = models_json_schema(
        [(shape, "validation") for shape in sorted(shapes, key=_place)],
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for rule in found:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(_path(rule), {})[method.lower()] = _operation(rule, named)
    return jsonify(
        openapi="3.1.0",
        info={
            "title": "防返 fangfan",
            "version": LIKE,
            "description": "Camunda 8 REST API v2, the part we have.",
        },
        paths=dict(sorted(paths.items())),
        components={
            "schemas": {**schemas.get("$defs", {}), "Problem": PROBLEM},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    )


def _operation(rule: Rule, named: Mapping[tuple[Any, str], dict[str, str]]) -> dict[str, Any]:
    view = current_app.view_functions[rule.endpoint]
    told: dict[str, Any] = {
        "operationId": rule.endpoint.removeprefix("v2."),
        "summary": " ".join((view.__doc__ or "").split()),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in sorted(rule.arguments)
        ],
        "responses": {**_answer(rule, named), "4XX": REFUSED},
        "security": [{"bearer": []}, {"basic": []}] if getattr(view, "authority", "") else [],
    }
    if body := _shape(rule, "body"):
        told["requestBody"] = {"content": {"application/json": {"schema": named[body, "validation"]}}}
    return told


def _answer(rule: Rule, named: Mapping[tuple[Any, str], dict[str, str]]) -> dict[str, Any]:
    tells = _shape(rule, "tells")
    if tells is not None:
        content = {"application/json": {"schema": named[tells, "validation"]}}
        return {"200": {"description": " ".join((tells.__doc__ or "").split()), "content": content}}
    if rule.endpoint.endswith(("get_xml", "topology")):
        return {"200": {"description": "done"}}
    return {"204": {"description": "done"}}


def _shape(rule: Rule, kind: str) -> type[BaseModel] | None:
    """The request's `body` or what the answer `tells`."""
    return getattr(current_app.view_functions[rule.endpoint], kind, None)


def _place(body: type[BaseModel]) -> str:
    return f"{body.__module__}.{body.__name__}"


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
