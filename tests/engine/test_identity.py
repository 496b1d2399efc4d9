"""Users, grants, passwords and tokens."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import identity, tokens
from engine.errors import NotFound
from engine.models.identity import UserRow, UserToken

NOW = datetime(2020, 5, 30, 4, tzinfo=UTC)
COUNTY = "2202/220281/"
VILLAGE = "2202/220281/220281101/220281101201/"


def test_a_user_signs_in_and_has_what_was_granted(database):
    with database.begin() as session:
        identity.add_user(
            session,
            "zhang",
            "张三",
            "correct horse",
            [("village_committee", VILLAGE), ("helper", "=71")],
        )
        viewer = identity.sign_in(session, "zhang", "correct horse")
    assert viewer.user.display_name == "张三"
    assert viewer.roles == (("village_committee", VILLAGE),)
    assert viewer.relations == (("helper", "71"),)
    assert viewer.has("helper") and not viewer.is_administrator


@pytest.mark.parametrize(("name", "password"), [("zhang", "wrong horse"), ("nobody", "correct horse")])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(database, name, password):
    with database.begin() as session:
        identity.add_user(session, "zhang", "张三", "correct horse")
        with pytest.raises(identity.WrongPassword) as refused:
            identity.sign_in(session, name, password)
    assert refused.value.params == {}


def test_a_password_is_kept_as_argon2id_only(database):
    with database.begin() as session:
        identity.add_user(session, "zhang", "张三", "correct horse")
        kept = session.scalar(sa.select(UserRow.password))
    assert kept.startswith("$argon2id$") and "horse" not in kept


def test_a_new_password_ends_the_old_one_and_its_sessions(database):
    with database.begin() as session:
        user = identity.add_user(session, "zhang", "张三", "correct horse")
        identity.set_password(session, "zhang", "battery staple")
        with pytest.raises(identity.WrongPassword):
            identity.sign_in(session, "zhang", "correct horse")
        with pytest.raises(identity.NotSignedIn):
            identity.viewer(session, user.key, epoch=0)
        assert identity.viewer(session, user.key, epoch=1).name == "zhang"


def test_who_left_comes_in_no_more_but_keeps_his_name(database):
    with database.begin() as session:
        user = identity.add_user(session, "zhang", "张三", "correct horse")
        token = tokens.issue(session, user, "t", NOW)
        identity.deactivate(session, "zhang")
        for attempt in (
            lambda: identity.sign_in(session, "zhang", "correct horse"),
            lambda: identity.viewer(session, user.key),
            lambda: tokens.viewer(session, token, NOW),
        ):
            with pytest.raises((identity.WrongPassword, identity.NotSignedIn)):
                attempt()
        assert identity.display_names(session, ["zhang", "gone"]) == {"zhang": "张三", "gone": "gone"}


def test_a_token_is_kept_only_as_a_digest_and_read_in_one_statement(database):
    with database.begin() as session:
        user = identity.add_user(session, "zhang", "张三", "correct horse", [("county_office", COUNTY)])
        token = tokens.issue(session, user, "脚本", NOW)
        assert token.encode() not in session.scalar(sa.select(UserToken.digest))
        seen = []
        sa.event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        assert tokens.viewer(session, token, NOW).roles == (("county_office", COUNTY),)
        assert len(seen) == 1


@pytest.mark.parametrize("token", ["", "ff_nosuch", "ff_" + "x" * 5000])
def test_a_token_that_was_never_issued(database, token):
    with database.begin() as session, pytest.raises(identity.NotSignedIn):
        tokens.viewer(session, token, NOW)


def test_a_token_ends_at_its_hour_and_when_revoked(database):
    with database.begin() as session:
        user = identity.add_user(session, "zhang", "张三", "correct horse")
        token = tokens.issue(session, user, "t", NOW, expires=NOW + timedelta(hours=1))
        assert tokens.viewer(session, token, NOW + timedelta(minutes=59))
        with pytest.raises(identity.NotSignedIn):
            tokens.viewer(session, token, NOW + timedelta(hours=1))
        tokens.revoke(session, token)
        with pytest.raises(identity.NotSignedIn):
            tokens.viewer(session, token, NOW)


@pytest.mark.parametrize(
    ("group", "place"),
    [
        ("county_office", VILLAGE),
        ("village_committee", COUNTY),
        ("village_committee", "=71"),
        ("helper", COUNTY),
        ("helper", "="),
        ("department", COUNTY),
        ("king", COUNTY),
        ("county_office", "2202/220281"),
        ("county_office", "/220281/"),
    ],
)
def test_a_role_is_bound_to_an_area_of_its_level_or_to_a_subject(database, group, place):
    with database.begin() as session:
        user = identity.add_user(session, "zhang", "张三", "correct horse")
        with pytest.raises(identity.BadGrant):
            identity.grant(session, user, group, place)


def test_a_grant_given_twice_is_one_and_can_be_taken_back(database):
    with database.begin() as session:
        user = identity.add_user(session, "zhang", "张三", "correct horse")
        identity.grant(session, user, "department:民政", COUNTY)
        identity.grant(session, user, "department:民政", COUNTY)
        assert identity.named(session, "zhang").grants == (("department:民政", COUNTY),)
        identity.withdraw(session, user, "department:民政", COUNTY)
        assert identity.named(session, "zhang").grants == ()


@pytest.mark.parametrize("name", ["", "two words", "x" * 61, "line\nbreak", "zhang"])
def test_names_that_cannot_be_an_account(database, name):
    with database.begin() as session:
        identity.add_user(session, "zhang", "张三", "correct horse")
        with pytest.raises(identity.BadUser):
            identity.add_user(session, name, "李四", "correct horse")
        assert [viewer.name for viewer in identity.users(session)] == ["zhang"]


def test_a_short_password_and_an_unknown_user_are_refused(database):
    with database.begin() as session:
        with pytest.raises(identity.BadUser):
            identity.add_user(session, "zhang", "张三", "short")
        with pytest.raises(NotFound):
            identity.set_password(session, "zhang", "correct horse")
