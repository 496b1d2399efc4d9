"""The main job by the unmodified public client: deploy, start, find, claim, answer, evaluate, serve a job, correlate."""

import json

from camunda_orchestration_sdk.models import (
    DecisionEvaluationByID,
    IncidentSearchQuery,
    JobActivationRequest,
    JobCompletionRequest,
    JobErrorRequest,
    JobFailRequest,
    MessageCorrelationRequest,
    MessagePublicationRequest,
    ProcessCreationById,
    ProcessDefinitionSearchQuery,
    ProcessInstanceSearchQuery,
    UserTaskAssignmentRequest,
    UserTaskCompletionRequest,
    UserTaskSearchQuery,
    VariableSearchQuery,
)

from tests.web.api.conftest import DRAWINGS, VILLAGE, House

WELL = {"area": VILLAGE, "title": "东头的井", "well": "well-7"}


def begin(house: House, **variables: object) -> str:
    """A case of well repair; its key."""
    asked = ProcessCreationById.from_dict(
        {"processDefinitionId": "well_repair", "variables": {**WELL, **variables}}
    )
    return house.client("clerk").create_process_instance(data=asked).process_instance_key


def open_task(house: House, case: str) -> str:
    """The case's open task."""
    wanted = {"filter": {"processInstanceKey": case, "state": "CREATED"}}
    found = house.client("clerk").search_user_tasks(data=UserTaskSearchQuery.from_dict(wanted))
    return found.items[0].user_task_key


def answer(house: House, task: str, **variables: object) -> None:
    """Completes a task as the village clerk."""
    given = UserTaskCompletionRequest.from_dict({"variables": variables})
    house.client("clerk").complete_user_task(task, data=given)


def state(house: House, case: str) -> str:
    """The case's state as the API tells it."""
    return str(house.client("clerk").get_process_instance(case).state)


def job_of(house: House) -> str:
    """The next job for the pump crew."""
    wanted = {"type": "pump-crew", "timeout": 60_000, "maxJobsToActivate": 5, "worker": "crew"}
    jobs = house.client("administrator").activate_jobs(data=JobActivationRequest.from_dict(wanted)).jobs
    assert len(jobs) == 1
    assert jobs[0].custom_headers.to_dict() == {"phone": "none"}
    return jobs[0].job_key


def test_a_case_from_deployment_to_its_end(house: House) -> None:
    administrator, clerk = house.client("administrator"), house.client("clerk")
    made = administrator.deploy_resources_from_files([str(path) for path in sorted(DRAWINGS.iterdir())])
    assert [process.process_definition_id for process in made.processes] == ["well_repair"]

    case = begin(house)
    found = clerk.search_user_tasks(
        data=UserTaskSearchQuery.from_dict({"filter": {"candidateGroup": "village_committee"}})
    )
    task = found.items[0]
    assert (task.name, task.element_id, str(task.state)) == ("查看水井", "inspect", "CREATED")
    assert task.process_instance_key == case
    form = clerk.get_user_task_form(task.user_task_key)
    assert json.loads(form.schema)["id"] == form.form_id == "inspection"

    clerk.assign_user_task(task.user_task_key, data=UserTaskAssignmentRequest(assignee="clerk"))
    assert clerk.get_user_task(task.user_task_key).assignee == "clerk"
    answer(house, task.user_task_key, depth=0.4, outcome="修")
    assert str(clerk.get_user_task(task.user_task_key).state) == "COMPLETED"

    known = clerk.search_variables(
        data=VariableSearchQuery.from_dict({"filter": {"processInstanceKey": case}})
    )
    assert {v.name: json.loads(v.value) for v in known.items}["urgency"] == "急"
    assert clerk.get_variable(known.items[0].variable_key).name == known.items[0].name

    administrator.complete_job(
        job_of(house), data=JobCompletionRequest.from_dict({"variables": {"pump": "P-2"}})
    )
    heard = {"name": "water_runs", "correlationKey": "well-7", "variables": {"litres": 30}}
    told = house.client("office").correlate_message(data=MessageCorrelationRequest.from_dict(heard))
    assert told.process_instance_key == case
    assert state(house, case) == "COMPLETED"


def test_definitions_and_instances_are_found(wells: House) -> None:
    clerk = wells.client("clerk")
    case = begin(wells)
    drawn = clerk.search_process_definitions(
        data=ProcessDefinitionSearchQuery.from_dict(
            {"filter": {"processDefinitionId": "well_repair", "isLatestVersion": True}}
        )
    )
    assert [(d.name, d.version) for d in drawn.items] == [("修井", 1)]
    xml = clerk.get_process_definition_xml(drawn.items[0].process_definition_key)
    assert 'id="well_repair"' in xml
    found = clerk.search_process_instances(
        data=ProcessInstanceSearchQuery.from_dict(
            {"filter": {"state": "ACTIVE", "processDefinitionName": "修井"}}
        )
    )
    assert [i.process_instance_key for i in found.items] == [case]


def test_a_decision_is_evaluated_with_its_rule(wells: House) -> None:
    asked = DecisionEvaluationByID.from_dict({"decisionDefinitionId": "urgency", "variables": {"depth": 0.4}})
    result = wells.client("office").evaluate_decision(data=asked)
    assert json.loads(result.output) == "急"
    rule = result.evaluated_decisions[0].matched_rules[0]
    assert (rule.rule_id, rule.rule_index) == ("dry", 1)
    (asked_for,) = result.evaluated_decisions[0].evaluated_inputs
    assert json.loads(asked_for.input_value) == 0.4 and asked_for.input_id and asked_for.input_name


def test_a_job_that_cannot_be_done_takes_the_drawn_way(wells: House) -> None:
    case = begin(wells)
    answer(wells, open_task(wells, case), depth=0.1, outcome="修")
    refusal = JobErrorRequest(error_code="NO_CREW", error_message="都在别处")
    wells.client("administrator").throw_job_error(job_of(wells), data=refusal)
    assert state(wells, case) == "COMPLETED"


def test_a_job_without_retries_opens_an_incident_that_is_resolved(wells: House) -> None:
    administrator = wells.client("administrator")
    case = begin(wells)
    answer(wells, open_task(wells, case), depth=0.1, outcome="修")
    administrator.fail_job(job_of(wells), data=JobFailRequest(retries=0, error_message="水泵坏了"))
    active = IncidentSearchQuery.from_dict({"filter": {"state": "ACTIVE"}})
    incident = administrator.search_incidents(data=active).items[0]
    assert (incident.process_instance_key, incident.element_id) == (case, "pump")
    administrator.resolve_incident(incident.incident_key)
    assert administrator.search_incidents(data=active).items == []
    administrator.complete_job(job_of(wells))


def test_a_message_published_before_anybody_waits_is_kept(wells: House) -> None:
    case = begin(wells)
    early = {"name": "water_runs", "correlationKey": "well-7", "timeToLive": 3_600_000}
    wells.client("office").publish_message(data=MessagePublicationRequest.from_dict(early))
    answer(wells, open_task(wells, case), depth=0.1, outcome="修")
    wells.client("administrator").complete_job(job_of(wells))
    assert state(wells, case) == "COMPLETED"


def test_a_kept_message_does_not_reach_another_countys_case(wells: House) -> None:
    case = begin(wells)
    early = {"name": "water_runs", "correlationKey": "well-7", "timeToLive": 3_600_000}
    wells.client("other_office").publish_message(data=MessagePublicationRequest.from_dict(early))
    answer(wells, open_task(wells, case), depth=0.1, outcome="修")
    wells.client("administrator").complete_job(job_of(wells))
    assert state(wells, case) == "ACTIVE"


def test_a_case_is_cancelled_by_the_county(wells: House) -> None:
    case = begin(wells)
    wells.client("office").cancel_process_instance(case, data=None)
    assert state(wells, case) == "TERMINATED"


def test_topology_and_the_callers_name(house: House) -> None:
    assert house.client("clerk").get_topology().cluster_size == 1
    me = house.client("clerk").get_authentication()
    assert (me.username, me.roles) == ("clerk", ["village_committee"])
