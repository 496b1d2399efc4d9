"""docs/drawings.md names every element that runs and every fault that is found."""

import importlib
import pkgutil
from pathlib import Path

import engine.dialect
from engine.dialect.build import SPECS
from engine.findings import RULES, Rule

PAGE = (Path(__file__).parents[3] / "docs" / "drawings.md").read_text(encoding="utf-8")


def test_every_element_is_named():
    assert [kind for kind in SPECS if f"`{kind}`" not in PAGE] == []


def test_every_rule_is_told_as_it_is():
    for module in pkgutil.walk_packages(engine.dialect.__path__, "engine.dialect."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Rule):
                severity = {"error": "错误", "warning": "警告"}[value.severity]
                assert f"| `{value.name}` | {severity} | {value.message} |" in PAGE


def test_no_rule_is_told_that_is_not():
    told = [
        line.split("`")[1] for line in PAGE.split("## 检查些什么")[1].splitlines() if line.startswith("| `")
    ]
    assert set(told) <= set(RULES)
