"""Nodes: what a file holds as things with facts, and how two sets of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

What = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Node:
    """One thing in a file: its sort (`userTask`, `rule`, `textfield` …), its name, its facts by path, and where it stands.

    `shown`: what a person reads for a fact that is an id.
    """

    sort: str
    name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    place: Any = None
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A fact that differs; None where it is not there."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Change:
    """One difference. `id` is the thing's in its file; `parts` say what changed in it."""

    file: str
    what: What
    sort: str
    id: str
    name: str
    parts: tuple[Part, ...] = ()


def compare(
    file: str, before: Mapping[str, Node], after: Mapping[str, Node], *, ordered: bool = False
) -> list[Change]:
    """Added and changed things in the order they now have, then those that are gone; `ordered`: their order tells too."""
    changes: list[Change] = []
    shifted = _shifted(before, after) if ordered else set()
    for key, node in after.items():
        old = before.get(key)
        if old is None:
            changes.append(Change(file, "added", node.sort, key, node.name, _parts(None, node)))
        elif parts := _parts(old, node):
            changes.append(Change(file, "changed", node.sort, key, node.name or old.name, parts))
        elif old.place != node.place or key in shifted:
            changes.append(Change(file, "moved", node.sort, key, node.name))
    gone = {key: node for key, node in before.items() if key not in after}
    return changes + [
        Change(file, "removed", node.sort, key, node.name, _parts(node, None)) for key, node in gone.items()
    ]


def _shifted(before: Mapping[str, Node], after: Mapping[str, Node]) -> set[str]:
    """Those that have left their place in the order of what is in both."""
    old, new = [key for key in before if key in after], [key for key in after if key in before]
    blocks = SequenceMatcher(a=old, b=new, autojunk=False).get_matching_blocks()
    kept = {key for block in blocks for key in new[block.b : block.b + block.size]}
    return set(new) - kept


def _parts(before: Node | None, after: Node | None) -> tuple[Part, ...]:
    """Facts that differ; of what is new or gone every fact that says something."""
    old, new = _told(before, both=after), _told(after, both=before)
    return tuple(
        Part(path, _shown(before, path, old), _shown(after, path, new))
        for path in dict.fromkeys((*new, *old))
        if old.get(path) != new.get(path)
    )


def _shown(node: Node | None, path: str, facts: Mapping[str, str]) -> str | None:
    return node.shown.get(path, facts.get(path)) if node else None


def _told(node: Node | None, *, both: Node | None) -> dict[str, str]:
    if node is None:
        return {}
    if both is None:
        return {path: value for path, value in node.facts.items() if value}
    return {"name": node.name, "sort": node.sort, **node.facts}
