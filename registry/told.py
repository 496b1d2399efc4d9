"""Reading what people told: values of a form's answer or of a sheet, in the type that the registry keeps."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from registry.errors import Impossible
from registry.models import Base


def assign(row: Base, facts: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]) -> None:
    """Set the columns of `row` that `facts` tells and `readers` knows; Impossible (`too_long`) where a text does not fit."""
    for name, read_as in readers.items():
        if name in facts:
            value = read_as(facts[name])
            limit = getattr(row.__table__.c[name].type, "length", None)
            if limit and isinstance(value, str) and len(value) > limit:
                raise Impossible(
                    "too_long", "“{start}…”太长，最多 {limit} 个字。", start=value[:10], limit=limit
                )
            setattr(row, name, value)


def text(value: Any) -> str:
    """Text without space around it; nothing is empty. Impossible (`unreadable`) for what is no text to any database."""
    kept = "" if value is None else str(value).strip()
    if "\0" in kept or any("\ud800" <= character <= "\udfff" for character in kept):
        raise Impossible("unreadable", "填写的内容含有不能识别的字符，请删去后重填。")
    return kept


def optional(value: Any) -> str | None:
    """Text, or None for nothing."""
    return text(value) or None


def truth(value: Any) -> bool:
    """A yes or no; nothing is no."""
    return bool(value)


def texts(value: Any) -> list[str]:
    """A list of texts; nothing is none."""
    return [text(each) for each in value or ()]


def number(value: Any) -> int | None:
    """A whole number; None for nothing."""
    return None if value is None or value == "" else int(value)


def day(value: Any) -> date | None:
    """A date, as such or as ISO text; None for nothing. Impossible (`not_a_date`) for anything else."""
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Impossible("not_a_date", "“{value}”不是日期。", value=str(value)) from None
