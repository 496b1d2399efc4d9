"""A signature drawn by finger or mouse, as a picture made of lines: what is printed scales without blurring."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

_MARGIN = 4.0
_THICKNESS = 0.022
"""Width of the line against the height of what was drawn."""


def is_signature(value: Any) -> bool:
    """Whether a value is what a `signature` field answers."""
    return isinstance(value, Mapping) and set(value) == {"width", "height", "strokes"}


def picture(signature: Mapping[str, Any]) -> str | None:
    """The `data:` URI of the drawing as SVG, cut to what was drawn; None where nothing was."""
    strokes = [[(float(x), float(y)) for x, y, *_ in stroke] for stroke in signature["strokes"] if stroke]
    if not strokes:
        return None
    xs = [x for stroke in strokes for x, _ in stroke]
    ys = [y for stroke in strokes for _, y in stroke]
    left, top, width, height = min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    thickness = max(_THICKNESS * max(height, width / 3), 1.0)
    margin = thickness + _MARGIN
    box = f"{left - margin:.1f} {top - margin:.1f} {width + 2 * margin:.1f} {height + 2 * margin:.1f}"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path d="{"".join(map(_path, strokes))}" '
        f'fill="none" stroke="#000" stroke-width="{thickness:.1f}" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _path(stroke: Sequence[tuple[float, float]]) -> str:
    """One stroke, rounded between its points; a dot is a line of no length."""
    (x, y), rest = stroke[0], stroke[1:]
    if len(rest) < 2:
        end_x, end_y = rest[0] if rest else (x, y)
        return f"M{x:.1f} {y:.1f}L{end_x:.1f} {end_y:.1f}"
    curves = [
        f"Q{px:.1f} {py:.1f} {(px + nx) / 2:.1f} {(py + ny) / 2:.1f}" for (px, py), (nx, ny) in pairwise(rest)
    ]
    return f"M{x:.1f} {y:.1f}{''.join(curves)}L{rest[-1][0]:.1f} {rest[-1][1]:.1f}"
