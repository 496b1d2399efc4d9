"""A value that an administrator types for a variable: its kind is chosen, so that 12 is a number or a text as he means it."""

import json
from typing import Any

from flask_babel import gettext as _

from engine.errors import InvalidInput

KINDS = {"text": "文字", "number": "数", "boolean": "是否", "null": "空值", "json": "JSON"}
"""msgids"""


def kind(value: Any) -> str:
    """The kind of a value as it is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "json"


def shown(value: Any) -> str:
    """A value as it is typed."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def parse(name: str, kind: str, text: str) -> Any:
    """The value of a variable as typed. InvalidInput."""
    if kind == "text":
        return text
    if kind == "null":
        return None
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(name, detail=_("“%(text)s”读不懂", text=text[:40])) from error
    fits = {"boolean": bool, "number": (int, float), "json": object}.get(kind)
    if fits is None or not isinstance(value, fits) or (kind == "number" and isinstance(value, bool)):
        raise InvalidInput(name, detail=_("“%(text)s”不是所选的那种值", text=text[:40]))
    return value


def _refuse(constant: str) -> None:
    raise ValueError(constant)
