"""`/v2/message-subscriptions`: which cases wait for which messages."""

from typing import Any

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Viewer
from engine.models.deployments import Definition
from engine.models.instances import Instance, Subscription
from engine.sight import seen
from web.api import search, shapes
from web.api.gate import reads
from web.api.search import Column
from web.api.told import TENANT, inner_key, key, moment, page

routes = Blueprint("message_subscriptions", __name__, url_prefix="/message-subscriptions")

FIELDS = {
    "messageSubscriptionKey": Column(Subscription.key, search.key),
    "processInstanceKey": Column(Subscription.instance_key, search.key),
    "processDefinitionId": Column(Instance.process_id),
    "processDefinitionKey": Column(Instance.definition_key, search.key),
    "elementId": Column(Subscription.element),
    "messageName": Column(Subscription.name),
    "correlationKey": Column(Subscription.correlation_key),
    "lastUpdatedDate": Column(Subscription.at, search.moment),
}


@routes.post("/search")
@reads("case.see", search.Query, tells=shapes.Found[shapes.MessageSubscription])
def search_subscriptions(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """What the cases that the caller sees wait to be told. All are open: what was told waits no more."""
    statement = (
        select(Subscription, Instance, Definition.name.label("process"))
        .join(Instance, Instance.key == Subscription.instance_key)
        .join(Definition, Definition.key == Instance.definition_key)
        .where(seen(viewer, Instance))
    )
    rows, about = search.run(session, statement, asked, FIELDS, Subscription.key)
    return page([_told(row[0], row[1], row.process) for row in rows], about)


def _told(row: Subscription, instance: Instance, process: str) -> dict[str, Any]:
    return {
        "messageSubscriptionKey": key(row.key),
        "messageSubscriptionState": "CREATED",
        "messageSubscriptionType": "PROCESS_EVENT",
        "messageName": row.name,
        "correlationKey": row.correlation_key,
        "lastUpdatedDate": moment(row.at),
        "elementId": row.element,
        "elementInstanceKey": inner_key(row.instance_key, int(row.token, 36)),
        "processDefinitionId": instance.process_id,
        "processDefinitionKey": key(instance.definition_key),
        "processDefinitionName": process,
        "processDefinitionVersion": instance.version,
        "processInstanceKey": key(row.instance_key),
        "rootProcessInstanceKey": key(row.case_key),
        "businessId": instance.subject,
        "toolName": None,
        "toolProperties": {},
        "inboundConnectorType": None,
        "tenantId": TENANT,
    }
