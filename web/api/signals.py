"""`/v2/signals`: telling everybody who waits for it that something happened."""

from typing import Any

from flask import Blueprint
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import authority, signals
from engine.identity import Viewer
from engine.keys import new_key
from engine.models.instances import Instance, SignalWait
from web.api import shapes
from web.api.body import Body
from web.api.gate import writes
from web.api.told import TENANT, key
from web.runtime import runtime

routes = Blueprint("signals", __name__, url_prefix="/signals")


class Broadcast(Body):
    """A signal for all who wait for it now."""

    signal_name: str = Field(min_length=1, max_length=200)
    variables: dict[str, Any] = {}
    tenant_id: str = TENANT


@routes.post("/broadcast")
@writes("message.send", Broadcast, tells=shapes.SignalBroadcast)
def broadcast(session: Session, viewer: Viewer, asked: Broadcast) -> dict[str, Any]:
    """Tell every case that waits for the signal, and begin those that start by it; refused if one is beyond the caller."""
    waiting = (
        select(Instance)
        .join(SignalWait, SignalWait.instance_key == Instance.key)
        .where(SignalWait.name == asked.signal_name)
    )
    for instance in session.scalars(waiting):
        _permit(session, viewer, instance)
    for told in signals.broadcast(runtime(), session, asked.signal_name, asked.variables, viewer):
        _permit(session, viewer, told)
    return {"signalKey": key(new_key()), "tenantId": TENANT}


def _permit(session: Session, viewer: Viewer, instance: Instance) -> None:
    authority.permit(
        session,
        viewer,
        "message.send",
        area=instance.area,
        subject=instance.subject,
        case_key=instance.case_key,
    )
