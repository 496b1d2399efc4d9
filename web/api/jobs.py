"""`/v2/jobs`: service tasks that no operation here serves, worked off by programs outside."""

from datetime import timedelta
from typing import Any

from flask import Blueprint
from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import jobs
from engine.identity import Viewer
from engine.models.instances import Incident, Instance, Job
from web.api import search, shapes
from web.api.body import Body
from web.api.gate import reads, writes
from web.api.search import Column
from web.api.told import TENANT, inner_key, key, moment, page, word
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


class JobChanges(Body):
    """How often a job may still be tried, and for how long (milliseconds) its worker has it."""

    retries: int | None = Field(default=None, ge=1, le=1000)
    timeout: int | None = Field(default=None, ge=0, le=LONGEST)


class Update(Body):
    """A change of a job."""

    changeset: JobChanges
    operation_reference: int | None = None


STATES = {"CREATED": "open", "FAILED": "failed"}
FIELDS = {
    "jobKey": Column(Job.key, search.key),
    "type": Column(Job.type),
    "worker": Column(Job.worker),
    "state": Column(Job.state, search.one_of(STATES)),
    "retries": Column(Job.retries, search.number),
    "elementId": Column(Job.element),
    "processInstanceKey": Column(Job.instance_key, search.key),
    "processDefinitionId": Column(Instance.process_id),
    "processDefinitionKey": Column(Instance.definition_key, search.key),
    "deadline": Column(Job.locked_until, search.moment),
    "creationTime": Column(Job.at, search.moment),
}


@routes.post("/search")
@reads("job.serve", search.Query, tells=shapes.Found[shapes.Job])
def search_jobs(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """Jobs that are open or have failed."""
    message = (
        select(Incident.message)
        .where(
            Incident.instance_key == Job.instance_key, Incident.token == Job.token, Incident.state == "open"
        )
        .limit(1)
        .scalar_subquery()
    )
    statement = select(Job, Instance, message.label("fault")).join(Instance, Instance.key == Job.instance_key)
    rows, about = search.run(session, statement, asked, FIELDS, Job.key)
    return page([_found(row[0], row[1], row.fault) for row in rows], about)


@routes.patch("/<key:job_key>")
@writes("job.serve", Update)
def update(session: Session, viewer: Viewer, asked: Update, job_key: int) -> None:
    """Give a job more tries, or its worker another deadline. A failed job is offered again when its incident is resolved."""
    timeout = asked.changeset.timeout
    length = None if timeout is None else timedelta(milliseconds=timeout)
    jobs.change(runtime(), session, job_key, asked.changeset.retries, length)


@routes.post("/activation")
@writes("job.serve", Activation, tells=shapes.JobsActivated)
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


def _found(job: Job, instance: Instance, fault: str | None) -> dict[str, Any]:
    return {
        "jobKey": key(job.key),
        "type": job.type,
        "worker": job.worker or "",
        "state": word(STATES, job.state),
        "retries": job.retries,
        "deadline": moment(job.locked_until),
        "customHeaders": job.headers,
        "elementId": job.element,
        "elementInstanceKey": inner_key(job.instance_key, int(job.token, 36)),
        "processDefinitionId": instance.process_id,
        "processDefinitionKey": key(instance.definition_key),
        "processInstanceKey": key(job.instance_key),
        "rootProcessInstanceKey": key(job.case_key),
        "businessId": instance.subject,
        "kind": "BPMN_ELEMENT",
        "listenerEventType": "UNSPECIFIED",
        "errorCode": None,
        "errorMessage": fault,
        "hasFailedWithRetriesLeft": False,
        "deniedReason": None,
        "isDenied": None,
        "creationTime": moment(job.at),
        "lastUpdateTime": None,
        "endTime": None,
        "priority": 0,
        "tenantId": TENANT,
    }
