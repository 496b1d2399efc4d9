"""`/v2/authentication/me`: who the caller is."""

from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from engine.identity import Viewer
from web.api import shapes
from web.api.gate import reads
from web.api.told import TENANT

routes = Blueprint("authentication", __name__, url_prefix="/authentication")


@routes.get("/me")
@reads("worklist.see", tells=shapes.Me)
def me(session: Session, viewer: Viewer) -> dict[str, Any]:
    """The caller's name and roles; `groups` are role@place."""
    return {
        "username": viewer.user.name,
        "displayName": viewer.user.display_name,
        "email": None,
        "authorizedComponents": ["*"],
        "tenants": [{"tenantId": TENANT, "name": "fangfan", "description": None}],
        "groups": [f"{role}@{place}" for role, place in viewer.grants],
        "roles": sorted({role for role, _ in viewer.grants}),
        "salesPlanType": None,
        "c8Links": {},
        "canLogout": False,
    }
