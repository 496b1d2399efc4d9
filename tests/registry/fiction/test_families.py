"""Fictional families: the same for the same seed, right in every number, at the borders of the rules."""

from datetime import date
from decimal import Decimal

from registry import checks, households, id_numbers, income, vocabulary
from registry.fiction import families
from registry.fiction.families import BORDERS
from registry.fiction.stories import STORIES
from tests.registry.conftest import VILLAGE

MANY = list(families(240, [VILLAGE], seed=7))


def test_the_same_seed_gives_the_same_families():
    assert list(families(240, [VILLAGE], seed=7)) == MANY
    assert list(families(240, [VILLAGE], seed=8)) != MANY


def test_nobody_exists_and_every_number_is_right():
    people = [member for family in MANY for member in family.members]
    assert len({member["id_number"] for member in people}) == len(people)
    for member in people:
        number = member["id_number"]
        assert number.startswith("220299"), "GB/T 2260 gives this code to no place"
        assert id_numbers.valid(number)
        assert (id_numbers.sex(number), id_numbers.birth(number)) == (
            member["sex"],
            date.fromisoformat(member["birth"]),
        )


def test_members_are_what_the_forms_offer():
    for family in MANY:
        assert checks.faults(family.members) == []
        for member in family.members:
            assert member["relation"] in vocabulary.RELATIONS
            assert member["labour"] in vocabulary.LABOUR
            assert set(member["health"]) <= set(vocabulary.HEALTH)
            assert bool(member.get("education")) != bool(member.get("student"))
        assert set(family.causes) <= set(vocabulary.CAUSES)


def test_incomes_lie_at_every_border_to_the_fen():
    found = set()
    for family in MANY:
        sums = {period: income.read_sums(told) for period, told in family.income.items()}
        found.add(income.calculate(sums, len(family.members), Decimal(4000)).disposable)
    assert set(BORDERS) <= found
    assert {"3999.99", "4000.00", "4000.01", "5999.99", "6000.00", "6000.01"} <= {
        str(border) for border in found
    }


def test_every_story_is_told():
    assert {family.story for family in MANY} == {story.name for story in STORIES}


def test_the_registry_takes_them_all(session):
    for family in MANY[:24]:
        saved = households.save(session, None, family.area, family.household, family.members)
        assert households.read(session, saved.key)["population"] == len(family.members)
