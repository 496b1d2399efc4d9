"""Dated settings as nodes: one for each value and the day from which it counts."""

from engine import settings
from engine.difference.nodes import Node


def nodes(content: bytes) -> dict[str, Node]:
    """Every value, by name and day. InvalidInput."""
    rows = settings.read("settings.yaml", content)
    return {
        f"{row.name} {row.valid_from}": Node(
            "setting",
            f"{row.note or row.name} {row.valid_from}",
            {"value": str(row.value), "local": str(row.local).lower()},
        )
        for row in rows
    }
