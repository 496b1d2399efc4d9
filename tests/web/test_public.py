"""The public notice's page and sheet, and the page of doubtful data."""

import subprocess

import pytest

from registry import areas, doubts, fiction, history, households, monitoring
from tests.web.world import COUNTY


@pytest.fixture
def noticed(world):
    """A family taken into monitoring for an illness that nobody is, with a phone of a wrong length."""
    with world.runtime.database.begin() as session:
        history.act(session, "county_office", world.clock.now())
        family = next(fiction.families(1, [world.village], seed=4))
        facts = {**family.household, "phone": "139", "account": "62170000123", "causes": ["因残"]}
        people = [{**member, "health": ["健康"], "phone": "13912345678"} for member in family.members]
        key = households.save(session, None, family.area, facts, people).key
        monitoring.include(session, key, "脱贫不稳定户", [1], "农户申请")
        world.key, world.head = key, family.head
    return world


def test_the_sheet_names_nothing_that_must_not_be_shown(noticed):
    client = noticed.client("village_committee")
    assert noticed.head["name"] in client.get("/public-notice/").text
    pdf = client.get("/public-notice/sheet.pdf?what=纳入")
    assert pdf.status_code == 200 and pdf.mimetype == "application/pdf"
    text = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=pdf.data, capture_output=True, check=True
    ).stdout.decode()
    assert noticed.head["name"] in text and "2020年7月1日" in text and "脱贫不稳定户" in text
    for secret in (noticed.head["id_number"], noticed.head["id_number"][-4:], "139", "62170000123", "因残"):
        assert secret not in text, secret


def test_who_prints_a_notice_and_of_where(noticed):
    assert noticed.client("department_民政").get("/public-notice/").status_code == 403
    assert noticed.client("village_committee").get(f"/public-notice/?area={COUNTY}").status_code == 403
    assert noticed.client("far_county").get(f"/public-notice/sheet.pdf?area={COUNTY}").status_code == 403
    assert noticed.client("county_office").get("/public-notice/?what=健康").status_code == 422
    assert noticed.client("county_office").get("/public-notice/?since=x").status_code == 400


def test_doubts_are_listed_by_village_and_confirmed_with_a_reason(noticed):
    client = noticed.client("township_cadre")
    page = client.get("/doubts/").text
    assert noticed.head["name"] in page and "联系电话应为11位" in page and "没有残疾的家庭成员" in page
    sent = {"code": "phone_length", "reason": "座机"}
    assert noticed.client("far_village").post(f"/doubts/{noticed.key}", data=sent).status_code == 403
    assert client.post(f"/doubts/{noticed.key}", data={**sent, "reason": " "}).status_code == 422
    assert client.post(f"/doubts/{noticed.key}", data=sent).status_code == 302
    assert "联系电话应为11位" not in client.get("/doubts/").text
    assert client.post(f"/doubts/{noticed.key}", data=sent).status_code == 422, "it is none any more"
    with noticed.runtime.database.read() as session:
        change = history.changes(session, noticed.key)[-1]
        assert (change.actor, change.fields["reason"]) == ("township_cadre", (None, "座机"))
        assert doubts.listed(session, areas.parent(noticed.village))
    assert noticed.client("far_county").get(f"/doubts/?area={COUNTY}").status_code == 403
    assert "没有存疑" in noticed.client("neighbour").get("/doubts/").text
