"""The registry, the forms and the browser offer the same values."""

import json
import re
from pathlib import Path

from registry import vocabulary
from registry.monitoring import GUARANTEES

ROOM = Path(__file__).parents[2]
LISTS = (ROOM / "web" / "assets" / "forms" / "lists.js").read_text("utf-8")


def offered(name: str) -> tuple[str, ...]:
    """A list of lists.js."""
    listed = re.search(rf"export const {name} = \[(.*?)\];", LISTS, re.S)
    return tuple(re.findall(r"'([^']+)'", listed[1]))


def test_members():
    assert offered("sexes") == vocabulary.SEXES
    assert offered("relations") == vocabulary.RELATIONS
    assert offered("healths") == vocabulary.HEALTH
    assert offered("labours") == vocabulary.LABOUR


def test_households():
    fields = {}

    def walk(components):
        for component in components:
            walk(component.get("components", []))
            fields[component.get("key")] = tuple(each["value"] for each in component.get("values", []))

    walk(json.loads((ROOM / "forms" / "application.form").read_text("utf-8"))["components"])
    assert fields["causes"] == vocabulary.CAUSES
    assert fields["household.attribute"] == vocabulary.ATTRIBUTES
    assert fields["shortfalls"] == tuple(GUARANTEES)
