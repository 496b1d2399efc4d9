"""Gaps and overlaps of decision tables: told where they are, and never where they are not."""

import pytest

from engine import decisions, tables
from engine.feel import Evaluator


def table(rules: list[tuple[str, ...]], columns: list[tuple[str, str, str]], hit: str = "UNIQUE") -> bytes:
    """A decision table as DMN; a column is (name, type, allowed values)."""
    inputs = "".join(
        f'<input id="i{n}" label="{name}"><inputExpression id="e{n}" typeRef="{kind}"><text>v{n}</text></inputExpression>'
        + (f'<inputValues id="a{n}"><text>{allowed}</text></inputValues>' if allowed else "")
        + "</input>"
        for n, (name, kind, allowed) in enumerate(columns)
    )
    rows = "".join(
        f'<rule id="r{n}">'
        + "".join(
            f'<inputEntry id="r{n}c{m}"><text><![CDATA[{cell}]]></text></inputEntry>'
            for m, cell in enumerate(cells)
        )
        + f'<outputEntry id="r{n}o"><text>{n}</text></outputEntry></rule>'
        for n, cells in enumerate(rules)
    )
    drawn = f'<decision id="d" name="d"><variable name="d"/><decisionTable id="t" hitPolicy="{hit}">{inputs}<output id="o" name="o"/>{rows}</decisionTable></decision>'
    return f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="n">{drawn}</definitions>'.encode()


def found(evaluator: Evaluator, *args: object, **more: object) -> list[tuple[str, str]]:
    """(rule, the case that it tells) of every finding."""
    reading = decisions.read(evaluator, "f.dmn", table(*args, **more))  # type: ignore[arg-type]
    assert reading.findings == []
    return [(f.rule, f.params["case"]) for f in tables.findings("f.dmn", reading.model)]


INCOME = [("收入", "number", "")]
KIND = [("类别", "string", '"甲", "乙"')]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([("< 4000",), (">= 4000",)], []),
        ([("< 4000",), ("> 4000",)], [("dmn_gap", "收入 = 4000")]),
        ([("<= 4000",), (">= 4000",)], [("dmn_overlap", "收入 = 4000")]),
        ([("[0..100)",), (">= 100",)], [("dmn_gap", "收入 = -1")]),
        ([("< 0",), ("[0..100)",), ("]100..200]",), ("> 200",)], [("dmn_gap", "收入 = 100")]),
        ([("< 0, > 10",), ("not(< 0, > 10)",)], []),
        ([("-",)], []),
    ],
)
def test_numbers_are_covered_once_or_it_is_told(evaluator, rules, told):
    assert found(evaluator, rules, INCOME) == told


def test_texts_are_those_that_are_allowed_and_else_any_other(evaluator):
    assert found(evaluator, [('"甲"',), ('"乙"',)], KIND) == []
    assert found(evaluator, [('"甲"',)], KIND) == [("dmn_gap", "类别 = 乙")]
    assert found(evaluator, [('"甲"',), ('"乙"',)], [("类别", "string", "")]) == [
        ("dmn_gap", "类别 = （其他）")
    ]


def test_columns_are_taken_together(evaluator):
    both = [*INCOME, ("残疾", "boolean", "")]
    assert found(evaluator, [("< 4000", "-"), (">= 4000", "true")], both) == [
        ("dmn_gap", "收入 = 4000，残疾 = 否"),
        ("dmn_gap", "收入 = 4001，残疾 = 否"),
    ]


def test_where_the_first_rule_decides_there_is_no_overlap_and_where_all_are_collected_no_gap(evaluator):
    assert found(evaluator, [("< 4000",), ("-",)], INCOME, hit="FIRST") == []
    assert found(evaluator, [("< 4000",)], INCOME, hit="COLLECT") == []


def test_a_table_that_is_not_plain_is_left_alone(evaluator):
    assert found(evaluator, [("< 2 * line",)], INCOME) == []
    assert found(evaluator, [("? > 1 and ? < 3",)], INCOME) == []
