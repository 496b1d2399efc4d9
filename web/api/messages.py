"""`/v2/messages`: telling waiting cases that something happened."""

from typing import Any

from flask import Blueprint
from pydantic import Field

from web.api.body import Body
from web.api.told import TENANT

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
