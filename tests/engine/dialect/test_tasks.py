"""What people do."""

from datetime import UTC, datetime

from tests.engine.drawing import Case, Drawing


def test_a_user_task_tells_who_may_do_it_and_until_when():
    d = Drawing()
    d.start("s")
    d.add(
        "userTask", "u",
        '<extensionElements><zeebe:formDefinition formId="visit"/>'
        '<zeebe:assignmentDefinition assignee="=who" candidateGroups="county_office, work_team"/>'
        '<zeebe:taskSchedule dueDate="2026-02-01T00:00:00Z"/><zeebe:priorityDefinition priority="80"/>'
        '<zeebe:properties><zeebe:property name="clause" value="F4.4, S12"/></zeebe:properties></extensionElements>',
    )  # fmt: skip
    d.end("e")
    d.flow("s", "u", "e")
    case = Case(d.process(), who="张三")
    (wait,) = case.machine.waits()
    assert (wait.kind, wait.element_id, wait.is_new) == ("user_task", "u", True)
    assert wait.data == {
        "form_id": "visit", "assignee": "张三", "candidate_groups": ["county_office", "work_team"],
        "candidate_users": [], "due_date": datetime(2026, 2, 1, tzinfo=UTC), "follow_up_date": None, "priority": 80,
        "properties": {"clause": "F4.4, S12"},
    }  # fmt: skip
    case.complete("u", outcome="同意")
    assert case.ended == "e"
    assert case.root == {"who": "张三", "outcome": "同意"}
