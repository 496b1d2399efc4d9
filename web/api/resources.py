"""The API's resources, put under /v2."""

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect

from web.api import (
    authentication,
    decision_definitions,
    deployments,
    element_instances,
    incidents,
    jobs,
    keys,
    message_subscriptions,
    messages,
    openapi,
    process_definitions,
    process_instances,
    signals,
    topology,
    user_tasks,
    variables,
)

RESOURCES = (
    authentication,
    decision_definitions,
    deployments,
    element_instances,
    incidents,
    jobs,
    message_subscriptions,
    messages,
    process_definitions,
    process_instances,
    signals,
    topology,
    user_tasks,
    variables,
)


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Puts the API under /v2. Its callers bring tokens, not cookies: no other site can borrow them, so no CSRF token."""
    app.url_map.converters["key"] = keys.KeyConverter
    blueprint = Blueprint("v2", __name__, url_prefix="/v2")
    for resource in RESOURCES:
        csrf.exempt(resource.routes)
        blueprint.register_blueprint(resource.routes)
    app.register_blueprint(blueprint)
    app.register_blueprint(openapi.routes)
