"""Drawings with one fault each: `CASES` maps a rule to (drawing, the element that it must be found at)."""

from tests.engine.drawing import Drawing

CASES = {}


def fault(rule, at=None):
    """Register a drawing that must be found to have this fault, at this element."""

    def keep(draw):
        CASES.setdefault(rule, []).append((draw, at))
        return draw

    return keep


def plain() -> Drawing:
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    return d


def with_inner(element_id: str, inner: str, kind: str = "userTask") -> Drawing:
    d = plain()
    d.elements["u"].id = element_id
    d.elements["u"].type = kind
    d.elements["u"].inner = inner
    return d


def zeebe(inner: str) -> str:
    return f"<extensionElements>{inner}</extensionElements>"


def choice(*conditions, default=None):
    d = plain()
    d.flow("u", d.xor("x"))
    for condition in conditions:
        d.flow("x", "e", condition=condition)
    d.elements["x"].attrs["default"] = default
    return d
