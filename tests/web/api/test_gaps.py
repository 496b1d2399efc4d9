"""Changing tasks and jobs, elements with their incidents, subscriptions: by the unmodified Python client."""

from datetime import UTC, datetime

import pytest
from camunda_orchestration_sdk.models import (
    Changeset,
    ElementInstanceSearchQuery,
    IncidentSearchQuery,
    JobFailRequest,
    JobSearchQuery,
    JobUpdateRequest,
    MessageSubscriptionSearchQuery,
    UserTaskSearchQuery,
    UserTaskUpdateRequest,
)

from tests.web.api.conftest import House
from tests.web.api.test_main_job import answer, begin, job_of, open_task


def test_a_task_is_changed_by_the_county_and_found_where_it_now_waits(wells: House):
    task = open_task(wells, begin(wells))
    due = datetime(2020, 8, 1, tzinfo=UTC)
    changes = Changeset(due_date=due, candidate_groups=["village_committee", "work_team"], priority=80)
    office, clerk = wells.client("office"), wells.client("clerk")
    office.update_user_task(task, data=UserTaskUpdateRequest(changeset=changes))
    told = clerk.get_user_task(task)
    assert (told.due_date, told.priority, told.candidate_groups) == (
        due,
        80,
        ["village_committee", "work_team"],
    )
    found = clerk.search_user_tasks(
        data=UserTaskSearchQuery.from_dict(
            {"filter": {"candidateGroup": "work_team", "priority": {"$gt": 70}}}
        )
    )
    assert [each.user_task_key for each in found.items] == [task]
    with wells.http("office") as http:
        assert http.patch(f"/user-tasks/{task}", json={"changeset": {"dueDate": ""}}).status_code == 204
        assert http.get(f"/user-tasks/{task}").json()["dueDate"] is None
        assert http.patch(f"/user-tasks/{task}", json={"changeset": {"priority": 101}}).status_code == 400
    with wells.http("clerk") as http:
        assert http.patch(f"/user-tasks/{task}", json={"changeset": {"priority": 1}}).status_code == 403
    answer(wells, task, depth=5, outcome="再看")
    with wells.http("office") as http:
        assert http.patch(f"/user-tasks/{task}", json={"changeset": {"priority": 1}}).status_code == 409


def test_a_task_names_the_version_of_its_form(wells: House):
    clerk = wells.client("clerk")
    task = open_task(wells, begin(wells))
    assert clerk.get_user_task(task).form_key == clerk.get_user_task_form(task).form_key


def test_elements_are_told_with_peoples_tasks_and_incidents(wells: House):
    clerk, administrator = wells.client("clerk"), wells.client("administrator")
    case = begin(wells)
    answer(wells, open_task(wells, case), depth=0.1, outcome="修")
    administrator.fail_job(job_of(wells), data=JobFailRequest(retries=0, error_message="水泵坏了"))

    def found(**wanted: object) -> list:
        asked = {"filter": {"processInstanceKey": case, **wanted}, "page": {"limit": 50}}
        return clerk.search_element_instances(data=ElementInstanceSearchQuery.from_dict(asked)).items

    told = {each.element_id: each for each in found()}
    assert (str(told["inspect"].type_), str(told["inspect"].state)) == ("USER_TASK", "COMPLETED")
    assert str(told["pump"].state) == "ACTIVE" and told["pump"].has_incident
    (stuck,) = found(hasIncident=True)
    assert stuck.element_id == "pump" and [e.element_id for e in found(state="ACTIVE")] == ["pump"]
    incident = administrator.search_incidents(data=IncidentSearchQuery.from_dict({})).items[0]
    assert incident.incident_key == stuck.incident_key
    assert incident.element_instance_key == stuck.element_instance_key
    assert str(incident.error_type) == "JOB_NO_RETRIES"
    assert clerk.get_element_instance(stuck.element_instance_key).element_id == "pump"
    (job,) = administrator.search_jobs(data=JobSearchQuery.from_dict({"filter": {"state": "FAILED"}})).items
    assert (job.job_key, job.error_message, job.retries) == (incident.job_key, "水泵坏了", 0)


def test_elements_come_in_order_over_pages_of_several_cases(wells: House):
    cases = [begin(wells) for _ in range(4)]
    with wells.http("clerk") as http:
        after, came = None, []
        for _ in range(20):
            page = {"limit": 3, **({"after": after} if after else {})}
            told = http.post("/element-instances/search", json={"page": page}).json()
            came += [(each["processInstanceKey"], each["elementInstanceKey"]) for each in told["items"]]
            after = told["page"]["endCursor"]
            if len(told["items"]) < 3:
                break
    assert len(came) == len(set(came)) == told["page"]["totalItems"]
    assert {case for case, _ in came} == set(cases) and came == sorted(came)


@pytest.mark.parametrize("key", ["1", "0000000", "9" * 40, "abc"])
def test_an_element_that_is_none_is_not_found(wells: House, key: str):
    with wells.http("clerk") as http:
        assert http.get(f"/element-instances/{key}").status_code == 404


def test_a_job_gets_more_tries_and_its_worker_more_time(wells: House):
    administrator = wells.client("administrator")
    answer(wells, open_task(wells, begin(wells)), depth=0.1, outcome="修")
    key = job_of(wells)
    more = JobUpdateRequest.from_dict({"changeset": {"retries": 7, "timeout": 600_000}})
    administrator.update_job(key, data=more)
    (job,) = administrator.search_jobs(data=JobSearchQuery.from_dict({"filter": {"worker": "crew"}})).items
    assert (job.job_key, job.retries, str(job.state)) == (key, 7, "CREATED")
    assert job.deadline == datetime(2020, 7, 1, 1, 10, tzinfo=UTC)


def test_who_waits_for_a_message_is_found(wells: House):
    case = begin(wells)
    answer(wells, open_task(wells, case), depth=0.1, outcome="修")
    wells.client("administrator").complete_job(job_of(wells))
    asked = MessageSubscriptionSearchQuery.from_dict({"filter": {"correlationKey": "well-7"}})
    (waits,) = wells.client("office").search_message_subscriptions(data=asked).items
    assert (waits.message_name, waits.process_instance_key) == ("water_runs", case)
    assert wells.client("stranger").search_message_subscriptions(data=asked).items == []
