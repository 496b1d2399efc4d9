"""Who may do what: role × area × relation × verb, and separation of duties."""

from datetime import UTC, datetime

import pytest

from engine import authority, roles
from engine.errors import NotAllowed
from engine.identity import User, Viewer
from tests.engine.tasks import NEXT_VILLAGE, OTHER_COUNTY, VILLAGE, case, task

NOW = datetime(2020, 7, 1, 1, tzinfo=UTC)
COUNTY = "2202/220281/"


def someone(*grants):
    return Viewer(User(1, "someone", "某人"), grants)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.begin() as session:
        yield session


@pytest.mark.parametrize(
    ("grant", "sees"),
    [
        (("village_committee", VILLAGE), True),
        (("village_committee", NEXT_VILLAGE), False),
        (("work_team", VILLAGE), True),
        (("township_cadre", "2202/220281/220281101/"), True),
        (("county_office", COUNTY), True),
        (("county_office", "2202/220282/"), False),
        (("city_office", "2202/"), True),
        (("helper", "=71"), True),
        (("helper", "=72"), False),
        (("applicant", "=71"), True),
        (("department:民政", COUNTY), False),
        (("administrator", ""), True),
    ],
)
def test_a_case_is_seen_from_its_area_or_by_relation(session, grant, sees):
    of = case(session, NOW, VILLAGE, subject="71")
    for verb in ("case.see", "task.see", "document.see"):
        asked = {"area": of.area, "subject": of.subject, "case_key": of.case_key}
        assert authority.may(session, someone(grant), verb, **asked) is sees


def test_a_department_sees_the_cases_in_which_it_has_or_had_a_task(session):
    of, other = case(session, NOW), case(session, NOW)
    task(session, of, "plan", ["department:民政"], state="completed", completed_by="x", ended_at=NOW)
    asked = {"area": of.area, "subject": of.subject}
    there = someone(("department:民政", COUNTY))
    assert authority.may(session, there, "case.see", case_key=of.case_key, **asked)
    assert not authority.may(session, there, "case.see", case_key=other.case_key, **asked)
    for stranger in (("department:民政", "2202/220282/"), ("department:教育", COUNTY)):
        assert not authority.may(session, someone(stranger), "case.see", case_key=of.case_key, **asked)
    assert not authority.may(session, there, "household.reveal", case_key=of.case_key, **asked)


def test_a_case_whose_area_is_not_known_yet_is_hidden_from_area_roles(session):
    assert not authority.may(session, someone(("county_office", COUNTY)), "case.see", area=None, subject=None)


def test_refusals_name_the_deed(session):
    with pytest.raises(NotAllowed) as refused:
        authority.permit(session, someone(("applicant", "=71")), "drawing.deploy")
    assert refused.value.params == {"action": "部署图纸"}


def test_administrators_see_but_never_decide(session):
    of = case(session, NOW)
    made = task(session, of, "county_review", ["county_office"], assignee="someone")
    both = someone(("administrator", ""), ("county_office", COUNTY))
    assert authority.may(session, both, "case.see", area=of.area, subject=None)
    with pytest.raises(NotAllowed):
        authority.permit_task(session, both, made)
    authority.permit_task(session, someone(("county_office", COUNTY)), made)


def test_nobody_reviews_what_he_verified_himself(session):
    of = case(session, NOW)
    task(
        session, of, "verify", ["village_committee"], state="completed", completed_by="someone", ended_at=NOW
    )
    review = task(session, of, "review", ["county_office"], properties={"separate_from": "apply, verify"})
    with pytest.raises(authority.Separated) as refused:
        authority.permit_task(session, someone(("county_office", COUNTY)), review)
    assert refused.value.params == {"step": "verify"}
    colleague = Viewer(User(2, "colleague", "同事"), (("county_office", COUNTY),))
    authority.permit_task(session, colleague, review)
    elsewhere = task(
        session, case(session, NOW), "review", ["county_office"], properties={"separate_from": "verify"}
    )
    authority.permit_task(session, someone(("county_office", COUNTY)), elsewhere)


def test_a_task_of_another_area_is_nobodys_by_role(session):
    far = task(session, case(session, NOW, OTHER_COUNTY), "review", ["county_office"])
    with pytest.raises(NotAllowed):
        authority.permit_task(session, someone(("county_office", COUNTY)), far)


def test_every_role_of_every_verb_is_a_role():
    for verb in authority.VERBS.values():
        assert verb.who and verb.who <= set(roles.ROLES)
        assert verb.name and verb.reach in (authority.ANYWHERE, authority.CASE, authority.TASK)


def test_administrators_decide_no_case():
    deciding = {"task.do", "start.see", "case.withdraw", "case.cancel", "message.send"}
    assert all("administrator" not in authority.VERBS[verb].who for verb in deciding)
