"""Gaps and overlaps of decision tables: inputs that no rule covers, and inputs that two rules cover where one may.

Told of tables whose cells are plain: numbers, texts, yes or no, comparisons with them, ranges and lists of these. Each
column is cut where its rules cut it; all combinations of the pieces are tried, by one value of each. A table with other
expressions, or with too many combinations, is left alone: nothing is told that is not so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from math import prod
from typing import Any

from engine.findings import Finding, rule

GAP = rule("dmn_gap", "没有规则管到：{case}；请补一条规则，或加一条各格都是“-”的规则兜底", "warning")
OVERLAP = rule(
    "dmn_overlap", "{case} 时第{rules}条规则同时成立，而命中方式要求只有一条；请改窄其中一条", "warning"
)
MOST = 20_000  # combinations
SHOWN = 3  # of each kind and table

_NUMBER = r"-?\d+(?:\.\d+)?"
_TEXT = r'"[^"\\]*"'
_COMPARED = re.compile(rf"(<=|>=|<|>)\s*({_NUMBER})")
_RANGE = re.compile(rf"([\[\](])\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*([\[\])])")
_NOT = re.compile(r"not\((.*)\)")
_PART = re.compile(rf"\s*({_RANGE.pattern}|{_COMPARED.pattern}|{_TEXT}|{_NUMBER}|true|false)\s*(,|$)")

Value = Any  # float, str or bool
Test = Callable[[Value], bool]


class Unplain(Exception):
    """A cell that is more than a comparison with plain values."""


def findings(file: str, model: Mapping[str, Any]) -> Iterator[Finding]:
    """What a file's decision tables leave open or decide twice."""
    for key, decision in model["decisions"].items():
        logic = decision["logic"]
        if (
            logic.get("kind") == "table"
            and logic["rules"]
            and logic["hit"] in ("UNIQUE", "ANY", "FIRST", "PRIORITY")
        ):
            for why, params in _faults(logic):
                yield Finding(file, key, decision["name"], why.name, why.message, params, why.severity)


def _faults(table: Mapping[str, Any]) -> Iterator[tuple[Any, dict[str, str]]]:
    try:
        columns = [_Column(table, at) for at in range(len(table["inputs"]))]
    except Unplain:
        return
    if prod(len(column.values) for column in columns) > MOST:
        return
    told = {GAP.name: 0, OVERLAP.name: 0}
    for values in product(*(column.values for column in columns)):
        hits = [
            number
            for number in range(len(table["rules"]))
            if all(column.holds(number, value) for column, value in zip(columns, values, strict=True))
        ]
        why = GAP if not hits else OVERLAP if len(hits) > 1 and table["hit"] == "UNIQUE" else None
        if why is not None and told[why.name] < SHOWN:
            told[why.name] += 1
            case = "，".join(
                column.shown(value) for column, value in zip(columns, values, strict=True) if column.cut
            )
            yield why, {"case": case, "rules": "、".join(str(number + 1) for number in hits)}


class _Column:
    """One input: its tests by rule, one value of each piece that they cut it into."""

    def __init__(self, table: Mapping[str, Any], at: int) -> None:
        head = table["inputs"][at]
        cells = [each["cells"][at] for each in table["rules"]]
        self.name = head["label"] or head["expression"]
        self.cut = any(cell is not None for cell in cells)
        self._tests = [_test(cell) for cell in cells]
        self.values = _values([cell for cell in cells if cell is not None], head)

    def holds(self, number: int, value: Value) -> bool:
        """Whether a rule's cell lets the value pass."""
        return self._tests[number](value)

    def shown(self, value: Value) -> str:
        """The column with one of its values, as a person reads it."""
        text = (
            ("是" if value else "否")
            if isinstance(value, bool)
            else value
            if isinstance(value, str)
            else f"{value:g}"
        )
        return f"{self.name} = {text}"


def _values(cells: Sequence[str], head: Mapping[str, Any]) -> list[Value]:
    text = " ".join(cells)
    allowed = re.findall(_TEXT, head.get("allowed") or "")
    texts = dict.fromkeys(each[1:-1] for each in (*re.findall(_TEXT, text), *allowed))
    if texts:
        return [*texts] if allowed else [*texts, "（其他）"]
    if head.get("type") == "boolean" or re.search(r"\b(true|false)\b", text):
        return [True, False]
    cuts = sorted({float(number) for number in re.findall(_NUMBER, text.replace("..", " "))})
    if not cuts:
        return [0.0]
    between = [(low + high) / 2 for low, high in pairwise(cuts)]
    return sorted([cuts[0] - 1, *cuts, *between, cuts[-1] + 1])


def _test(cell: str | None) -> Test:
    if cell is None:
        return lambda _value: True
    if negated := _NOT.fullmatch(cell.strip()):
        inner = _test(negated[1])
        return lambda value: not inner(value)
    tests, at = [], 0
    while at < len(cell):
        found = _PART.match(cell, at)
        if found is None:
            raise Unplain(cell)
        tests.append(_plain(found[1]))
        at = found.end()
    return lambda value: any(test(value) for test in tests)


def _plain(text: str) -> Test:
    if found := _RANGE.fullmatch(text):
        opens, low, high, closes = found.groups()
        return lambda value: (
            _is_number(value)
            and (
                (value >= float(low) if opens == "[" else value > float(low))
                and (value <= float(high) if closes == "]" else value < float(high))
            )
        )
    if found := _COMPARED.fullmatch(text):
        compare = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__}[found[1]]
        limit = float(found[2])
        return lambda value: _is_number(value) and bool(compare(float(value), limit))
    if text in ("true", "false"):
        return lambda value: value is (text == "true")
    if text.startswith('"'):
        return lambda value: value == text[1:-1]
    return lambda value: _is_number(value) and value == float(text)


def _is_number(value: Value) -> bool:
    return isinstance(value, float)
