"""The clause page: who may see it, what it lists, in both languages."""

import re

import pytest
from babel.messages.pofile import read_po

from engine import deployments
from processes import clauses
from tests.web.test_translations import CATALOGUE
from tests.web.world import drawings
from web import carriers


def test_an_office_sees_what_carries_each_clause(world):
    page = world.client("county_office").get("/clauses/")
    assert page.status_code == 200
    rows = dict(re.findall(r'<tr id="([^"]+)">(.*?)</tr>', page.text, re.DOTALL))
    assert list(rows) == list(clauses.clauses())
    assert "受理申请" in rows["F4.3.1"] and "受理申请" not in rows["F4.3.2"]
    assert "家庭信息核查授权书" in rows["F4.3.1"], "a sheet that a step signs along with its own"
    assert "国家现行扶贫标准（元/人·年）" in rows["F4.2"]
    assert "F4.4.1：完全丧失劳动能力的特困户" in rows["F4.4"], "a rule by its annotation"
    assert "CY01 特色产业种植扶持" in rows["S01"]
    assert "村级基础设施项目台账" in rows["S11"] and "倡导，不需承载" in rows["S17"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("administrator", 200), ("city_office", 200), ("village_committee", 403), ("department_民政", 403)],
)
def test_only_offices_and_administrators(world, name, status):
    client = world.client(name)
    assert client.get("/clauses/").status_code == status
    assert ('href="/clauses/"' in client.get("/").text) == (status == 200)


def test_each_kind_has_its_english():
    with CATALOGUE.open("rb") as file:
        english = {message.id: message.string for message in read_po(file) if message.id}
    assert [
        name for name in (*clauses.KINDS.values(), *carriers.KINDS.values()) if not english.get(name)
    ] == []


def test_a_redraw_that_drops_a_clause_shows(world):
    """The page tells of what is in force, not of what was shipped."""
    rules = drawings()["follow_up_interval.dmn"].replace(b"F5.3", b"F5.5")
    with world.runtime.database.begin() as session:
        deployments.deploy(world.runtime, session, {"follow_up_interval.dmn": rules}, "administrator")
        found = carriers.in_force(world.runtime, session)
    within = carriers.of_clause(found, "F5.3").keys()
    assert ("decision", "follow_up_interval.dmn") not in within
    assert ("decision", "follow_up_interval.dmn") in carriers.of_clause(found, "F5.5")
