"""The columns of the 防返贫台账, as its yaml names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import yaml

from registry.errors import Impossible
from registry.ledger.sources import SOURCES, Source

FOLDER = files("registry") / "data" / "ledger"


@dataclass(frozen=True)
class Column:
    """One column: its heading, the fact it shows, whether a sheet may correct it, and what is offered to look for."""

    key: str
    name: str
    fact: str
    correct: bool = False
    options: tuple[str, ...] = ()

    @property
    def source(self) -> Source:
        """Where its values come from."""
        return SOURCES[self.fact]

    @property
    def kind(self) -> str:
        """Of which kind its values are."""
        return self.source.kind


@dataclass(frozen=True)
class Ledger:
    """A ledger: its columns, and the column sets that everybody has."""

    id: str
    name: str
    clause: str
    columns: tuple[Column, ...]
    sets: Mapping[str, tuple[str, ...]]

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """The columns by their keys."""
        return {column.key: column for column in self.columns}

    def still(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of the keys that the ledger has: a set that was kept may be older than its columns."""
        return tuple(key for key in dict.fromkeys(keys) if key in self.by_key)

    def chosen(self, keys: Iterable[str]) -> tuple[Column, ...]:
        """The columns of these keys, each once, in that order; Impossible (`unknown_column`) names one that is none."""
        wanted = list(dict.fromkeys(keys))
        for key in wanted:
            if key not in self.by_key:
                raise Impossible("unknown_column", "台账没有“{column}”这一列。", column=key)
        return tuple(self.by_key[key] for key in wanted)

    @property
    def first_set(self) -> tuple[str, ...]:
        """What is shown when nothing was chosen."""
        return next(iter(self.sets.values()))


@cache
def monitored() -> Ledger:
    """The 防返贫台账."""
    told = yaml.safe_load((FOLDER / "monitored.yaml").read_text("utf-8"))
    columns = tuple(
        Column(
            each["key"],
            each["name"],
            each["from"],
            each.get("correct", False),
            tuple(each.get("options", ())),
        )
        for each in told["columns"]
    )
    sets = {name: tuple(keys) for name, keys in told["sets"].items()}
    return Ledger(told["id"], told["name"], told["clause"], columns, sets)
