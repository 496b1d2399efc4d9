"""A BPMN file as nodes: elements, flows, lanes, messages; an element's extension elements are its facts."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.dialect.xml import BPMN, BPMNDI, local, parse
from engine.difference.nodes import Node

_PARTS = (
    "EventDefinition",
    "Characteristics",
    "Expression",
    "Condition",
    "laneSet",
    "extensionElements",
    "Association",
)
_ENDS = {"sourceRef", "targetRef", "default", "attachedToRef", "processRef"}
"""What names another element is told by that one's name."""
_NO_FACTS = {"incoming", "outgoing", "flowNodeRef"}
_WRAPPERS = {"extensionElements", "properties", "ioMapping", "taskHeaders"}
_NAMED_BY = (("name", "value"), ("target", "source"), ("key", "value"))


def nodes(content: bytes) -> dict[str, Node]:
    """Every element with an id of its own, in drawn order. Unreadable."""
    root = parse(content)
    lanes, places = _lanes(root), _places(root)
    names = {node.get("id"): node.get("name") for node in root.iter(f"{{{BPMN}}}*")}
    found = {}
    for node in root.iter(f"{{{BPMN}}}*"):
        if _is_own(node):
            key = str(node.get("id"))
            facts = dict(_facts(node, ""))
            if key in lanes:
                facts["lane"] = lanes[key]
            shown = {end: names.get(facts[end]) or facts[end] for end in _ENDS & facts.keys()}
            name = facts.pop("name", "")
            found[key] = Node(local(node), name, facts, places.get(key), shown)
    return found


def _is_own(node: etree._Element) -> bool:
    kind = local(node)
    return bool(node.get("id")) and kind != "definitions" and not kind.endswith(_PARTS)


def _facts(node: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    """Path → text of all that a node says of itself; nodes of their own inside it are left to themselves."""
    for name, value in node.attrib.items():
        key = etree.QName(str(name)).localname
        if key != "id":
            yield path + key, str(value)
    text = (node.text or "").strip()
    if text:
        yield path.removesuffix(".") or "text", text
    seen: dict[str, int] = {}
    for child in node:
        if not isinstance(child.tag, str) or local(child) in _NO_FACTS or _is_bpmn_node(child):
            continue
        key = local(child)
        if key in _WRAPPERS:
            yield from _facts(child, path)
        elif named := _named(child):
            yield f"{path}{key}.{named[0]}", named[1]
        else:
            seen[key] = seen.get(key, 0) + 1
            number = "" if seen[key] == 1 else f"[{seen[key]}]"
            yield path + key + number, ""
            yield from _facts(child, f"{path}{key}{number}.")


def _is_bpmn_node(node: etree._Element) -> bool:
    return str(node.tag).startswith(f"{{{BPMN}}}") and _is_own(node)


def _named(node: etree._Element) -> tuple[str, str] | None:
    """A name and its value, where an extension element is such a pair."""
    for name, value in _NAMED_BY:
        if set(node.attrib) <= {name, value} and node.get(name) and not len(node):
            return str(node.get(name)), str(node.get(value) or "")
    return None


def _lanes(root: etree._Element) -> dict[str, str]:
    lanes = {}
    for lane in root.iter(f"{{{BPMN}}}lane"):
        for reference in lane.findall(f"{{{BPMN}}}flowNodeRef"):
            lanes[(reference.text or "").strip()] = lane.get("name") or lane.get("id") or ""
    return lanes


def _places(root: etree._Element) -> dict[str, tuple[str, ...]]:
    """Id → bounds of a shape. A flow goes where its ends go: its bends are no news."""
    places = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        bounds = next((child for child in shape if local(child) == "Bounds"), None)
        if bounds is not None:
            key = str(shape.get("bpmnElement"))
            places[key] = tuple(f"{float(bounds.get(side) or 0):g}" for side in ("x", "y", "width", "height"))
    return places
