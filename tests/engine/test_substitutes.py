"""Standing in: what the absent one may, the other may from day to day; separation of duties holds for both."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import authority, identity, journal, substitutes, worklist
from engine.errors import NotAllowed, TaskTaken
from engine.models.instances import Instance
from engine.sight import seen
from engine.worklist import Filter
from tests.engine.tasks import NEXT_VILLAGE, VILLAGE, case, task

NOW = datetime(2020, 7, 1, 1, tzinfo=UTC)
TODAY, DAY = date(2020, 7, 1), timedelta(days=1)
COUNTY = "2202/220281/"
PEOPLE = {
    "lin": [("county_office", COUNTY)],
    "zhou": [("county_group", COUNTY)],
    "wang": [("village_committee", VILLAGE), ("administrator", ""), ("applicant", "=5")],
    "li": [("village_committee", NEXT_VILLAGE)],
    "sun": [("township_cadre", "2202/220281/220281101/")],
    "admin": [("administrator", "")],
    "farmer": [("applicant", "=71")],
}


def people(session):
    for name, grants in PEOPLE.items():
        identity.add_user(session, name, f"{name}先生", identity.Hashed("none"), grants)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.begin() as session:
        people(session)
        yield session


@pytest.fixture
def either(database):
    """On both stores: what the statements of an absence rest on."""
    with database.begin() as session:
        people(session)
        yield session


def viewer(session, name, at=NOW):
    return substitutes.standing(session, identity.named(session, name), at)


def appoint(session, absent="lin", stand_in="zhou", first=TODAY, last=TODAY + DAY):
    return substitutes.appoint(session, absent, stand_in, first, last, "admin", NOW)


def test_it_holds_from_the_first_day_to_the_last_in_shanghai(either):
    session = either
    appoint(session)
    of = case(session, NOW)
    made = task(session, of, "review", ["county_office"])
    for moment, holds in (
        (datetime(2020, 6, 30, 15, 59, tzinfo=UTC), False),
        (datetime(2020, 6, 30, 16, tzinfo=UTC), True),
        (datetime(2020, 7, 2, 15, 59, tzinfo=UTC), True),
        (datetime(2020, 7, 2, 16, tzinfo=UTC), False),
    ):
        person = viewer(session, "zhou", moment)
        assert person.has("county_office") is holds
        assert [each.name for each in worklist.search(session, person, Filter(), moment).tasks] == (
            ["review"] if holds else []
        )
        if not holds:
            with pytest.raises(NotAllowed):
                authority.permit_task(session, person, made)
    absent = authority.permit_task(session, viewer(session, "zhou"), made)
    assert absent is not None and absent.name == "lin"


def test_sight_follows_and_ends_with_it(either):
    session = either
    made = case(session, NOW, VILLAGE)
    sees = sa.select(Instance.key)
    assert not authority.may(session, viewer(session, "li"), "case.see", area=made.area)
    kept = appoint(session, "sun", "li")
    person = viewer(session, "li")
    assert authority.may(session, person, "case.see", area=made.area)
    assert session.scalars(sees.where(seen(person, Instance))).all() == [made.key]
    substitutes.end(session, kept.key, "admin", NOW)
    assert session.scalars(sees.where(seen(viewer(session, "li"), Instance))).all() == []
    kinds = [
        (entry.kind, entry.body["user"], entry.body["stand_in"]) for entry in journal.entries(session, 0)
    ]
    assert kinds == [("substitute", "sun", "li"), ("substitute_ended", "sun", "li")]


def test_a_stand_in_gets_no_administrators_nor_a_households_own_role_and_no_chain(session):
    appoint(session, "wang", "li")
    appoint(session, "li", "sun", TODAY + 5 * DAY, TODAY + 6 * DAY)
    person = viewer(session, "li")
    assert person.grants == (("village_committee", NEXT_VILLAGE), ("village_committee", VILLAGE))
    assert not person.is_administrator
    appoint(session, "sun", "zhou", TODAY, TODAY)
    assert ("village_committee", VILLAGE) not in viewer(session, "zhou").grants


def test_what_the_absent_one_had_taken_or_was_named_for_is_the_others_to_take(session):
    appoint(session)
    of = case(session, NOW)
    held = task(session, of, "held", ["county_office"], assignee="lin")
    named = task(session, of, "named", [], users=["lin"])
    session.add(worklist.TaskCandidate(group="", place="lin", task_key=named.key))
    session.flush()
    person = viewer(session, "zhou")
    assert [each.name for each in worklist.search(session, person, Filter(), NOW).tasks] == ["held", "named"]
    worklist.claim(session, person, held.key)
    assert held.assignee == "zhou"
    with pytest.raises(TaskTaken):
        worklist.claim(session, viewer(session, "lin"), held.key)


@pytest.mark.parametrize(
    ("earlier", "refusal"),
    [
        ({"completed_by": "lin"}, authority.AbsentSeparated),
        ({"completed_by": "zhou"}, authority.Separated),
        ({"completed_by": "li", "completed_for": "lin"}, authority.AbsentSeparated),
        ({"completed_by": "li", "completed_for": "zhou"}, authority.Separated),
        ({"completed_by": "li"}, None),
    ],
)
def test_separation_of_duties_holds_for_both(session, earlier, refusal):
    appoint(session)
    of = case(session, NOW)
    task(session, of, "verify", ["village_committee"], state="completed", ended_at=NOW, **earlier)
    review = task(session, of, "review", ["county_office"], properties={"separate_from": "verify"})
    person = viewer(session, "zhou")
    if refusal is None:
        assert authority.permit_task(session, person, review).name == "lin"
        return
    with pytest.raises(authority.Separated) as refused:
        authority.permit_task(session, person, review)
    assert type(refused.value) is refusal


def test_whoever_was_stood_in_for_may_not_go_on_himself(session):
    of = case(session, NOW)
    task(session, of, "verify", [], state="completed", ended_at=NOW, completed_by="zhou", completed_for="lin")
    review = task(session, of, "review", ["county_office"], properties={"separate_from": "verify"})
    with pytest.raises(authority.Separated):
        authority.permit_task(session, viewer(session, "lin"), review)


def test_ones_own_role_goes_before_anothers_place(session):
    identity.grant(session, identity.find(session, "zhou"), "county_office", COUNTY)
    appoint(session)
    of = case(session, NOW)
    task(session, of, "verify", [], state="completed", ended_at=NOW, completed_by="lin")
    review = task(session, of, "review", ["county_office"], properties={"separate_from": "verify"})
    assert authority.permit_task(session, viewer(session, "zhou"), review) is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"stand_in": "lin"}, "same"),
        ({"last": TODAY - DAY}, "order"),
        ({"first": TODAY - 2 * DAY, "last": TODAY - DAY}, "past"),
        ({"last": TODAY + 400 * DAY}, "long"),
        ({"absent": "admin"}, "nothing"),
        ({"absent": "farmer"}, "nothing"),
        ({"stand_in": "admin"}, "administrator"),
        ({"stand_in": "farmer"}, "applicant"),
        ({"stand_in": "li", "first": TODAY + 9 * DAY, "last": TODAY + 9 * DAY}, "overlap"),
        ({"absent": "sun", "stand_in": "lin", "first": TODAY + 8 * DAY, "last": TODAY + 9 * DAY}, "away"),
    ],
)
def test_absences_that_cannot_be(session, given, reason):
    appoint(session, first=TODAY + 9 * DAY, last=TODAY + 10 * DAY)
    with pytest.raises(substitutes.BadSubstitute) as refused:
        appoint(session, **given)
    assert refused.value.params == {"reason": substitutes.BadSubstitute.REASONS[reason]}


def test_who_left_is_stood_in_for_by_nobody(session):
    appoint(session)
    identity.deactivate(session, "lin")
    assert not viewer(session, "zhou").has("county_office")


def test_colleagues_are_those_of_ones_place_or_the_same_role_next_door(session):
    people = {each.name: each for each in identity.users(session)}
    may = {(a, b) for a in people for b in people if authority.may_stand_in(people[a], people[b])}
    assert may == {("lin", "zhou"), ("zhou", "lin"), ("wang", "li"), ("li", "wang")}
