"""Sheets sent by the page: whose may be sent, what becomes of each row, and that nothing of them is kept."""

import io
import re

import pytest
import sqlalchemy as sa

from engine import background
from engine.models.documents import Document
from engine.models.instances import Instance
from registry import areas, fiction, households
from registry.fiction import sheet
from registry.imports import sheets as read_sheets
from registry.models import HiddenProblem, Household


def sent(client, path, data, name="sheet.csv"):
    return client.post(path, data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def worked(world, answer):
    """The job's key, once its work is done."""
    assert answer.status_code == 302, answer.text
    key = int(re.search(r"/jobs/(\d+)", answer.location).group(1))
    background.run(world.runtime, key)
    return key


@pytest.fixture
def family(world):
    family = world.family()
    with world.runtime.database.begin() as session:
        session.info["step"] = {"actor": "x", "task": None, "at": world.clock.now()}
        households.save(session, None, family.area, family.household, family.members)
    return family


def national(world, families):
    """The national system's export of these families."""
    with world.runtime.database.read() as session:
        names = {family.area: areas.names(session, family.area) for family in families}
    return sheet.as_xlsx(families, names)


@pytest.fixture
def disabled(family):
    """A sheet of 残联 about the family's head, and about somebody whose number is wrong."""
    head = family.head
    lines = [
        "姓名,身份证号码,残疾等级",
        f"{head['name']},{head['id_number']},一级",
        "王二,123,二级",
    ]
    return "\n".join(lines).encode()


def kept(world):
    with world.runtime.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Document))


def test_a_department_compares_its_sheet_and_takes_the_report_along(world, disabled):
    client = world.client("department_残联")
    assert "残联" in client.get("/sheets/").text and "全国系统户档导入" not in client.get("/sheets/").text
    key = worked(world, sent(client, "/sheets/comparison", disabled))
    assert "已完成" in client.get(f"/jobs/{key}").text
    page = client.get(f"/sheets/{key}").text
    assert "下载逐行结果" in page
    report = client.get(f"/sheets/{key}/report.xlsx")
    told = str(read_sheets.read(report.data))
    assert "身份证号码有误" in told and "支出骤增" in told
    assert kept(world) == 1, "the report alone: the sheet is thrown away"
    with world.runtime.database.read() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(HiddenProblem))
    worked(world, sent(client, "/sheets/comparison", disabled))
    with world.runtime.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(HiddenProblem)) == before


def test_a_sheet_is_its_departments_own(world, disabled):
    refused = sent(world.client("department_民政"), "/sheets/comparison", disabled)
    assert refused.status_code == 403 and "残联" in refused.text
    office = sent(world.client("county_office"), "/sheets/comparison", disabled)
    assert office.status_code == 302
    assert sent(world.client("work_team"), "/sheets/comparison", disabled).status_code == 403
    assert sent(world.client("department_残联"), "/sheets/households", disabled).status_code == 403


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_sheet_is_refused_with_its_reason(world, data):
    refused = sent(world.client("county_office"), "/sheets/comparison", data)
    assert refused.status_code in (400, 422) and "数据表" in refused.text
    assert kept(world) == 0


def test_the_office_takes_the_national_export_over(world):
    families = list(fiction.families(3, [world.village], seed=3))
    data = national(world, families)
    client = world.client("county_office")
    key = worked(world, sent(client, "/sheets/households", data, "national.xlsx"))
    with world.runtime.database.read() as session:
        job = background.get(session, key)
        assert (job.state, job.done, job.total) == ("done", 3, 3), job.error
        assert session.scalar(sa.select(sa.func.count()).select_from(Household)) == 3
        running = session.scalar(sa.select(sa.func.count()).select_from(Instance))
    assert "接管为在办案件" in client.get(f"/sheets/{key}").text
    assert client.get(f"/sheets/{key}/report.xlsx").data.startswith(b"PK")
    assert world.client("far_county").get(f"/sheets/{key}/report.xlsx").status_code == 403
    assert kept(world) == 1
    again = worked(world, sent(client, "/sheets/households", data, "national.xlsx"))
    with world.runtime.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Instance)) == running
        counts = background.get(session, again).result["counts"]
    assert counts["无变化"] + counts["存疑"] == 3 and counts["已接收"] == 0, "a doubt stays a doubt"


def test_another_countys_households_are_not_taken(world):
    families = list(fiction.families(2, [world.village], seed=3))
    data = national(world, families)
    key = worked(world, sent(world.client("far_county"), "/sheets/households", data, "national.xlsx"))
    with world.runtime.database.read() as session:
        assert background.get(session, key).result["counts"]["已拒绝"] == 2
        assert session.scalar(sa.select(sa.func.count()).select_from(Household)) == 0


def test_a_household_that_has_applied_keeps_the_case_it_has(world):
    families = list(fiction.families(2, [world.village], seed=3))
    cases = [world.begin(family) for family in families]
    data = national(world, families)
    key = worked(world, sent(world.client("county_office"), "/sheets/households", data, "national.xlsx"))
    with world.runtime.database.read() as session:
        job = background.get(session, key)
        assert (job.state, job.result["begun"]) == ("done", 0), job.error
        running = sa.select(Instance.key).where(Instance.process_id == "monitoring")
        assert sorted(session.scalars(running)) == sorted(cases)
