"""Sheets filled in by feelers: values escaped, blanks blank, typing errors told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.feel import Evaluator, FeelError

NOW = datetime(2020, 5, 30, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("template", "names", "html"),
    [
        ("<p>{{name}}</p>", {"name": "<script>\"&'"}, "<p>&lt;script&gt;&quot;&amp;&#39;</p>"),
        ("{{#loop ms}}{{this.name}}{{age}}-{{parent.x}};{{/loop}}", {"ms": [{"name": "甲", "age": 1}, {"name": "乙", "age": None}], "x": 5}, "甲1-5;乙-5;"),
        ("{{a.b.c}}|{{x}}|{{string join(x, \"、\")}}", {"a": None, "x": None}, "||"),
        ("{{#if a}}有{{/if}}{{#if not(a)}}无{{/if}}", {"a": True}, "有"),
        ("{{#loop rows}}{{today()}}{{/loop}}", {"rows": [{"a": 1}]}, "2020-05-31"),
        ("{{人均 收入}}", {"人均 收入": 3}, "3"),
        ("{{this.constructor}}{{this.__proto__}}", {"a": 1}, ""),
    ],
)  # fmt: skip
def test_sheets(evaluator: Evaluator, template: str, names: dict[str, Any], html: str) -> None:
    assert evaluator.render(template, names, NOW) == html


@pytest.mark.parametrize(
    ("template", "kind", "expression"),
    [
        ("{{nosuch}}", "unknown_name", "nosuch"),
        ("{{#if nosuch = 1}}x{{/if}}", "unknown_name", "nosuch = 1"),
        ("{{#loop nosuch}}x{{/loop}}", "unknown_name", "nosuch"),
        ("{{1 +}}", "syntax", "1 +"),
        ("{{constructor}}", "unknown_name", "constructor"),
    ],
)
def test_a_typing_error_is_told(evaluator: Evaluator, template: str, kind: str, expression: str) -> None:
    with pytest.raises(FeelError) as raised:
        evaluator.render(template, {}, NOW)
    assert (raised.value.kind, raised.value.expression) == (kind, expression)
    # The next sheet does not remember it.
    assert evaluator.render("{{a}}", {"a": 1}, NOW) == "1"
