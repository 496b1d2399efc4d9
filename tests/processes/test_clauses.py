"""Every clause of the document that a program can carry is carried by something in force, or is known to be missing."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from engine.clock import MovableClock
from engine.scenarios import Stage
from processes.clauses import EXHORTATION, KINDS, cited, clauses, meant
from web import carriers
from web.carriers import Carrier

NOT_REACHED: frozenset[str] = frozenset()
"""Clauses that nothing carries yet. It may only shrink: a clause that has a carrier must leave it."""


@pytest.fixture(scope="module")
def found(stage: Stage) -> Iterator[list[Carrier]]:
    with (
        stage.runtime(MovableClock(datetime(2020, 7, 1, tzinfo=UTC))) as runtime,
        runtime.database.read() as session,
    ):
        yield carriers.in_force(runtime, session)


def test_every_clause_has_a_carrier_or_is_known_to_lack_one(found: list[Carrier]) -> None:
    carried = frozenset().union(*(each.clauses for each in found))
    asked = {each.id for each in clauses().values() if each.needs_carrier}
    assert asked - carried == NOT_REACHED


def test_whatever_names_a_clause_names_one_of_the_document(found: list[Carrier]) -> None:
    unknown = [(each.kind, each.name, id) for each in found for id in each.written if not meant(id)]
    assert unknown == []


def test_each_rule_cites_the_document(found: list[Carrier]) -> None:
    """A rule's annotation is what is printed as its reason: one that cites nothing cannot be argued with."""
    rules = [each for each in found if each.kind == "decision" and each.within and not each.written]
    assert rules and all(each.clauses for each in rules)


def test_every_kind_of_carrier_is_found(found: list[Carrier]) -> None:
    assert {each.kind for each in found} == set(carriers.KINDS)


def test_the_list_is_the_documents() -> None:
    assert len(clauses()) == 50
    assert {kind for each in clauses().values() for kind in each.kinds} == set(KINDS)
    assert [each.id for each in clauses().values() if each.kinds == (EXHORTATION,)] == ["S17", "S22", "S25"]


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("F4.2", {"F4.2"}),
        ("F4.5", {f"F4.5.{n}" for n in range(1, 7)}),
        ("F4", set()),
        ("F4.4.1", set()),
        ("S26", set()),
        ("", set()),
    ],
)
def test_an_id_means_itself_or_what_is_below_its_heading(written: str, means: set[str]) -> None:
    assert meant(written) == means


def test_an_annotation_may_cite_an_item_of_a_clause() -> None:
    assert cited("F4.4.1、S12：有条款") == {"F4.4", "S12"}
    assert cited("本地：没有条款") == frozenset()
