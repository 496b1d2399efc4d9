"""How values look in the API: keys as decimal strings, moments in UTC, one tenant."""

from datetime import UTC, datetime
from typing import Any

TENANT = "<default>"
_INNER = 6
"""Digits that tell things inside an instance apart: tokens, variables. They have no key of their own in the store."""


def key(value: int | None) -> str | None:
    """A key as its decimal string."""
    return None if value is None else str(value)


def inner_key(instance_key: int, number: int) -> str:
    """The key of something inside an instance: the instance's key with the thing's number behind it."""
    return f"{instance_key}{number:0{_INNER}d}"


def outer_key(inner: str) -> int:
    """The instance's key of an `inner_key`."""
    return int(inner[:-_INNER])


def moment(value: datetime | None) -> str | None:
    """A moment in UTC, to the millisecond, as Camunda writes it."""
    return value and value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def word(words: dict[str, str], value: str) -> str:
    """Camunda's word for a state of ours."""
    return next(theirs for theirs, ours in words.items() if ours == value)


def page(items: list[dict[str, Any]], about: dict[str, Any]) -> dict[str, Any]:
    """A search's answer."""
    return {"items": items, "page": about}
