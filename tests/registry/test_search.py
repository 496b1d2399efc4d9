"""Finding households."""

import pytest

from registry import households, search
from tests.registry.conftest import VILLAGE, member, number

HEAD_ID = number("22029919680101101")


@pytest.fixture(autouse=True)
def others(session, household):
    elsewhere = VILLAGE.replace("220281101", "220281102")
    households.save(session, None, elsewhere, {}, [member("李小龙", id_number=number("22029919700101101"))])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("李大山", ["李大山"]),
        ("李", ["李大山", "李小龙"]),
        ("大山", ["李大山"]),
        ("lids", ["李大山"][:0]),
        ("lidash", ["李大山"]),
        ("LDS", ["李大山"]),
        ("l", ["李大山", "李小龙"]),
        ("wf", ["王芳"]),
        (HEAD_ID, ["李大山"]),
        (HEAD_ID.lower() + " ", ["李大山"]),
        (HEAD_ID[-4:], ["李大山"]),
        ("13900000001", ["李大山", "王芳"]),
        ("13900000002", ["王芳"]),
        ("%", []),
        ("_", []),
        ("", []),
        ("' OR 1=1 --", []),
        ("0000", []),
    ],
)
def test_by(session, text, found):
    assert [hit.member_name for hit in search.households(session, text, "2202/")] == found


def test_only_within_the_area_and_never_with_the_number(session):
    hits = search.households(session, "李", VILLAGE)
    assert [(hit.head_name, hit.area) for hit in hits] == [("李大山", VILLAGE)]
    assert HEAD_ID not in repr(hits)
    assert search.households(session, HEAD_ID[-4:], "2202/220282/") == []


def test_who_left_is_not_found(session, household):
    households.save(session, household.key, None, {}, [member()])
    assert search.households(session, "王芳", "2202/") == []
