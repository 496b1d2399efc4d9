"""What happens to a family: the record follows, keeps what was, and stays with the people who bear the risk."""

from datetime import date

import pytest
from sqlalchemy import select

from registry import areas, family, history, households, measures, members, monitoring, search, visits
from registry.errors import Impossible
from registry.models import Household, Member
from tests.registry.conftest import VILLAGE, member, number

NEXT_DOOR = "2202/220281/220281101/220281101202/"
OTHER_COUNTY = "2202/220282/220282101/220282101201/"
HUSBAND, WIFE = number("22029919680101101"), number("22029919680101102")
BABY = number("22029920200501106")
DAY = "2020-05-18"


def happens(session, household, event, **facts):
    return family.record(session, household.key, event, {"happened_on": DAY, **facts})


def keys(household):
    return {m.name: str(m.key) for m in households.present(household)}


def related(household, **relations):
    return [{"member": keys(household)[name], "relation": relation} for name, relation in relations.items()]


def refused(session, household, event, **facts):
    with pytest.raises(Impossible) as found, session.begin_nested():
        happens(session, household, event, **facts)
    session.expire_all()
    return found.value.code


@pytest.fixture
def monitored(session, household):
    monitoring.include(session, household.key, "脱贫不稳定户", [1], "农户申请")
    return household


@pytest.fixture
def neighbours(session):
    people = [member("赵有福", id_number=number("22029919550303101"))]
    return households.save(session, None, NEXT_DOOR, {"kind": "一般农户"}, people)


def test_a_householder_dies_and_another_follows(session, household):
    gone = keys(household)["李大山"]
    assert refused(session, household, "死亡", person=gone) == "one_head"
    outcome = happens(session, household, "死亡", person=gone, relations=related(household, 王芳="户主"))
    assert (outcome.told, outcome.ended) == ("李大山死亡，户主变为王芳", "")
    read = households.read(session, household.key)
    assert (read["head_name"], read["population"]) == ("王芳", 1)
    dead = session.get(Member, int(gone))
    assert (dead.left_on, dead.left_because) == (date(2020, 5, 18), "死亡")
    assert search.households(session, "李大山", VILLAGE) == []
    changed = [change.fields for change in history.changes(session, household.key)]
    assert {"head_name": ("李大山", "王芳")} in [
        {k: v for k, v in each.items() if k == "head_name"} for each in changed
    ]


def test_a_form_that_was_shown_before_brings_nobody_back(session, household):
    shown = [members.shown(member) for member in households.present(household)]
    happens(session, household, "死亡", person=keys(household)["王芳"])
    with pytest.raises(Impossible) as refused:
        households.save(session, household.key, None, {}, shown)
    assert (refused.value.code, str(refused.value)) == (
        "member_left",
        "王芳已不在本户（死亡），请从名单中去掉。",
    )


def test_the_last_member_dies_and_whatever_was_open_ends(session, monitored):
    measures.open_one(session, monitored.key, {"code": "JY01", "department": "人社"})
    happens(session, monitored, "死亡", person=keys(monitored)["王芳"])
    outcome = happens(session, monitored, "死亡", person=keys(monitored)["李大山"])
    assert outcome.ended == "户内成员均已死亡"
    assert monitoring.open_period(session, monitored.key) is None
    assert measures.count_open(session, monitored.key) == 0
    assert measures.of(session, monitored.key)[0].result == "户内成员均已死亡"
    assert visits.to_visit(session, VILLAGE, ["脱贫户", "一般农户"]) == ([], 0)
    assert households.all_within(session, VILLAGE) == []
    assert refused(session, monitored, "出生", newcomer={}) == "household_ended"


def test_a_child_is_born_and_a_daughter_in_law_marries_in(session, household):
    child = {
        **{"name": "李小山", "sex": "男", "birth": "2020-05-01", "relation": "之孙子"},
        **{"student": "学龄前儿童", "health": ["健康"], "labour": "无劳动力", "medical_insurance": "未参加"},
    }
    assert happens(session, household, "出生", newcomer=child).told == "新增成员李小山（之孙子）"
    assert households.present(household)[2].birth == date(2020, 5, 1)
    bride = member("孙梅", "之儿媳", sex="女", id_number=number("22029919950303102"))
    happens(session, household, "婚入", newcomer=bride)
    assert [m.name for m in households.present(household)] == ["李大山", "王芳", "李小山", "孙梅"]
    assert [m.id_number for m in households.present(household)][:2] == [HUSBAND, WIFE]


def test_whoever_is_registered_elsewhere_cannot_marry_in_before_he_has_left(session, household, neighbours):
    groom = member("赵有福", "之女婿", id_number=number("22029919550303101"))
    assert refused(session, household, "婚入", newcomer=groom) == "id_number_elsewhere"
    assert happens(session, neighbours, "婚出", person=keys(neighbours)["赵有福"]).ended
    happens(session, household, "婚入", newcomer=groom)
    assert members.by_id_number(session, groom["id_number"]).household_key == household.key


def test_another_becomes_householder(session, household):
    told = related(household, 李大山="配偶", 王芳="户主")
    assert happens(session, household, "户主变更", relations=told).told == "户主变为王芳"
    assert [(m.name, m.relation) for m in households.present(household)] == [
        ("王芳", "户主"),
        ("李大山", "配偶"),
    ]
    assert refused(session, household, "户主变更", relations=related(household, 王芳="户主")) == "same_head"
    assert refused(session, household, "户主变更", relations=related(household, 李大山="户主")) == "one_head"


def test_a_household_moves_with_its_record(session, monitored):
    near = happens(session, monitored, "迁移", new_area=NEXT_DOOR, new_address="2组1号")
    assert (near.crosses, near.ended) == (False, "")
    far = happens(session, monitored, "迁移", new_area=OTHER_COUNTY)
    assert (far.crosses, far.ended) == (True, "")
    read = households.read(session, monitored.key)
    assert (read["area"], read["address"], read["monitored"]) == (OTHER_COUNTY, "", True)
    moved = [
        change.fields["area"] for change in history.changes(session, monitored.key) if "area" in change.fields
    ]
    assert moved == [(None, VILLAGE), (VILLAGE, NEXT_DOOR), (NEXT_DOOR, OTHER_COUNTY)]


def test_a_household_that_leaves_the_city_is_monitored_no_more(session, monitored):
    assert refused(session, monitored, "迁移", away=True) == "no_destination"
    outcome = happens(session, monitored, "迁移", away=True, destination="辽宁省沈阳市")
    assert outcome.ended == "全户迁出本市，迁往辽宁省沈阳市"
    assert monitoring.open_period(session, monitored.key) is None
    assert households.present(monitored) == []


@pytest.mark.parametrize(
    ("area", "code"),
    [("2202/220281/999/", "unknown_area"), ("2202/220281/", "not_a_village"), (VILLAGE, "same_village")],
)
def test_a_household_moves_to_a_village_that_there_is(session, household, area, code):
    assert refused(session, household, "迁移", new_area=area) == code


@pytest.mark.parametrize("risk", [family.STAY, family.LEAVE])
def test_the_record_stays_with_those_at_risk_when_a_household_splits(session, monitored, risk):
    wife, phone = keys(monitored)["王芳"], monitored.phone
    told = related(monitored, 李大山="户主", 王芳="户主")
    outcome = happens(
        session, monitored, "分户", leaving=[wife], relations=told, risk_part=risk, new_address="3组7号"
    )
    other = session.get(Household, outcome.other)
    at_risk, free = ("李大山", "王芳") if risk == family.STAY else ("王芳", "李大山")
    assert outcome.told == f"分出王芳，另立一户；继续监测{risk}"
    assert [m.name for m in households.present(monitored)] == [at_risk] == [monitored.head_name]
    assert [m.name for m in households.present(other)] == [free] == [other.head_name]
    assert monitoring.open_period(session, monitored.key) and not monitoring.open_period(session, other.key)
    stays = monitored if risk == family.STAY else other
    goes = other if risk == family.STAY else monitored
    assert (stays.address, goes.address) == ("1组8号", "3组7号")
    assert (stays.phone, goes.phone) == (phone, None)
    assert members.by_id_number(session, WIFE).household_key == goes.key
    both = session.scalars(select(Member).where(Member.id_index == WIFE)).all()
    assert len(both) == (2 if risk == family.STAY else 1), "who goes over keeps his row in the old household"


def test_a_split_leaves_two_households_with_a_householder_each(session, household):
    wife, all_of_them = keys(household)["王芳"], list(keys(household).values())
    assert refused(session, household, "分户", leaving=[]) == "nobody_leaves"
    assert refused(session, household, "分户", leaving=all_of_them) == "everybody_leaves"
    assert refused(session, household, "分户", leaving=[wife]) == "one_head"
    assert refused(session, household, "分户", leaving=["7"]) == "not_a_member"
    assert [m.name for m in households.present(household)] == ["李大山", "王芳"]


def test_a_household_merges_into_another_and_ends(session, household, neighbours):
    told = related(household, 李大山="之女婿", 王芳="之女")
    number_of_host = neighbours.members[0].id_number
    outcome = happens(session, household, "并户", host_id_number=number_of_host, relations=told)
    assert (outcome.ended, outcome.other, outcome.crosses) == ("全户并入赵有福户", neighbours.key, False)
    assert [(m.name, m.relation) for m in households.present(neighbours)] == [
        ("赵有福", "户主"),
        ("李大山", "之女婿"),
        ("王芳", "之女"),
    ]
    assert households.present(household) == []
    assert {m.left_because for m in household.members} == {"并入赵有福户"}


def test_a_merge_must_not_end_a_monitoring(session, monitored, neighbours):
    told = related(monitored, 李大山="之女婿", 王芳="之女")
    facts = {"host_id_number": neighbours.members[0].id_number, "relations": told}
    assert refused(session, monitored, "并户", **facts) == "monitoring_would_end"
    back = related(neighbours, 赵有福="之岳父")
    happens(session, neighbours, "并户", host_id_number=HUSBAND, relations=back)
    assert households.read(session, monitored.key)["population"] == 3


def test_a_merge_names_a_household_of_the_county_and_everybodys_relation(session, household, neighbours):
    told = related(household, 李大山="之女婿", 王芳="之女")
    host = neighbours.members[0].id_number
    assert refused(session, household, "并户", host_id_number=BABY, relations=told) == "unknown_host"
    assert refused(session, household, "并户", host_id_number=WIFE, relations=told) == "same_household"
    assert refused(session, household, "并户", host_id_number=host, relations=told[:1]) == "relation_missing"
    as_head = related(household, 李大山="户主", 王芳="之女")
    assert refused(session, household, "并户", host_id_number=host, relations=as_head) == "one_head"
    happens(session, neighbours, "迁移", new_area=OTHER_COUNTY)
    assert refused(session, household, "并户", host_id_number=host, relations=told) == "other_county"


def test_an_event_has_happened_and_is_one_of_them(session, household):
    wife = keys(household)["王芳"]
    assert refused(session, household, "失踪", person=wife) == "unknown_event"
    assert refused(session, household, "死亡", person=wife, happened_on="2020-05-21") == "event_to_come"
    assert refused(session, household, "死亡", person=wife, happened_on=None) == "event_to_come"


def test_the_villages_of_these_tests_are_there(session):
    assert all(areas.get(session, path).level == "village" for path in (VILLAGE, NEXT_DOOR, OTHER_COUNTY))
