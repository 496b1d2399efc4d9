"""A group of figures: amounts by several dimensions, to be summed up by any of them."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Amount = int | Decimal


@dataclass(frozen=True)
class Group:
    """Rows such as `{"place": …, "kind": "脱贫户", "households": 12, "people": 40}`: names of dimensions and of amounts."""

    rows: Sequence[Mapping[str, Any]]

    def sum(self, amount: str, **where: Hashable) -> Any:
        """The sum of an amount over the rows whose dimensions have these values; 0 where there is none."""
        return sum((row[amount] for row in self._fitting(where)), start=0)

    def by(self, dimension: str, amount: str, **where: Hashable) -> dict[Any, Any]:
        """The sums of an amount by the values of a dimension; a value without rows is left out."""
        found: dict[Any, Any] = {}
        for row in self._fitting(where):
            found[row[dimension]] = found.get(row[dimension], 0) + row[amount]
        return found

    def _fitting(self, where: Mapping[str, Hashable]) -> list[Mapping[str, Any]]:
        return [row for row in self.rows if all(row[name] == value for name, value in where.items())]
