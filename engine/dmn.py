"""Reads DMN 1.2 to 1.5 (as dmn-js writes 1.3) into the JSON model that engine/v8/decisions.js evaluates.

Nothing is evaluated here, and FEEL is not looked at: :mod:`engine.decisions` does both. What cannot be read is a
:class:`Finding` with its place on the canvas.

The model: ``decisions``, ``inputs`` and ``knowledge`` (business knowledge models) by id, ``types`` (item definitions) by name.
A piece of logic is ``{"kind": "literal"|"table"|"context"|"list"|"relation"|"function"|"invocation", …}``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.findings import Finding, Rule, rule

MAX_BYTES = 5_000_000
NAMESPACES = frozenset(
    f"https://www.omg.org/spec/DMN/{version}/MODEL/"
    for version in ("20191111", "20211108", "20230324", "20240513")
) | {"http://www.omg.org/spec/DMN/20180521/MODEL/"}
HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})

UNREADABLE = rule("dmn_unreadable", "无法读取决策文件：{reason}")
EMPTY = rule("dmn_empty", "文件中没有决策")
DUPLICATE = rule("dmn_duplicate_id", "编号“{id}”重复")
NO_LOGIC = rule("dmn_no_logic", "决策没有规则：请画决策表或写表达式")
UNSUPPORTED = rule("dmn_unsupported", "不支持“{what}”")
MISSING = rule("dmn_missing_reference", "引用的“{id}”不存在")
CYCLE = rule("dmn_cycle", "决策之间循环依赖")
HIT_POLICY = rule("dmn_hit_policy", "不支持命中策略“{policy}”")
CELLS = rule("dmn_cells", "第{row}条规则的单元格数与列数不符")
NO_OUTPUT = rule("dmn_no_output", "决策表没有输出列")
OUTPUT_NAME = rule("dmn_output_name", "有多个输出列时，每列都要有不同的名称")
SYNTAX = rule("dmn_syntax", "{cell}“{expression}”有语法错误：{reason}")

Model = dict[str, Any]


class DmnFile:
    """One DMN file: :attr:`model` and what was found while reading it."""

    def __init__(self, file: str, xml: bytes) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.model: Model = {"decisions": {}, "inputs": {}, "knowledge": {}, "types": {}}
        self._places: dict[str, tuple[float, float]] = {}
        root = self._parse(xml)
        if root is not None:
            self._read(root)

    def find(self, kind: Rule, element: Any = None, /, **params: Any) -> None:
        """Note a fault of an element: an XML element, or a decision of the model."""
        element_id = element.get("id") if element is not None else None
        x, y = self._places.get(element_id or "", (None, None))
        name = element.get("name") if element is not None else None
        self.findings.append(
            Finding(self.file, element_id, name, kind.name, kind.message, params, kind.severity, x, y)
        )

    def _parse(self, xml: bytes) -> etree._Element | None:
        if len(xml) > MAX_BYTES:
            self.find(UNREADABLE, reason=f"超过 {MAX_BYTES // 1_000_000} MB")
            return None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(xml, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            self.find(UNREADABLE, reason=str(error)[:200])
            return None
        if root.getroottree().docinfo.doctype:
            self.find(UNREADABLE, reason="不允许 DOCTYPE")
            return None
        name = etree.QName(root)
        if name.localname != "definitions" or name.namespace not in NAMESPACES:
            self.find(UNREADABLE, reason="不是 DMN 1.2–1.5")
            return None
        return root

    def _read(self, root: etree._Element) -> None:
        self._places = dict(_places(root))
        ids = Counter(node.get("id") for node in root.iter("{*}*") if node.get("id"))
        for element_id, count in ids.items():
            if count > 1:
                self.find(DUPLICATE, {"id": element_id}, id=element_id)
        if root.find("{*}import") is not None:
            self.find(UNSUPPORTED, root, what="import")
        self.model["types"] = {
            node.get("name", ""): _type(node) for node in _children(root, "itemDefinition")
        }
        for node in _children(root, "inputData"):
            self.model["inputs"][_id(node)] = {
                **_named(node),
                "type": _type_of(_child(node, "variable")),
                "required": _property(node, "required") == "true",
            }
        for node in _children(root, "businessKnowledgeModel"):
            self.model["knowledge"][_id(node)] = self._knowledge(node)
        for node in _children(root, "decision"):
            self.model["decisions"][_id(node)] = self._decision(node)
        if not self.model["decisions"]:
            self.find(EMPTY, root)
        self._check_references()

    def _decision(self, node: etree._Element) -> Model:
        logic = self._logic_in(node, node)
        if logic is None:
            self.find(NO_LOGIC, node)
        return {
            **_named(node),
            "type": _type_of(_child(node, "variable")),
            "inputs": _references(node, "requiredInput"),
            "requires": _references(node, "requiredDecision"),
            "knowledge": _references(node, "requiredKnowledge"),
            "clause": _clause(node),
            "logic": logic or {"kind": "literal", "text": "null"},
        }

    def _knowledge(self, node: etree._Element) -> Model:
        body = _child(node, "encapsulatedLogic")
        logic = None if body is None else self._logic_in(body, node)
        if body is None or logic is None:
            self.find(NO_LOGIC, node)
        return {
            **_named(node),
            "parameters": [] if body is None else _parameters(body),
            "requires": _references(node, "requiredKnowledge"),
            "logic": logic or {"kind": "literal", "text": "null"},
        }

    def _logic_in(self, node: etree._Element, owner: etree._Element) -> Model | None:
        """The first piece of logic among an element's children; None if there is none."""
        for child in node.iterchildren("{*}*"):
            name = etree.QName(child).localname
            if name in _LOGIC:
                logic: Model = _LOGIC[name](self, child, owner)
                return logic
            if name in _LATER:
                self.find(UNSUPPORTED, owner, what=name)
                return {"kind": "literal", "text": "null"}
        return None

    def _required(self, node: etree._Element, owner: etree._Element) -> Model:
        logic = self._logic_in(node, owner)
        if logic is None:
            self.find(NO_LOGIC, owner)
        return logic or {"kind": "literal", "text": "null"}

    def _literal(self, node: etree._Element, owner: etree._Element) -> Model:
        text = _text(node)
        if text is None:
            self.find(NO_LOGIC, owner)
        return {"kind": "literal", "text": text or "null"}

    def _table(self, node: etree._Element, owner: etree._Element) -> Model:
        hit, aggregation = node.get("hitPolicy", "UNIQUE"), node.get("aggregation")
        if hit not in HIT_POLICIES or (aggregation is not None and aggregation not in AGGREGATIONS):
            self.find(HIT_POLICY, owner, policy=f"{hit} {aggregation or ''}".strip())
        inputs = [_input(column) for column in _children(node, "input")]
        outputs = [_output(column) for column in _children(node, "output")]
        if not outputs:
            self.find(NO_OUTPUT, owner)
        names = {output["name"] for output in outputs}
        if len(outputs) > 1 and (len(names) < len(outputs) or None in names):
            self.find(OUTPUT_NAME, owner)
        rules = [_rule(row, at) for at, row in enumerate(_children(node, "rule"), start=1)]
        for row in rules:
            if len(row["cells"]) != len(inputs) or len(row["outputs"]) != len(outputs):
                self.find(CELLS, owner, row=row["index"])
        return {
            "kind": "table",
            "hit": hit,
            "aggregation": aggregation,
            "inputs": inputs,
            "outputs": outputs,
            "rules": rules,
        }

    def _context(self, node: etree._Element, owner: etree._Element) -> Model:
        entries = []
        for entry in _children(node, "contextEntry"):
            variable = _child(entry, "variable")
            name = None if variable is None else variable.get("name")
            entries.append({"name": name, "type": _type_of(variable), "logic": self._required(entry, owner)})
        return {"kind": "context", "entries": entries}

    def _list(self, node: etree._Element, owner: etree._Element) -> Model:
        items = [self._required_item(child, owner) for child in node.iterchildren("{*}*")]
        return {"kind": "list", "items": [item for item in items if item is not None]}

    def _relation(self, node: etree._Element, owner: etree._Element) -> Model:
        columns = [column.get("name", "") for column in _children(node, "column")]
        rows = [
            [
                item
                for child in row.iterchildren("{*}*")
                if (item := self._required_item(child, owner)) is not None
            ]
            for row in _children(node, "row")
        ]
        for at, row in enumerate(rows, start=1):
            if len(row) != len(columns):
                self.find(CELLS, owner, row=at)
        return {"kind": "relation", "columns": columns, "rows": rows}

    def _function(self, node: etree._Element, owner: etree._Element) -> Model:
        if node.get("kind", "FEEL") != "FEEL":
            self.find(UNSUPPORTED, owner, what=f"function {node.get('kind')}")
        return {"kind": "function", "parameters": _parameters(node), "body": self._required(node, owner)}

    def _invocation(self, node: etree._Element, owner: etree._Element) -> Model:
        called = _child(node, "literalExpression")
        bindings = []
        for binding in _children(node, "binding"):
            parameter = _child(binding, "parameter")
            name = "" if parameter is None else parameter.get("name", "")
            bindings.append({"name": name, "logic": self._required(binding, owner)})
        text = None if called is None else _text(called)
        if text is None:
            self.find(NO_LOGIC, owner)
        return {"kind": "invocation", "called": text or "null", "bindings": bindings}

    def _required_item(self, node: etree._Element, owner: etree._Element) -> Model | None:
        name = etree.QName(node).localname
        if name in _LOGIC:
            logic: Model = _LOGIC[name](self, node, owner)
            return logic
        if name in _LATER:
            self.find(UNSUPPORTED, owner, what=name)
        return None

    def _check_references(self) -> None:
        for kind in ("decisions", "knowledge"):
            for item in self.model[kind].values():
                for relation, target in (
                    ("inputs", "inputs"),
                    ("requires", kind),
                    ("knowledge", "knowledge"),
                ):
                    for missing in [i for i in item.get(relation, []) if i not in self.model[target]]:
                        self.find(MISSING, item, id=missing)
                        item[relation].remove(missing)
            for item in self.model[kind].values():
                if _reaches(self.model[kind], item["requires"], item["id"]):
                    self.find(CYCLE, item)


_LOGIC = {
    "literalExpression": DmnFile._literal,
    "decisionTable": DmnFile._table,
    "context": DmnFile._context,
    "list": DmnFile._list,
    "relation": DmnFile._relation,
    "functionDefinition": DmnFile._function,
    "invocation": DmnFile._invocation,
}
_LATER = frozenset({"conditional", "for", "every", "some", "filter"})


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return node.iterchildren(f"{{*}}{name}")


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return next(_children(node, name), None)


def _text(node: etree._Element) -> str | None:
    """The FEEL in a ``text`` child; None when there is nothing in it."""
    text = _child(node, "text")
    content = "" if text is None else "".join(text.itertext()).strip()
    return content or None


def _id(node: etree._Element) -> str:
    return node.get("id") or node.get("name") or ""


def _named(node: etree._Element) -> Model:
    """Id, shown name, and the name by which FEEL knows it."""
    variable = _child(node, "variable")
    name = node.get("name") or _id(node)
    return {
        "id": _id(node),
        "name": name,
        "variable": (variable.get("name") if variable is not None else None) or name,
    }


def _plain_type(text: str | None) -> str | None:
    return text.removeprefix("feel:") if text else None


def _type_of(variable: etree._Element | None) -> str | None:
    return _plain_type(variable.get("typeRef")) if variable is not None else None


def _type(node: etree._Element) -> Model:
    base = _child(node, "typeRef")
    return {
        "name": node.get("name", ""),
        "base": _plain_type((base.text or "").strip()) if base is not None else None,
        "collection": node.get("isCollection") == "true",
        "components": [_type(component) for component in _children(node, "itemComponent")],
    }


def _parameters(node: etree._Element) -> list[Model]:
    return [
        {"name": p.get("name", ""), "type": _plain_type(p.get("typeRef"))}
        for p in _children(node, "formalParameter")
    ]


def _references(node: etree._Element, kind: str) -> list[str]:
    return [target.get("href", "").removeprefix("#") for target in node.iterfind(f"{{*}}*/{{*}}{kind}")]


def _input(column: etree._Element) -> Model:
    expression = _child(column, "inputExpression")
    text = None if expression is None else _text(expression)
    values = _child(column, "inputValues")
    return {
        "label": column.get("label") or text or "",
        "expression": text or "null",
        "type": _type_of(expression),
        "allowed": _text(values) if values is not None else None,
    }


def _output(column: etree._Element) -> Model:
    values, default = _child(column, "outputValues"), _child(column, "defaultOutputEntry")
    text = _text(values) if values is not None else None
    return {
        "name": column.get("name"),
        "label": column.get("label") or column.get("name") or "",
        "type": _type_of(column),
        "priorities": [part.strip() for part in (text or "").split(",") if part.strip()],
        "default": _text(default) if default is not None else None,
    }


def _rule(row: etree._Element, index: int) -> Model:
    """A rule; a cell that matches everything is None. Annotations: the rule's description, then its annotation columns."""
    cells = [_text(cell) for cell in _children(row, "inputEntry")]
    description = _child(row, "description")
    notes = [
        description.text if description is not None else None,
        *(_text(n) for n in _children(row, "annotationEntry")),
    ]
    return {
        "id": row.get("id") or f"rule_{index}",
        "index": index,
        "cells": [None if cell == "-" else cell for cell in cells],
        "outputs": [_text(cell) for cell in _children(row, "outputEntry")],
        "annotations": [note.strip() for note in notes if note and note.strip()],
    }


def _clause(node: etree._Element) -> list[str]:
    """Clause ids of a decision."""
    return [part.strip() for part in _property(node, "clause").split(",") if part.strip()]


def _property(node: etree._Element, name: str) -> str:
    """The property of that name among an element's extension elements, whatever their namespace; "" for none."""
    for extension in _children(node, "extensionElements"):
        for entry in extension.iter("{*}property"):
            if entry.get("name") == name:
                return str(entry.get("value", ""))
    return ""


def _places(root: etree._Element) -> Iterator[tuple[str, tuple[float, float]]]:
    for shape in root.iter("{*}DMNShape"):
        bounds = _child(shape, "Bounds")
        if bounds is not None:
            try:
                yield shape.get("dmnElementRef", ""), (float(bounds.get("x", "")), float(bounds.get("y", "")))
            except ValueError:
                continue


def _reaches(items: dict[str, Model], start: list[str], goal: str) -> bool:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        current = waiting.pop()
        if current == goal:
            return True
        if current in items and current not in seen:
            seen.add(current)
            waiting.extend(items[current]["requires"])
    return False
