"""The simplest FEEL, answered without asking V8: a literal, a variable, a path into it, a text compared with a literal.

Most mappings and conditions of a drawing are of these forms, and a call to the evaluator costs more than all else that a
step does in memory. Only what has the same result in both is answered here (a test holds them against each other);
anything else, and anything doubtful, is left to the evaluator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from engine.scopes import View

ABSENT: Any = object()
"""Not answered here."""

_NAME = r"[^\W\d]\w*"
_LITERAL = re.compile(r'null|true|false|-?(?:0|[1-9]\d{0,14})|"[^"\\]*"|\[\]|\{\}')
_PATH = re.compile(rf"{_NAME}(?:\.{_NAME})*")
_COMPARISON = re.compile(rf'({_NAME}(?:\.{_NAME})*) *(!?=) *"([^"\\]*)"')
_WORD = re.compile(_NAME)
_RESERVED = {
    "true", "false", "null", "not", "and", "or", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies",
    "between", "instance", "of", "function", "external", "item", "partial", "list", "context", "date", "time", "duration",
}  # fmt: skip


def evaluate(expression: str, names: View) -> Any:
    """The expression's value, or ABSENT when it must be evaluated elsewhere."""
    if _LITERAL.fullmatch(expression):
        return json.loads(expression, strict=False)
    if _PATH.fullmatch(expression):
        return _look(expression, names)
    match = _COMPARISON.fullmatch(expression)
    if match is None:
        return ABSENT
    left = _look(match[1], names)
    if not isinstance(left, str):
        return ABSENT
    return (left == match[3]) is (match[2] == "=")


_NO_WORDS: frozenset[str] = frozenset()
"""One for all: a drawing has thousands of settings without a name in them."""


def words(expressions: Iterable[str]) -> frozenset[str]:
    """All that may be a variable's name in some expressions, to load them at once; more than there are does no harm."""
    found = {word for text in expressions for word in _WORD.findall(text)} - _RESERVED
    return frozenset(found) if found else _NO_WORDS


def _look(path: str, names: View) -> Any:
    first, *rest = path.split(".")
    if not _RESERVED.isdisjoint((first, *rest)):
        return ABSENT
    value = names.pick({first}).get(first, ABSENT)
    for part in rest:
        if not isinstance(value, dict) or part not in value:
            return ABSENT
        value = value[part]
    return value
