"""The document's clauses (`clauses.tsv`): what each says in short, of what kind it is, and which of them an id means."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent
EXHORTATION = "E"
KINDS = {
    "P": "程序",
    "F": "表单",
    "L": "台账",
    "C": "帮扶措施",
    "R": "报告",
    "U": "规则",
    EXHORTATION: "倡导",
}
_ID = re.compile(r"[SFN]\d+(?:\.\d+)*")


@dataclass(frozen=True)
class Clause:
    """One clause: S of the 实施方案, F of the 方案, N of the cover notice. `kinds` are keys of `KINDS`."""

    id: str
    title: str
    kinds: tuple[str, ...]

    @property
    def needs_carrier(self) -> bool:
        """Whether it asks for something that a program can carry; an exhortation does not."""
        return self.kinds != (EXHORTATION,)


@cache
def clauses() -> dict[str, Clause]:
    """Every clause by id, in the document's order."""
    with (HERE / "clauses.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: Clause(row["id"], row["title"], tuple(row["kind"].split(","))) for row in rows}


def meant(written: str) -> frozenset[str]:
    """The clauses that an id on an element means: itself, or all below a heading (`F4.5`). Empty for no such id.

    A whole chapter (`F4`) is none: whatever names it would seem to carry everything.
    """
    if written in clauses():
        return frozenset({written})
    return frozenset(id for id in clauses() if "." in written and id.startswith(f"{written}."))


def cited(text: str) -> frozenset[str]:
    """The clauses that a rule's annotation cites; an item of a clause (`F4.4.1`) cites the clause."""
    found = (meant(id) or meant(id.rpartition(".")[0]) for id in _ID.findall(text))
    return frozenset().union(*found)


def of_settings() -> dict[str, str]:
    """Label → written clause ids (comma-separated) of the dated settings whose figure the document gives."""
    rows = yaml.safe_load((HERE / "settings.yaml").read_text("utf-8"))
    return {row["label"]: row["clause"] for row in rows if "clause" in row}
