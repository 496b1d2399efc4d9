"""`/v2/messages`: telling waiting cases that something happened."""

from datetime import timedelta
from typing import Any

from flask import Blueprint
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import authority, messages
from engine.identity import Viewer
from engine.models.instances import Instance, Subscription
from web.api import shapes
from web.api.body import Body
from web.api.gate import writes
from web.api.told import TENANT, key
from web.runtime import runtime

routes = Blueprint("messages", __name__, url_prefix="/messages")


class Correlation(Body):
    """A message for whoever waits for it now."""

    name: str = Field(min_length=1, max_length=200)
    correlation_key: str = Field(default="", max_length=200)
    variables: dict[str, Any] = {}
    tenant_id: str = TENANT
    business_id: str | None = None


class Publication(Correlation):
    """A message that may wait `timeToLive` milliseconds for somebody who wants it."""

    time_to_live: int = Field(default=0, ge=0, le=366 * 24 * 3600 * 1000)
    message_id: str | None = Field(default=None, max_length=200)


@routes.post("/correlation")
@writes("message.send", Correlation, tells=shapes.MessageCorrelated)
def correlate(session: Session, viewer: Viewer, asked: Correlation) -> dict[str, Any]:
    """Tell the case that waits for this message; 404 when none does."""
    _permit(session, viewer, asked)
    told = messages.correlate(runtime(), session, asked.name, asked.correlation_key, asked.variables, viewer)
    _permit_case(session, viewer, told)
    return {"messageKey": key(told.key), "processInstanceKey": key(told.key), "tenantId": TENANT}


@routes.post("/publication")
@writes("message.send", Publication, tells=shapes.MessagePublished)
def publish(session: Session, viewer: Viewer, asked: Publication) -> dict[str, Any]:
    """Tell whoever waits; keep the message for its time to live when nobody does yet."""
    _permit(session, viewer, asked)
    made = messages.publish(
        runtime(),
        session,
        asked.name,
        asked.correlation_key,
        asked.variables,
        viewer,
        ttl=timedelta(milliseconds=asked.time_to_live),
        message_id=asked.message_id,
        areas=authority.areas(viewer, "message.send"),
    )
    return {"messageKey": key(made), "tenantId": TENANT}


def _permit(session: Session, viewer: Viewer, asked: Correlation) -> None:
    """Refuses to reach into a case that the caller may not touch."""
    waiting = (
        select(Instance)
        .join(Subscription, Subscription.instance_key == Instance.key)
        .where(Subscription.name == asked.name, Subscription.correlation_key == asked.correlation_key)
    )
    for instance in session.scalars(waiting):
        _permit_case(session, viewer, instance)


def _permit_case(session: Session, viewer: Viewer, instance: Instance) -> None:
    authority.permit(
        session,
        viewer,
        "message.send",
        area=instance.area,
        subject=instance.subject,
        case_key=instance.case_key,
    )
