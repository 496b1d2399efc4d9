"""What must be right in a drawing before it may run."""

from __future__ import annotations

from collections.abc import Callable

from engine.dialect.outline import Outline
from engine.findings import Finding


def check(
    file: str, drawn: Outline, check_expression: Callable[[str], str | None], executable_only: bool
) -> list[Finding]:
    return []
