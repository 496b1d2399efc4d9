"""docs/bpmn-dmn.md tells of DMN what is so: its functions exist, its tests exist, every finding is there."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import engine.dmn
import engine.dmn_logic
from engine.feel import Evaluator
from engine.findings import Rule

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "bpmn-dmn.md").read_text("utf-8").split("## DMN\n")[1].split("\n## ")[0]
FILES = {
    "S": "tests/engine/test_dmn_standard.py",
    "D": "tests/engine/test_decisions.py",
    "F": "tests/engine/test_feel.py",
    "A": "tests/web/api/test_decisions.py",
}
GROUPS = ("conversion", "numbers", "texts", "lists", "contexts", "times", "ranges")
CONSTRUCTORS = {
    "date",
    "time",
    "date and time",
    "duration",
    "years and months duration",
}  # words of the grammar


def functions() -> list[str]:
    rows = [line.split("|") for line in PAGE.split("### FEEL")[1].splitlines() if line.startswith("| ")]
    told = [name for row in rows if row[1].strip() in GROUPS for name in re.findall("`([^`]+)`", row[2])]
    return sorted(set(told) - CONSTRUCTORS - {"s m i x q"})


@pytest.mark.parametrize("name", functions())
def test_every_function_that_is_told_exists(evaluator: Evaluator, name: str) -> None:
    at = datetime(2020, 5, 30, tzinfo=UTC)
    assert evaluator.evaluate(f"{name} instance of function<>->Any", {}, at) is True


@pytest.mark.parametrize(("letter", "test"), re.findall(r"([SDFA]) `(test_\w+)`", PAGE))
def test_every_test_that_is_told_exists(letter: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / FILES[letter]).read_text("utf-8")


def test_every_finding_is_told_as_it_is() -> None:
    found = [v for m in (engine.dmn, engine.dmn_logic) for v in vars(m).values() if isinstance(v, Rule)]
    for rule in found:
        said = {"error": "refused", "warning": "warning"}[rule.severity]
        assert f"| `{rule.name}` | {said} | {rule.message} |" in PAGE
    assert set(re.findall(r"\| `(dmn_\w+)` \|", PAGE)) == {rule.name for rule in found}
