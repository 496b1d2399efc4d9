"""What differs between two sets of files: element by element, rule by rule, field by field, line by line.

    between(before, after) -> [Change(file, what="changed", sort="userTask", id="visit", name="走访", parts=(Part(…),))]

Each kind of file is read into nodes (`drawings`, `rules`, `questions`, `figures`); what is no such file any more, and a
sheet, is compared by its lines. `words` tells a change in a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import yaml

from engine.dialect.xml import Unreadable
from engine.difference import drawings, figures, questions, rules, texts
from engine.difference.nodes import Change, Node, Part, compare
from engine.errors import InvalidInput

__all__ = ["Change", "Node", "Part", "between"]

_READERS: dict[str, Callable[[bytes], dict[str, Node]]] = {
    "bpmn": drawings.nodes,
    "dmn": rules.nodes,
    "form": questions.nodes,
    "yaml": figures.nodes,
}
_ORDERED = ("dmn", "form")  # the order of rules decides, that of questions is seen
_NO_SUCH_FILE = (Unreadable, InvalidInput, ValueError, RecursionError, yaml.YAMLError, json.JSONDecodeError)


def between(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Change]:
    """All changes from one set of files to the other, by file, in the order of the file."""
    changes: list[Change] = []
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) == after.get(name):
            continue
        if name not in after:
            changes.append(Change(name, "removed", "file", name, name))
        elif name not in before:
            changes.append(Change(name, "added", "file", name, name))
        else:
            changes += _in_file(name, before[name], after[name])
    return changes


def _in_file(name: str, before: bytes, after: bytes) -> list[Change]:
    kind = name.rpartition(".")[2].lower()
    if reader := _READERS.get(kind):
        try:
            return compare(name, reader(before), reader(after), ordered=kind in _ORDERED)
        except _NO_SUCH_FILE:  # it is being typed: the check tells what is wrong with it
            pass
    return texts.changes(name, before, after)
