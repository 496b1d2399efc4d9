"""What the API answers: the shapes that /openapi.json tells, each answer of the tests being held against them.

A field that is always null here is one of Camunda's that we have nothing to say to.
"""

from typing import Any, Generic, Literal, TypeVar

from pydantic import Field

from web.api.body import Body

Item = TypeVar("Item")
Nothing = None


class PageInfo(Body):
    """How many rows there are, and where this page begins and ends."""

    total_items: int
    has_more_total_items: bool
    start_cursor: str | None
    end_cursor: str | None


class Found(Body, Generic[Item]):
    """One page of a search."""

    items: list[Item]
    page: PageInfo


class _InProcess(Body):
    """What lies in an instance of a process."""

    process_definition_id: str
    process_definition_key: str
    process_instance_key: str
    root_process_instance_key: str
    tenant_id: str


class Me(Body):
    """Who the caller is."""

    username: str
    display_name: str
    email: Nothing
    authorized_components: list[str]
    tenants: list[dict[str, str | None]]
    groups: list[str]
    roles: list[str]
    sales_plan_type: Nothing
    c8_links: dict[str, str]
    can_logout: bool


class DeployedProcess(Body):
    """A process that took force."""

    process_definition_id: str
    process_definition_version: int
    process_definition_key: str
    resource_name: str
    tenant_id: str


class DeployedDecision(Body):
    """A decision that took force."""

    decision_definition_id: str
    decision_definition_key: str
    version: int
    name: str
    decision_requirements_id: str
    decision_requirements_key: str
    tenant_id: str


class DeployedForm(Body):
    """A form that took force."""

    form_id: str
    form_key: str
    version: int
    resource_name: str
    tenant_id: str


class Deployed(Body):
    """One thing that took force: one of these is told."""

    process_definition: DeployedProcess | None
    decision_definition: DeployedDecision | None
    decision_requirements: Nothing
    form: DeployedForm | None
    resource: Nothing


class DeploymentMade(Body):
    """A deployment."""

    deployment_key: str
    tenant_id: str
    deployments: list[Deployed]


class ProcessDefinition(Body):
    """One version of a process."""

    process_definition_key: str
    process_definition_id: str
    name: str
    version: int
    version_tag: Nothing
    resource_name: str
    has_start_form: bool
    state: Literal["ACTIVE"]
    tenant_id: str


class DecisionDefinition(Body):
    """One version of a decision."""

    decision_definition_key: str
    decision_definition_id: str
    name: str
    version: int
    decision_requirements_id: str
    decision_requirements_key: str
    decision_requirements_name: str
    decision_requirements_version: int
    tenant_id: str


class EvaluatedInput(Body):
    """A column of a table, with the value (JSON) that its rules were tested against."""

    input_id: str
    input_name: str
    input_value: str


class EvaluatedOutput(Body):
    """What a rule says in one column, as JSON."""

    output_id: str
    output_name: str
    output_value: str
    rule_id: str
    rule_index: int


class MatchedRule(Body):
    """A rule that made the result; counted from 1."""

    rule_id: str
    rule_index: int
    evaluated_outputs: list[EvaluatedOutput]


class EvaluatedDecision(Body):
    """One decision on the way to the result."""

    decision_definition_id: str
    decision_definition_key: str
    decision_definition_name: str
    decision_definition_version: int
    decision_definition_type: Literal["DECISION_TABLE", "LITERAL_EXPRESSION"]
    decision_evaluation_instance_key: str
    output: str
    tenant_id: str
    matched_rules: list[MatchedRule]
    evaluated_inputs: list[EvaluatedInput]


class DecisionEvaluated(Body):
    """What a decision says; `output` is JSON."""

    decision_definition_id: str
    decision_definition_key: str
    decision_definition_name: str
    decision_definition_version: int
    decision_requirements_id: str
    decision_requirements_key: str
    decision_evaluation_key: str
    decision_instance_key: str
    failed_decision_definition_id: Nothing
    failure_message: Nothing
    output: str
    evaluated_decisions: list[EvaluatedDecision]
    tenant_id: str


class InstanceCreated(Body):
    """A case that was begun."""

    process_definition_id: str
    process_definition_key: str
    process_definition_version: int
    process_instance_key: str
    tenant_id: str
    variables: dict[str, Any]
    tags: list[str]
    business_id: str | None


class ProcessInstance(_InProcess):
    """A case, or what it called. `businessId` is what it is about."""

    process_definition_name: str
    process_definition_version: int
    process_definition_version_tag: Nothing
    start_date: str
    end_date: str | None
    suspended_date: Nothing
    state: Literal["ACTIVE", "COMPLETED", "TERMINATED"]
    has_incident: bool
    parent_process_instance_key: str | None
    parent_element_instance_key: Nothing
    business_id: str | None
    tags: list[str]


class ElementInstance(_InProcess):
    """An element that a case went through, or waits in."""

    element_instance_key: str
    element_id: str
    element_name: str
    type: str
    state: Literal["ACTIVE", "COMPLETED", "TERMINATED"]
    has_incident: bool
    incident_key: str | None
    start_date: str
    end_date: str | None


class Incident(_InProcess):
    """Why a case stands still."""

    incident_key: str
    error_type: str
    error_message: str
    element_id: str
    element_instance_key: str
    creation_time: str
    state: Literal["ACTIVE", "RESOLVED"]
    job_key: str | None


class _Job(_InProcess):
    job_key: str
    type: str
    worker: str
    retries: int
    custom_headers: dict[str, Any]
    element_id: str
    element_instance_key: str
    business_id: str | None
    kind: Literal["BPMN_ELEMENT"]
    listener_event_type: Literal["UNSPECIFIED"]
    priority: int


class Job(_Job):
    """A job that is open or has failed."""

    state: Literal["CREATED", "FAILED"]
    deadline: str | None
    error_code: Nothing
    error_message: str | None
    has_failed_with_retries_left: bool
    denied_reason: Nothing
    is_denied: Nothing
    creation_time: str
    last_update_time: Nothing
    end_time: Nothing


class ActivatedJob(_Job):
    """A job in a worker's hands until `deadline` (milliseconds since 1970), with what it needs."""

    deadline: int
    variables: dict[str, Any]
    process_definition_version: int
    user_task: Nothing
    tags: list[str]
    job_lease_token: Nothing
    physical_tenant_id: str


class JobsActivated(Body):
    """The jobs that a worker got."""

    jobs: list[ActivatedJob]


class MessagePublished(Body):
    """A message that was told, or is kept."""

    message_key: str
    tenant_id: str


class MessageCorrelated(MessagePublished):
    """A message, and who heard it."""

    process_instance_key: str


class SignalBroadcast(Body):
    """A signal that was told to all who wait for it."""

    signal_key: str
    tenant_id: str


class MessageSubscription(_InProcess):
    """A case that waits for a message."""

    message_subscription_key: str
    message_subscription_state: Literal["CREATED"]
    message_subscription_type: Literal["PROCESS_EVENT"]
    message_name: str
    correlation_key: str
    last_updated_date: str
    element_id: str
    element_instance_key: str
    process_definition_name: str
    process_definition_version: int
    business_id: str | None
    tool_name: Nothing
    tool_properties: dict[str, str]
    inbound_connector_type: Nothing


class UserTask(_InProcess):
    """A step for a person."""

    user_task_key: str
    element_instance_key: str
    element_id: str
    name: str
    state: Literal["CREATED", "COMPLETED", "CANCELED"]
    assignee: str | None
    candidate_groups: list[str]
    candidate_users: list[str]
    priority: int
    creation_date: str
    completion_date: str | None
    due_date: str | None
    follow_up_date: str | None
    form_key: str | None
    external_form_reference: Nothing
    custom_headers: dict[str, str]
    process_definition_version: int
    process_name: str
    business_id: str | None
    tags: list[str]


class Form(Body):
    """A form; `schema` is form-js's JSON in a string."""

    form_key: str
    form_id: str
    version: int
    drawn: str = Field(alias="schema")  # that name is taken by pydantic
    tenant_id: str


class Variable(Body):
    """A variable in force; `value` is JSON."""

    variable_key: str
    name: str
    value: str
    scope_key: str
    process_instance_key: str
    root_process_instance_key: str
    tenant_id: str


class VariableFound(Variable):
    """A variable among others, whose value might be cut."""

    is_truncated: bool
