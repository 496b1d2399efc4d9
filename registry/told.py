"""Reading what people told: values of a form's answer or of a sheet, in the type that the registry keeps."""

from datetime import date
from typing import Any

from registry.errors import Impossible


def text(value: Any) -> str:
    """Text without space around it; nothing is empty."""
    return "" if value is None else str(value).strip()


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
