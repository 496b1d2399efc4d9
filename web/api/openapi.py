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


@routes.get("/openapi.json")
@public
def describe() -> Response:
    """OpenAPI 3.1 of everything that programs may ask."""
    found = [rule for rule in current_app.url_map.iter_rules() if rule.rule.startswith(PATHS)]
    bodies = {body for rule in found if (body := _body(rule))}
    named, schemas = models_json_schema(
        [(body, "validation") for body in sorted(bodies, key=_place)],
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
        "responses": {
            "200": {"description": "done; 204 where there is nothing to tell"},
            "4XX": {"description": "refused", "content": {"application/problem+json": PROBLEM_SCHEMA}},
        },
        "security": [{"bearer": []}, {"basic": []}] if getattr(view, "authority", "") else [],
    }
    if body := _body(rule):
        told["requestBody"] = {"content": {"application/json": {"schema": named[body, "validation"]}}}
    return told


def _body(rule: Rule) -> type[BaseModel] | None:
    return getattr(current_app.view_functions[rule.endpoint], "body", None)


def _place(body: type[BaseModel]) -> str:
    return f"{body.__module__}.{body.__name__}"


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
