"""Families with an income at and around the borders that the rules draw, in the shape in which forms are answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from registry.fiction.people import SURNAMES, phone
from registry.fiction.stories import ABLE, STORIES, Story
from registry.money import to_fen

LINE = Decimal(4000)
FEN = Decimal("0.01")
BORDERS = tuple(
    LINE * multiple + step
    for multiple in (Decimal(1), Decimal("1.5"), Decimal("1.65"))
    for step in (-FEN, Decimal(0), FEN)
)
"""Disposable incomes a head one fen below, at, and one fen above: the line, 1.5 times it, and its margin of 10 %."""


@dataclass(frozen=True)
class Family:
    """A household as a clerk would fill it in: keys as in docs/forms.md and processes/README.md."""

    area: str
    story: str
    reason: str
    household: Mapping[str, Any]
    members: Sequence[Mapping[str, Any]]
    income: Mapping[str, Mapping[str, float]]
    living_expenses: Mapping[str, float]
    shortfalls: Sequence[str]
    causes: Sequence[str]
    calamity: bool
    circumstances: Mapping[str, Any]

    @property
    def head(self) -> Mapping[str, Any]:
        """户主."""
        return next(member for member in self.members if member["relation"] == "户主")


def families(
    count: int, villages: Sequence[str], *, seed: int = 2020, today: date = date(2020, 5, 20)
) -> Iterator[Family]:
    """`count` families in the `villages` (area paths) by turns; every third of them with an income at a border.

    No two people have the same ID number. Deterministic by `seed`.
    """
    random = Random(seed)  # noqa: S311 — stories, not secrets
    numbers: set[str] = set()
    made = 0
    while made < count:
        family = _family(random, STORIES[made % len(STORIES)], villages[made % len(villages)], made, today)
        own = {str(member["id_number"]) for member in family.members}
        if own & numbers or len(own) < len(family.members):
            continue  # chance gave a number twice: make this family anew
        numbers |= own
        made += 1
        yield family


def _family(random: Random, story: Story, area: str, number: int, today: date) -> Family:
    members = _one_name(random, story.members(random, today))
    poor_once = story.attribute != "一般脱贫户" or random.random() < 0.6
    return Family(
        area=area,
        story=story.name,
        reason=story.reason,
        household={
            "national_number": f"2202{number + 1:012d}",
            "village_group": f"{number % 5 + 1}组",
            "address": f"{number % 5 + 1}组{random.randrange(1, 90)}号",
            "phone": phone(random),
            "kind": "脱贫户" if poor_once else "一般农户",
            "attribute": story.attribute if poor_once else "",
        },
        members=members,
        income=_income(random, story, len(members), number),
        living_expenses=_expenses(random, len(members)),
        shortfalls=list(story.shortfalls),
        causes=list(story.causes),
        calamity=story.calamity,
        circumstances={**ABLE, **story.circumstances},
    )


def _one_name(random: Random, members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Children bear the surname of 户主."""
    surname = random.choice(SURNAMES)
    for member in members:
        if member["relation"] in ("户主", "之子", "之女"):
            member["name"] = surname + member["name"][1:]
    return members


def _income(random: Random, story: Story, population: int, number: int) -> dict[str, dict[str, float]]:
    a_head = (
        BORDERS[number // 3 % len(BORDERS)]
        if number % 3 == 0
        else Decimal(random.randrange(2500_00, 9500_00)) * FEN
    )
    total = a_head * population
    before = to_fen(total / Decimal(str(story.drop)))
    paid = to_fen(before * Decimal(str(story.burden)) * Decimal("1.3"))
    back = to_fen(before * Decimal(str(story.burden)) * Decimal("0.3"))
    return {
        "this_year": _split(random, total, paid, back),
        "previous_year": _split(random, before, Decimal(0), Decimal(0)),
        "forecast": _split(random, to_fen(total * Decimal("1.02")), to_fen(paid / 2), to_fen(back / 2)),
    }


def _split(random: Random, disposable: Decimal, paid: Decimal, back: Decimal) -> dict[str, float]:
    """Components that add up to the disposable income to the fen."""
    costs = {
        name: Decimal(random.randrange(50_00, 900_00)) * FEN for name in ("operating_cost", "transfer_cost")
    }
    rest = disposable + sum(costs.values())
    parts = {}
    for name in ("wage", "operating", "property"):
        parts[name] = to_fen(rest * Decimal(random.randrange(10, 50)) / 100)
        rest -= parts[name]
    sums = {**parts, "transfer": rest, **costs, "self_paid": paid, "reimbursed": back}
    return {name: float(amount) for name, amount in sums.items()}


def _expenses(random: Random, population: int) -> dict[str, float]:
    a_head = {
        "food": 1800, "clothing": 300, "housing": 100, "heating": 400, "utilities": 200, "medical": 500, "education": 200,
        "other": 100,
    }  # fmt: skip
    return {
        name: float(population * amount * random.randrange(80, 120) // 100) for name, amount in a_head.items()
    }
