"""Where money comes from (S19, F6.2): which source mainly serves which kind of household, and what stands in for it elsewhere."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Source:
    """`main_for`: kinds of household (为主, 主体投入, 优先投入, 主动投入); `else_from`: what pays for the others, if not this."""

    name: str
    main_for: tuple[str, ...]
    else_from: str


@cache
def sources() -> Mapping[str, Source]:
    """The sources of F6.2 by name."""
    text = (files("registry") / "data" / "fund_sources.csv").read_text("utf-8")
    return {
        row["source"]: Source(row["source"], tuple(row["main_for"].split()), row["else_from"])
        for row in csv.DictReader(text.splitlines())
    }


def fitting(name: str, kind: str) -> str:
    """The source that pays for a household of this kind where the catalogue names `name`: 财政专项 is not for 边缘户."""
    source = sources().get(name)
    return source.else_from if source and source.else_from and kind not in source.main_for else name
