"""故障: an incident's page, and a case put back by hand; by administrators alone."""

import pytest
import sqlalchemy as sa

from engine import deployments, instances
from engine.models.instances import Incident
from registry import id_numbers
from tests.engine.drawing import Drawing
from tests.web.world import World

ID = "22028119900101" + "001" + id_numbers.check_digit("22028119900101001")


@pytest.fixture
def stuck(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    """A case that stands before telling the household that it was included."""

    def down(session, inputs):
        raise RuntimeError("the line is down")

    monkeypatch.setitem(world.runtime.operations, "notice.send", down)
    family = world.family()
    case = world.begin(family)
    world.do(world.play(case, family, "county_review"), family)
    return case


def incident(world: World) -> int:
    with world.runtime.database.read() as session:
        return session.scalars(sa.select(Incident.key).where(Incident.state == "open")).one()


def test_the_page_says_what_may_be_done_and_what_never(world, stuck):
    page = world.client("administrator").get(f"/incidents/{incident(world)}").text
    assert "重试这一步" in page and "跳过“告知纳入”" in page
    assert "是办理人的结论、规则的结果，或由它们算出" in page
    assert 'name="value.review"' not in page and 'name="value.household' not in page


def test_a_step_is_skipped_for_a_reason_that_the_case_keeps(world, stuck):
    administrator, key = world.client("administrator"), incident(world)
    assert administrator.post(f"/incidents/{key}/skip", data={"reason": " "}).status_code == 400
    assert administrator.post(f"/incidents/{key}/skip", data={"reason": "已电话告知"}).status_code == 302
    story = world.client("county_office").get(f"/cases/{stuck}").text
    assert "跳过步骤：告知纳入" in story and "已电话告知" in story
    assert world.waiting(stuck), "the case went on"


def test_a_stuck_case_is_put_back_and_what_was_decided_since_is_void(world, stuck):
    administrator = world.client("administrator")
    page = administrator.get(f"/incidents/cases/{stuck}/back").text
    assert "从“告知纳入”移回“县扶贫办审核确认”" in page and "作废、要重新办：县扶贫办审核确认" in page
    assert "系统已经做的不撤销，走到时再做一次：纳入监测范围" in page
    way = next(
        line.split('value="')[1].split('"')[0]
        for line in page.splitlines()
        if "移回“县扶贫办审核确认”" in line
    )
    sent = {"way": way, "reason": "纳入的户不对"}
    assert administrator.post(f"/incidents/cases/{stuck}/back", data=sent).status_code == 302
    [task] = world.waiting(stuck)
    assert task.element == "county_review"
    office = world.client("county_office")
    assert "已作废" in office.get(f"/cases/{stuck}").text
    assert "已作废" in office.get(f"/tasks/{task.key}").text
    again = administrator.post(f"/incidents/cases/{stuck}/back", data=sent)
    assert again.status_code == 409 and "已经往下办理" in again.text


@pytest.mark.parametrize("way", ["", "1.2.3", "x.y.z"])
def test_what_names_no_way_back_is_refused(world, stuck, way):
    sent = {"way": way, "reason": "x"}
    assert world.client("administrator").post(f"/incidents/cases/{stuck}/back", data=sent).status_code in (
        400,
        404,
    )


def test_nobody_else_mends(world, stuck):
    office = world.client("county_office")
    assert office.get(f"/incidents/{incident(world)}").status_code == 403
    assert office.post(f"/incidents/{incident(world)}/skip", data={"reason": "x"}).status_code == 403
    assert office.get(f"/incidents/cases/{stuck}/back").status_code == 403
    assert "移回前面的步骤" not in office.get(f"/cases/{stuck}/diagram").text
    assert "移回前面的步骤" in world.client("administrator").get(f"/cases/{stuck}/diagram").text


def test_a_variable_is_changed_with_its_kind_and_a_masked_number_is_not_written_back(world):
    drawing = Drawing("letter")
    drawing.start("s")
    drawing.script("add", '"" + count + id', "line")
    drawing.flow("s", "add", drawing.user("read"), drawing.end("e"))
    with world.runtime.database.begin() as session:
        deployments.deploy(world.runtime, session, {"letter.bpmn": drawing.xml()}, "administrator")
        given = {"count": 3, "id": ID}
        case = instances.start(world.runtime, session, "letter", given, "administrator").key
    administrator, key = world.client("administrator"), incident(world)
    page = administrator.get(f"/incidents/{key}").text
    assert ID not in page and id_numbers.masked(ID) in page
    sent = {"kind.id": "text", "value.id": id_numbers.masked(ID), "reason": "数写成了数字"}
    wrong = administrator.post(
        f"/incidents/{key}/variables", data={**sent, "kind.count": "number", "value.count": "三"}
    )
    assert wrong.status_code == 400
    sent |= {"kind.count": "text", "value.count": "3"}
    assert administrator.post(f"/incidents/{key}/variables", data=sent).location == "/incidents/"
    assert [task.element for task in world.waiting(case)] == ["read"]
    story = administrator.get(f"/cases/{case}").text
    assert "变量：count" in story and "数写成了数字" in story
    with world.runtime.database.read() as session:
        known = instances.variables(session, instances.get(session, case))
    assert (known["count"], known["id"], known["line"]) == ("3", ID, "3" + ID)
