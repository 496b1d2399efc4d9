"""A form as nodes: each component by its id, wherever it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from engine.difference.nodes import Node

_FORM = "form"


def nodes(content: bytes) -> dict[str, Node]:
    """The form itself and every component, in order. ValueError for what is no form."""
    schema = json.loads(content)
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise ValueError("no form")
    own = {name: value for name, value in schema.items() if name not in ("components", "exporter")}
    found = {"": Node(_FORM, str(schema.get("id")), dict(_facts(own, "")))}
    found.update(_components(schema["components"], ""))
    return found


def _components(components: list[Any], within: str) -> Iterator[tuple[str, Node]]:
    for component in components:
        key = str(component.get("id") or component.get("key"))
        inner = component.get("components")
        own = {
            name: value
            for name, value in component.items()
            if name not in ("id", "type", "label", "components")
        }
        name = str(component.get("label") or component.get("key") or component.get("text") or key)
        yield key, Node(str(component.get("type")), name, dict(_facts(own, "")), within)
        if isinstance(inner, list):
            yield from _components(inner, key)


def _facts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _facts(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield path, "、".join(_shown(each) for each in value)
    else:
        yield path, _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "label" in value:
        return str(value["label"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
