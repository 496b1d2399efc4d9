"""Households: recorded, read again, changed; what cannot be is refused and leaves nothing."""

import pytest
from sqlalchemy import func, select

from registry import history, households
from registry.errors import Impossible
from registry.models import Household, Member
from tests.registry.conftest import VILLAGE, member, number

ZONE_TOWN = "2202/2202L1/2202L1101/"


def test_what_was_told_is_read_again(session, household):
    session.expire_all()
    read = households.read(session, household.key)
    assert (read["key"], read["area"], read["area_names"]) == (
        str(household.key),
        VILLAGE,
        ["蛟河市", "杨柳渡镇", "椴树村"],
    )
    assert (read["head_name"], read["kind"], read["phone"], read["population"]) == (
        "李大山",
        "脱贫户",
        "13900000001",
        2,
    )
    assert (read["monitored"], read["level"]) == (False, "")
    wife = read["members"][1]
    assert (wife["name"], wife["sex"], wife["birth"], wife["id_masked"]) == (
        "王芳",
        "女",
        "1968-01-01",
        "220299********1027",
    )
    assert "id_number" not in wife


def test_only_a_sheet_that_may_carries_the_numbers_in_full(session, household):
    full = households.in_full(session, household.key)
    assert [m["id_number"] for m in full["members"]] == [
        number("22029919680101101"),
        number("22029919680101102"),
    ]


def test_only_what_is_told_changes(session, household):
    households.save(session, household.key, None, {"phone": "13900000009", "nonsense": 1}, None)
    read = households.read(session, household.key)
    assert (read["phone"], read["address"], read["population"]) == ("13900000009", "1组8号", 2)


def test_a_member_is_known_again_by_key_or_number_and_who_is_missing_has_left(session, household):
    head, wife = (m.key for m in household.members)
    households.save(
        session,
        household.key,
        None,
        {},
        [
            {"key": str(head), "name": "李大山", "relation": "户主", "labour": "丧失劳动力"},
            member("李小军", "之子", id_number=number("22029919950505101")),
        ],
    )
    session.expire_all()
    people = households.read(session, household.key)["members"]
    assert [(m["name"], m["key"] == str(head)) for m in people] == [("李大山", True), ("李小军", False)]
    assert people[0]["labour"] == "丧失劳动力"
    assert people[0]["id_masked"], "the registry keeps a number that is not told again"
    gone = session.get(Member, wife)
    assert (gone.left_on.isoformat(), bool(gone.left_because)) == ("2020-05-20", True)


def test_a_new_head_renames_the_household(session, household):
    head, wife = household.members
    people = [
        {"key": str(head.key), "name": head.name, "relation": "配偶"},
        {"key": str(wife.key), "name": wife.name, "relation": "户主"},
    ]
    households.save(session, household.key, None, {}, people)
    assert (household.head_name, household.pinyin, household.initials) == ("王芳", "wangfang", "wf")
    assert [m["relation"] for m in households.read(session, household.key)["members"]] == ["户主", "配偶"]


def test_a_household_whose_head_is_known_is_not_made_twice(session, household):
    again = households.save(
        session, None, VILLAGE, {"kind": "脱贫户"}, [member(), member("王芳", "配偶", sex="女")]
    )
    assert again.key == household.key
    assert session.scalar(select(func.count()).select_from(Household)) == 1


@pytest.mark.parametrize(
    ("code", "area", "facts", "people"),
    [
        ("unknown_area", "2202/nowhere/", {}, [member()]),
        ("unknown_area", None, {}, [member()]),
        ("not_a_village", ZONE_TOWN, {}, [member()]),
        ("unknown_kind", VILLAGE, {"kind": "富户"}, [member()]),
        ("one_head", VILLAGE, {}, []),
        ("one_head", VILLAGE, {}, [member(), member("王芳", "户主", sex="女")]),
        ("no_name", VILLAGE, {}, [member("")]),
        ("too_long", VILLAGE, {}, [member("李" * 51)]),
        ("unreadable", VILLAGE, {}, [member("李\0山")]),
        ("unreadable", VILLAGE, {"address": "\ud800"}, [member()]),
        ("too_long", VILLAGE, {"address": "长" * 201}, [member()]),
        ("wrong_id_number", VILLAGE, {}, [member(id_number="220299196801011010")]),
        ("sex_of_id_number", VILLAGE, {}, [member(sex="女", id_number=number("22029919680101101"))]),
        ("id_number_twice", VILLAGE, {}, [member(), member("李二山", "之兄弟姐妹")]),
        ("not_a_date", VILLAGE, {}, [member(birth="去年", id_number="")]),
    ],
)
def test_what_cannot_be_is_refused(session, code, area, facts, people):
    with pytest.raises(Impossible) as refused, session.begin_nested():
        households.save(session, None, area, facts, people)
    assert refused.value.code == code
    assert "{" not in str(refused.value)
    assert session.scalar(select(func.count()).select_from(Household)) == 0


def test_a_number_of_another_household_is_refused_and_says_whose(session, household):
    stranger = member("赵六", id_number=number("22029919700101101"))
    with pytest.raises(Impossible) as refused:
        households.save(session, None, VILLAGE, {}, [stranger, member("李大山", "之父")])
    assert (refused.value.code, refused.value.params["head"]) == ("id_number_elsewhere", "李大山")


def test_a_household_that_is_not_there(session):
    with pytest.raises(Impossible) as refused:
        households.read(session, 404)
    assert refused.value.code == "unknown_household"


def test_a_household_that_moves_keeps_its_key_and_history(session, household):
    moved = VILLAGE.replace("201/", "202/")
    households.save(session, household.key, moved, {}, None)
    assert household.area == moved
    last = history.changes(session, household.key)[-1]
    assert last.fields["area"] == (VILLAGE, moved)
