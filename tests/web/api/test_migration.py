"""`POST /v2/process-instances/{key}/migration`, by the unmodified client and by hand."""

from camunda_orchestration_sdk.models import ProcessInstanceMigrationInstruction

from engine import deployments
from tests.web.api.conftest import DRAWINGS, House
from tests.web.api.test_main_job import begin, open_task


def redraw(house: House) -> str:
    """The wells' drawing with its first step under another id and name; the new version's key."""
    drawing = (DRAWINGS / "well_repair.bpmn").read_text()
    assert '"inspect"' in drawing
    drawing = drawing.replace('"inspect"', '"look"').replace("查看水井", "看一看井")
    with house.runtime.database.begin() as session:
        deployments.deploy(house.runtime, session, {"well_repair.bpmn": drawing.encode()}, "administrator")
        return str(deployments.definition(session, "process", "well_repair").key)


def plan(target: str, *pairs: tuple[str, str]) -> dict:
    return {
        "targetProcessDefinitionKey": target,
        "mappingInstructions": [{"sourceElementId": a, "targetElementId": b} for a, b in pairs],
    }


def test_the_public_client_moves_a_case_to_the_new_drawing(wells: House):
    case = begin(wells)
    task, target = open_task(wells, case), redraw(wells)
    asked = ProcessInstanceMigrationInstruction.from_dict(plan(target, ("inspect", "look")))
    wells.client("administrator").migrate_process_instance(case, data=asked)
    moved = wells.client("clerk").get_user_task(task)
    assert (moved.element_id, moved.name, moved.process_definition_version) == ("look", "看一看井", 2)
    assert wells.client("clerk").get_process_instance(case).process_definition_key == target


def test_what_cannot_move_is_told_by_element_and_who_may_not_is_refused(wells: House):
    case, target = begin(wells), redraw(wells)
    path = f"/process-instances/{case}/migration"
    with wells.http("administrator") as http:
        refused = http.post(path, json=plan(target, ("repair", "repair")))
        assert (refused.status_code, refused.json()["code"]) == (409, "cannot_migrate")
        assert refused.json()["obstacles"] == [
            {"element_id": "inspect", "message": "“查看水井”在新图纸上没有对应的环节"}
        ]
        assert http.post(path, json=plan("1", ("inspect", "look"))).status_code == 404
        assert http.post(path, json=plan(target, ("a", "b"), ("a", "c"))).status_code == 400
        assert http.post(path, json=plan(target)).status_code == 400
    with wells.http("clerk") as http:
        assert http.post(path, json=plan(target, ("inspect", "look"))).status_code == 403
