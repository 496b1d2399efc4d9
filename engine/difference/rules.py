"""A DMN file as nodes: decisions and inputs, and each row of a decision table, its cells by their columns' names."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.dialect.xml import local, parse_any
from engine.difference.nodes import Node

_ITEMS = (
    "decision",
    "inputData",
    "businessKnowledgeModel",
    "knowledgeSource",
    "decisionService",
    "itemDefinition",
)


def nodes(content: bytes) -> dict[str, Node]:
    """Decisions, inputs, knowledge models, and the rules of each table in their order. Unreadable."""
    found: dict[str, Node] = {}
    for item in parse_any(content):
        if isinstance(item.tag, str) and local(item) in _ITEMS:
            key = item.get("id") or item.get("name") or ""
            found[key] = Node(local(item), item.get("name") or key, dict(_facts(item)))
            for table in _children(item, "decisionTable"):
                found.update(_rows(item.get("name") or key, table))
    return found


def _facts(item: etree._Element) -> Iterator[tuple[str, str]]:
    for clause in item.iter():
        if isinstance(clause.tag, str) and local(clause) == "property":
            yield f"property.{clause.get('name')}", clause.get("value") or ""
    yield "description", _text(item, "description")
    yield "typeRef", next((child.get("typeRef") or "" for child in _children(item, "variable")), "")
    needs = (child.get("href") or "" for need in item for child in need if child.get("href"))
    yield "requires", "、".join(sorted(href.lstrip("#") for href in needs))
    for literal in _children(item, "literalExpression"):
        yield "expression", _text(literal, "text")
    for table in _children(item, "decisionTable"):
        yield "hitPolicy", f"{table.get('hitPolicy') or 'UNIQUE'} {table.get('aggregation') or ''}".strip()
        for number, column in enumerate(_columns(table), 1):
            yield f"column.{number}", column[1]
    boxed = [child for child in item if isinstance(child.tag, str) and local(child) in _BOXED]
    if boxed:
        yield "boxed", "".join(part.strip() for part in boxed[0].itertext())


_BOXED = {
    "context",
    "invocation",
    "functionDefinition",
    "encapsulatedLogic",
    "relation",
    "list",
    "conditional",
}


def _rows(decision: str, table: etree._Element) -> Iterator[tuple[str, Node]]:
    columns = [name for name, _ in _columns(table)]
    for number, rule in enumerate(_children(table, "rule"), 1):
        cells = [cell for cell in rule if local(cell) in ("inputEntry", "outputEntry", "annotationEntry")]
        facts = {
            f"cell.{columns[at] if at < len(columns) else at + 1}": _text(cell, "text")
            for at, cell in enumerate(cells)
        }
        key = rule.get("id") or f"{table.get('id')}.{number}"
        yield key, Node("rule", f"{decision} {number}", facts)


def _columns(table: etree._Element) -> list[tuple[str, str]]:
    """Each column's name, and all that its head says."""
    found = []
    for column in table:
        if not isinstance(column.tag, str) or local(column) not in ("input", "output", "annotation"):
            continue
        expression = next((_text(child, "text") for child in _children(column, "inputExpression")), "")
        name = column.get("label") or column.get("name") or expression
        values = next(
            (_text(child, "text") for child in column if local(child) in ("inputValues", "outputValues")), ""
        )
        found.append((name, " ".join(part for part in (name, expression, values) if part)))
    return found


def _children(node: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in node if isinstance(child.tag, str) and local(child) == name]


def _text(node: etree._Element, name: str) -> str:
    return next(("".join(child.itertext()).strip() for child in _children(node, name)), "")
