"""Where a task waits for each role."""

import pytest

from engine import roles

VILLAGE = "2202/220281/220281101/220281101201/"


@pytest.mark.parametrize(
    ("group", "place"),
    [
        ("village_committee", VILLAGE),
        ("township_cadre", "2202/220281/220281101/"),
        ("county_office", "2202/220281/"),
        ("department:民政", "2202/220281/"),
        ("city_office", "2202/"),
        ("helper", "=71"),
        ("applicant", "=71"),
        ("nobody", None),
    ],
)
def test_place_is_the_area_cut_to_the_roles_level_or_the_subject(group, place):
    assert roles.place(group, VILLAGE, "71") == place


def test_place_is_unknown_while_the_case_has_no_area_or_subject():
    assert roles.place("county_office", None, "71") is None
    assert roles.place("helper", VILLAGE, None) is None


def test_place_of_a_short_area_is_that_area():
    assert roles.place("village_committee", "2202/220281/", None) == "2202/220281/"


@pytest.mark.parametrize("group", ["department", "department:", "county_office:民政", "boss", ""])
def test_groups_that_no_drawing_may_name(group):
    assert not roles.known(group)


def test_a_neighbour_with_a_longer_code_is_not_within():
    assert roles.within("2202/220281/", VILLAGE)
    assert not roles.within("2202/220281/", "2202/2202810/1/")
    assert not roles.within("2202/", None)
