"""What is wrong with a drawing, and where on its canvas.

A `Rule` is one kind of fault: a stable name, a Chinese sentence with `{params}` (also the gettext msgid) and a severity.
A `Finding` is one fault found in one file. Rules register themselves in `RULES`, so that a test can see that each has
its translation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a drawing. `error` refuses the deploy, `warning` is only shown.

    `x`, `y` are the element's top left corner on the canvas, None when it has no shape there.
    """

    file: str
    element_id: str | None
    element_name: str | None
    rule: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"
    x: float | None = None
    y: float | None = None

    @property
    def text(self) -> str:
        """The sentence in Chinese with its parameters filled in."""
        return self.message.format_map(self.params)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of fault that a drawing can have."""

    name: str
    message: str
    severity: Severity = "error"


RULES: dict[str, Rule] = {}


def rule(name: str, message: str, severity: Severity = "error") -> Rule:
    """Name a kind of fault, once for the whole program."""
    if name in RULES:
        raise ValueError(f"rule {name} is named twice")
    made = Rule(name, message, severity)
    RULES[name] = made
    return made
