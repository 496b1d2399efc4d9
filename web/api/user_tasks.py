"""`/v2/user-tasks`: what waits for people, and their answers."""

from collections.abc import Mapping
from typing import Any, Literal

from flask import Blueprint
from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployments, instances, task_changes, worklist
from engine.identity import Viewer
from engine.models.deployments import Definition
from engine.models.worklist import TaskCandidate, UserTask
from engine.sight import seen
from web import casefile, places
from web.api import search, shapes
from web.api.body import Body
from web.api.gate import reads, request_id, writes
from web.api.search import Column
from web.api.told import TENANT, inner_key, key, moment, page, word
from web.runtime import runtime

routes = Blueprint("user_tasks", __name__, url_prefix="/user-tasks")

STATES = {"CREATED": "open", "COMPLETED": "completed", "CANCELED": "cancelled"}
FIELDS = {
    "userTaskKey": Column(UserTask.key, search.key),
    "state": Column(UserTask.state, search.one_of(STATES)),
    "assignee": Column(UserTask.assignee),
    "priority": Column(UserTask.priority, search.number),
    "elementId": Column(UserTask.element),
    "name": Column(UserTask.name),
    "businessId": Column(UserTask.subject),
    "processDefinitionId": Column(UserTask.process_id),
    "processDefinitionKey": Column(UserTask.definition_key, search.key),
    "processInstanceKey": Column(UserTask.instance_key, search.key),
    "creationDate": Column(UserTask.created_at, search.moment),
    "completionDate": Column(UserTask.ended_at, search.moment),
    "dueDate": Column(UserTask.due, search.moment),
    "followUpDate": Column(UserTask.follow_up, search.moment),
}


class Assignment(Body):
    """Who takes a task."""

    assignee: str = Field(min_length=1, max_length=60)
    allow_override: bool | None = True
    action: str | None = None


class Completion(Body):
    """The answer."""

    variables: dict[str, Any] | None = None
    action: str | None = None


class Changes(Body):
    """What may be changed of a task; null leaves it as it is, "" and [] take it away."""

    candidate_groups: list[str] | None = Field(default=None, max_length=100)
    candidate_users: list[str] | None = Field(default=None, max_length=100)
    due_date: AwareDatetime | Literal[""] | None = None
    follow_up_date: AwareDatetime | Literal[""] | None = None
    priority: int | None = Field(default=None, ge=0, le=100)

    def told(self) -> dict[str, Any]:
        """By the names of the engine."""
        named = {
            "groups": self.candidate_groups,
            "users": self.candidate_users,
            "due": self.due_date,
            "follow_up": self.follow_up_date,
            "priority": self.priority,
        }
        return {name: None if value == "" else value for name, value in named.items() if value is not None}


class Update(Body):
    """A change of a task."""

    changeset: Changes | None = None
    action: str | None = None


@routes.post("/search")
@reads("worklist.see", search.Query, tells=shapes.Found[shapes.UserTask])
def search_tasks(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """Tasks of the cases that the caller sees."""
    statement = select(UserTask).where(seen(viewer, UserTask))
    for name in ("candidateGroup", "candidateUser"):
        if name in asked.filter:
            statement = statement.where(_waits_for(name, asked.filter.pop(name)))
    rows, about = search.run(session, statement, asked, FIELDS, UserTask.key)
    return page(_told(session, rows), about)


@routes.get("/<key:task_key>")
@reads("task.see", tells=shapes.UserTask)
def get_task(session: Session, viewer: Viewer, task_key: int) -> dict[str, Any]:
    """One task."""
    return _told(session, [worklist.get(session, viewer, task_key)])[0]


@routes.get("/<key:task_key>/form")
@reads("task.see", tells=shapes.Form)
def get_form(session: Session, viewer: Viewer, task_key: int) -> dict[str, Any] | None:
    """The form that the task asks, as it was deployed with the task's process; 204 when it asks none."""
    task = worklist.get(session, viewer, task_key)
    return None if task.form_id is None else _form(session, task)


@routes.post("/<key:task_key>/assignment")
@writes("task.see", Assignment)
def assign(session: Session, viewer: Viewer, asked: Assignment, task_key: int) -> None:
    """Claim a task for oneself, or hand it over to another."""
    if asked.assignee == viewer.name:
        worklist.claim(session, viewer, task_key)
    else:
        worklist.hand_over(session, viewer, task_key, asked.assignee, runtime().clock.now())


@routes.patch("/<key:task_key>")
@writes("task.hand_over", Update)
def update(session: Session, viewer: Viewer, asked: Update, task_key: int) -> None:
    """Change for whom a task waits, until when, and how urgent it is."""
    changes = asked.changeset.told() if asked.changeset else {}
    task_changes.change(session, viewer, task_key, changes, runtime().clock.now())


@routes.delete("/<key:task_key>/assignee")
@writes("task.see")
def unassign(session: Session, viewer: Viewer, task_key: int) -> None:
    """Give a claimed task back to its group."""
    worklist.release(session, viewer, task_key)


@routes.post("/<key:task_key>/completion")
@writes("task.do", Completion)
def complete(session: Session, viewer: Viewer, asked: Completion, task_key: int) -> None:
    """Answer a task, and freeze the papers that the answer signs. A request that comes again with its `Idempotency-Key`
    has its one effect. Whoever holds a person's token or password signs as that person.
    """

    def sign(task: UserTask, given: Mapping[str, Any]) -> None:
        if (task.properties or {}).get("signature"):
            papers = casefile.prints_of(runtime(), session, viewer, task, given)
            casefile.freeze(runtime(), session, viewer, task, papers)

    answer = asked.variables or {}
    if "area" in answer:
        places.refuse_foreign(session, viewer, worklist.get(session, viewer, task_key), answer)
    instances.complete(
        runtime(),
        session,
        task_key,
        answer,
        viewer,
        request_id=request_id(viewer, str(task_key)),
        sign=sign,
    )


def _waits_for(name: str, wanted: Any) -> Any:
    """Tasks that wait for a group, or for a person by name."""
    column = Column(TaskCandidate.group if name == "candidateGroup" else TaskCandidate.place)
    found = select(TaskCandidate.task_key).where(search.condition({name: wanted}, {name: column}))
    if name == "candidateUser":
        found = found.where(TaskCandidate.group == "")
    return UserTask.key.in_(found)


def _told(session: Session, tasks: list[UserTask]) -> list[dict[str, Any]]:
    keys = {task.definition_key for task in tasks}
    definitions = {d.key: d for d in session.scalars(select(Definition).where(Definition.key.in_(keys)))}
    forms = {
        step: deployments.asked(session, *step).key
        for step in {(t.definition_key, t.element) for t in tasks if t.form_id}
    }
    return [
        _task(task, definitions[task.definition_key], forms.get((task.definition_key, task.element)))
        for task in tasks
    ]


def _task(task: UserTask, process: Definition, form: int | None) -> dict[str, Any]:
    return {
        "userTaskKey": key(task.key),
        "elementInstanceKey": inner_key(task.instance_key, int(task.token, 36)),
        "elementId": task.element,
        "name": task.name,
        "state": word(STATES, task.state),
        "assignee": task.assignee,
        "candidateGroups": task.groups,
        "candidateUsers": task.users,
        "priority": task.priority,
        "creationDate": moment(task.created_at),
        "completionDate": moment(task.ended_at),
        "dueDate": moment(task.due),
        "followUpDate": moment(task.follow_up),
        "formKey": key(form),
        "externalFormReference": None,
        "customHeaders": task.properties or {},
        "processDefinitionId": task.process_id,
        "processDefinitionKey": key(task.definition_key),
        "processDefinitionVersion": process.version,
        "processName": process.name,
        "processInstanceKey": key(task.instance_key),
        "rootProcessInstanceKey": key(task.case_key),
        "businessId": task.subject,
        "tags": [],
        "tenantId": TENANT,
    }


def _form(session: Session, task: UserTask) -> dict[str, Any]:
    """A form as deployed with the task's process; its schema is JSON in a string, as Camunda has it."""
    found = deployments.asked(session, task.definition_key, task.element)
    return {
        "formKey": key(found.key),
        "formId": found.id,
        "version": found.version,
        "schema": deployments.resource(session, found.deployment_key, found.resource).decode(),
        "tenantId": TENANT,
    }
