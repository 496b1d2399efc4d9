"""Money by its source and by the kind of household that it goes to (S19, F6.2): every yuan of measures and reliefs, once."""

from dataclasses import dataclass
from decimal import Decimal

from registry.figures import Figures, Group
from registry.sources import sources

KINDS = ("脱贫不稳定户", "边缘易致贫户", "")
"""As what the household is or was monitored; never, for the last."""


@dataclass(frozen=True)
class Sum:
    """Yuan planned and paid."""

    planned: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Row:
    """A source's sums by kind of household, in the order of `KINDS`, and over all of them."""

    source: str
    main_for: tuple[str, ...]
    kinds: tuple[Sum, ...]
    total: Sum


@dataclass(frozen=True)
class Table:
    """All the money of an area: by source, by where it was decided, by area below; each adds up to `total`."""

    rows: list[Row]
    total: Row
    origins: dict[str, Sum]
    places: dict[str, Sum]

    def main_share(self, kind: str) -> Decimal | None:
        """What part of the money paid for this kind came from the sources that F6.2 names first for it; None without money."""
        at = KINDS.index(kind)
        paid = self.total.kinds[at].paid
        mainly = sum((row.kinds[at].paid for row in self.rows if kind in row.main_for), Decimal(0))
        return mainly / paid if paid else None

    @property
    def reconciled(self) -> bool:
        """Whether all four ways of adding up come to the same."""
        wanted = self.total.total
        ways = (
            self.total.kinds,
            [row.total for row in self.rows],
            self.origins.values(),
            self.places.values(),
        )
        return all(_added(sums) == wanted for sums in map(list, ways))


def table(counted: Figures) -> Table:
    """The money of what was counted."""
    funds = counted.funds
    named = [*sources(), *sorted({row["fund_source"] for row in funds.rows} - sources().keys())]
    rows = [_row(funds, name) for name in named]
    origins = {name: _sum(funds, origin=name) for name in funds.by("origin", "planned")}
    places = {name: _sum(funds, place=name) for name in sorted(funds.by("place", "planned"))}
    kinds = tuple(_sum(funds, kind=kind) for kind in KINDS)
    return Table(rows, Row("", (), kinds, _sum(funds)), origins, places)


def _row(funds: Group, name: str) -> Row:
    kinds = tuple(_sum(funds, fund_source=name, kind=kind) for kind in KINDS)
    main_for = sources()[name].main_for if name in sources() else ()
    return Row(name, main_for, kinds, _sum(funds, fund_source=name))


def _sum(funds: Group, **where: str) -> Sum:
    return Sum(Decimal(funds.sum("planned", **where)), Decimal(funds.sum("paid", **where)))


def _added(sums: list[Sum]) -> Sum:
    return Sum(
        sum((each.planned for each in sums), Decimal(0)), sum((each.paid for each in sums), Decimal(0))
    )
