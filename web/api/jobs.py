"""`/v2/jobs`: service tasks that no operation here serves, worked off by programs outside."""

from datetime import timedelta
from typing import Any

from flask import Blueprint
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from engine import jobs
from engine.identity import Viewer
from web.api.body import Body
from web.api.gate import writes
from web.api.told import TENANT, inner_key, key
from web.runtime import runtime

routes = Blueprint("jobs", __name__, url_prefix="/jobs")

LONGEST = 7 * 24 * 3600 * 1000  # ms


class Activation(Body):
    """Which jobs a worker takes, how many, for how long (milliseconds)."""

    type: str = Field(min_length=1, max_length=200)
    timeout: int = Field(ge=1, le=LONGEST)
    max_jobs_to_activate: int = Field(ge=1, le=1000)
    worker: str = Field(default="", max_length=200)
    fetch_variable: list[str] = []
    request_timeout: int = 0  # we answer at once, with what there is
    tenant_ids: list[str] = []
    tenant_filter: str | None = None
    with_lease: bool | None = None


class _Report(Body):
    variables: dict[str, Any] | None = None
    job_lease_token: str | None = None


class Completion(_Report):
    """What the job came to."""

    model_config = ConfigDict(extra="ignore")  # corrections of user task listeners: there are none here


class Failure(_Report):
    """The worker could not do it; `retryBackOff` in milliseconds."""

    retries: int = Field(default=0, ge=0, le=1000)
    error_message: str = Field(default="", max_length=10_000)
    retry_back_off: int = Field(default=0, ge=0, le=LONGEST)


class Error(_Report):
    """A BPMN error that the drawing foresees."""

    error_code: str = Field(min_length=1, max_length=200)
    error_message: str | None = Field(default=None, max_length=10_000)


@routes.post("/activation")
@writes("job.serve", Activation)
def activate(session: Session, viewer: Viewer, asked: Activation) -> dict[str, Any]:
    """Take open jobs of a type."""
    taken = jobs.activate(
        runtime(),
        session,
        asked.type,
        asked.worker or viewer.name,
        timedelta(milliseconds=asked.timeout),
        asked.max_jobs_to_activate,
    )
    return {"jobs": [_told(job, asked.fetch_variable) for job in taken]}


@routes.post("/<key:job_key>/completion")
@writes("job.serve", Completion)
def complete(session: Session, viewer: Viewer, asked: Completion, job_key: int) -> None:
    """The job is done; its case goes on."""
    jobs.complete(runtime(), session, job_key, asked.variables or {}, viewer)


@routes.post("/<key:job_key>/failure")
@writes("job.serve", Failure)
def fail(session: Session, viewer: Viewer, asked: Failure, job_key: int) -> None:
    """The job failed: it is offered again while retries are left, else an incident opens."""
    backoff = timedelta(milliseconds=asked.retry_back_off)
    jobs.fail(runtime(), session, job_key, asked.retries, asked.error_message, viewer, backoff)


@routes.post("/<key:job_key>/error")
@writes("job.serve", Error)
def throw_error(session: Session, viewer: Viewer, asked: Error, job_key: int) -> None:
    """The job ends in an error for which the drawing has a way."""
    jobs.throw_error(
        runtime(),
        session,
        job_key,
        asked.error_code,
        asked.error_message or "",
        asked.variables or {},
        viewer,
    )


def _told(job: jobs.Activated, wanted: list[str]) -> dict[str, Any]:
    instance = job.instance
    return {
        "jobKey": key(job.key),
        "type": job.type,
        "worker": job.worker,
        "retries": job.retries,
        "deadline": int(job.deadline.timestamp() * 1000),
        "variables": {n: v for n, v in job.variables.items() if not wanted or n in wanted},
        "customHeaders": job.headers,
        "elementId": job.element,
        "elementInstanceKey": inner_key(instance.key, int(job.token, 36)),
        "processDefinitionId": instance.process_id,
        "processDefinitionVersion": instance.version,
        "processDefinitionKey": key(instance.definition_key),
        "processInstanceKey": key(instance.key),
        "rootProcessInstanceKey": key(instance.case_key),
        "businessId": instance.subject,
        "kind": "BPMN_ELEMENT",
        "listenerEventType": "UNSPECIFIED",
        "userTask": None,
        "tags": instance.tags,
        "priority": 0,
        "jobLeaseToken": None,
        "tenantId": TENANT,
        "physicalTenantId": TENANT,
    }
