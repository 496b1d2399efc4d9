"""Accounts as administrators change them: at once, in the journal, never without an administrator."""

from datetime import UTC, date, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from engine import codes, identity, journal, people, substitutes, succession, tokens, worklist
from engine.identity import BadGrant, BadUser, NotSignedIn, WrongPassword
from tests.engine.tasks import NEXT_VILLAGE, VILLAGE, case, task

NOW = datetime(2020, 7, 1, 1, tzinfo=UTC)
CLERK = [("village_committee", VILLAGE)]


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch):
    """How dear argon2 is is tested in test_identity.py."""
    monkeypatch.setattr(identity, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


ROOT = ("root", "管理员", identity.Hashed(""), [("administrator", "")])


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.begin() as session:
        identity.add_user(session, *ROOT)
        yield session


@pytest.fixture
def either(database):
    """On both stores: a code's lock, the history's look into JSON, a post that goes over."""
    with database.begin() as session:
        identity.add_user(session, *ROOT)
        yield session


def kinds(session):
    return [entry.kind for entry in journal.entries(session, journal.HOUSE)]


def test_a_new_account_is_entered_by_its_code_once(either):
    session = either
    code = people.add(session, "li", "李秀兰", CLERK, "root", NOW)
    for password in ("", code):
        with pytest.raises(WrongPassword):
            identity.sign_in(session, "li", password)
    assert people.get(session, "li").code_until == NOW + codes.GOOD_FOR
    with pytest.raises(BadUser):
        codes.redeem(session, "li", code, "short", NOW)
    viewer = codes.redeem(session, "li", code.lower().replace("-", " "), "well-water-1", NOW)
    assert viewer.own == tuple(CLERK) and people.get(session, "li").code_until is None
    assert identity.sign_in(session, "li", "well-water-1").name == "li"
    with pytest.raises(codes.WrongCode):
        codes.redeem(session, "li", code, "well-water-2", NOW)
    assert kinds(session) == ["user_added", "user_password"]


@pytest.mark.parametrize("wrong", ["name", "code", "late", "left", "none"])
def test_a_code_that_does_not_open(session, wrong):
    code = people.add(session, "li", "李秀兰", CLERK, "root", NOW)
    people.add(session, "zhao", "赵刚", [], "root", NOW, password="well-water-1")
    if wrong == "left":
        people.disable(session, "li", "root", NOW)
    name = {"name": "nobody", "none": "zhao"}.get(wrong, "li")
    given = {"code": "ABCD-EFGH-JKMN", "none": ""}.get(wrong, code)
    at = NOW + codes.GOOD_FOR if wrong == "late" else NOW
    with pytest.raises(codes.WrongCode):
        codes.redeem(session, name, given, "well-water-1", at)


def test_a_reset_ends_password_and_sessions(session):
    people.add(session, "li", "李秀兰", CLERK, "root", NOW, password="well-water-1")
    before = identity.named(session, "li").user
    people.reset(session, "li", "root", NOW)
    with pytest.raises(WrongPassword):
        identity.sign_in(session, "li", "well-water-1")
    with pytest.raises(NotSignedIn):
        identity.viewer(session, before.key, before.epoch)
    assert kinds(session) == ["user_added", "user_code"]


def test_roles_are_given_and_taken_back_and_the_history_tells_it(either):
    session = either
    people.add(session, "li", "李秀兰", [], "root", NOW)
    assert people.grant(session, "li", "village_committee", VILLAGE, "root", NOW)
    assert not people.grant(session, "li", "village_committee", VILLAGE, "root", NOW)
    with pytest.raises(BadGrant):
        people.grant(session, "li", "village_committee", "2202/", "root", NOW)
    people.rename(session, "li", " 李秀英 ", "root", NOW)
    people.withdraw(session, "li", "village_committee", VILLAGE, "root", NOW)
    account = people.get(session, "li")
    assert (account.user.display_name, account.grants) == ("李秀英", ())
    told = people.history(session, "li")
    assert [e.kind for e in told] == ["user_withdrawn", "user_renamed", "user_granted", "user_added"]
    assert told[2].body == {"user": "li", "group": "village_committee", "place": VILLAGE}
    assert people.history(session, "root") == [] and journal.verify(session) == []


def test_who_left_leaves_his_tasks_to_his_group(session):
    for name in ("li", "zhao"):
        people.add(session, name, name, CLERK, "root", NOW, password="well-water-1")
    of = case(session, NOW)
    held = task(session, of, "accept", ["village_committee"], assignee="li")
    alone = task(session, of, "sign", [], assignee="li")
    day = date(2020, 7, 1)
    substitutes.appoint(session, "zhao", "li", day, day + timedelta(days=3), "root", NOW)
    token = tokens.issue(session, identity.find(session, "li"), "t", NOW)
    assert people.disable(session, "li", "root", NOW) == people.Left(released=1, stuck=1)
    session.refresh(held)
    session.refresh(alone)
    assert (held.assignee, alone.assignee) == (None, "li")
    assert substitutes.absences(session, NOW) == []
    with pytest.raises(NotSignedIn):
        tokens.viewer(session, token, NOW)
    worklist.claim(session, identity.named(session, "zhao"), held.key)
    code = people.enable(session, "li", "root", NOW)
    with pytest.raises(WrongPassword):
        identity.sign_in(session, "li", "well-water-1")
    assert codes.redeem(session, "li", code, "well-water-2", NOW).own == tuple(CLERK)


def test_an_administrator_stays(session):
    for refused in (
        lambda: people.disable(session, "root", "other", NOW),
        lambda: people.withdraw(session, "root", "administrator", "", "root", NOW),
    ):
        with pytest.raises(people.Needed):
            refused()
    people.add(session, "second", "二号", [("administrator", "")], "root", NOW)
    with pytest.raises(people.Oneself):
        people.disable(session, "root", "root", NOW)
    people.disable(session, "root", "second", NOW)


def test_accounts_are_found_by_name_role_and_area_page_by_page(session):
    for n in range(5):
        people.add(session, f"clerk{n}", f"文书{n}", CLERK, "root", NOW)
    people.add(session, "next", "邻村", [("village_committee", NEXT_VILLAGE)], "root", NOW)
    people.add(session, "civil", "民政", [("department:民政", "2202/220281/")], "root", NOW)
    people.disable(session, "clerk4", "root", NOW)

    def names(**wanted):
        return [each.user.name for each in people.search(session, **wanted)[0]]

    assert names(text="文书") == ["clerk0", "clerk1", "clerk2", "clerk3"]
    assert names(area=NEXT_VILLAGE) == ["next"] and names(role="department") == ["civil"]
    assert names(role="village_committee", area="2202/220282/") == []
    assert names(active=False) == ["clerk4"] and names(text="%") == []
    first, after = people.search(session, role="village_committee", limit=3)
    rest, end = people.search(session, role="village_committee", limit=3, after=after)
    assert [each.user.name for each in (*first, *rest)] == ["clerk0", "clerk1", "clerk2", "clerk3", "next"]
    assert end is None


def test_a_post_goes_over_with_its_tasks_but_not_what_is_ones_own(either):
    session = either
    grants = [*CLERK, ("helper", "=71"), ("applicant", "=5")]
    people.add(session, "li", "李秀兰", grants, "root", NOW, password="well-water-1")
    people.add(session, "zhao", "赵刚", CLERK, "root", NOW, password="well-water-1")
    of = case(session, NOW)
    held = task(session, of, "accept", ["village_committee"], assignee="li")
    named = task(session, of, "sign", [], users=["li"])
    session.add(worklist.TaskCandidate(group="", place="li", task_key=named.key))
    others = task(session, of, "visit", ["village_committee"], assignee="zhao")
    session.flush()
    assert succession.take_over(session, "li", "zhao", "root", NOW) == succession.Taken(2, 2)
    assert people.get(session, "li").grants == (("applicant", "=5"),)
    assert people.get(session, "zhao").grants == (("helper", "=71"), *CLERK)
    found = worklist.search(session, identity.named(session, "zhao"), worklist.Filter(), NOW).tasks
    assert {each.name for each in found} == {"accept", "sign", "visit"}
    assert (held.assignee, named.users, others.assignee) == ("zhao", ["zhao"], "zhao")
    kinds = [entry.kind for entry in journal.entries(session, of.case_key)]
    assert kinds == ["task_handed_over"] * 2 and journal.verify(session) == []
    assert people.history(session, "zhao")[0].kind == "user_succeeded"
    for wrong in ("root", "li"):
        with pytest.raises(succession.NoSuccessor):
            succession.take_over(session, "li", wrong, "root", NOW)
