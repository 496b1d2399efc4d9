"""Reads DMN's boxed expressions (decision tables, contexts, lists, loops, …) for :mod:`engine.dmn`.

A piece of logic is ``{"kind": "literal"|"table"|"context"|"list"|"relation"|"function"|"invocation"|"conditional"|
"for"|"some"|"every"|"filter", …}``. FEEL is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from lxml import etree

from engine.findings import Rule, rule

HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})

NO_LOGIC = rule("dmn_no_logic", "决策没有规则：请画决策表或写表达式")
EXTERNAL = rule("dmn_external", "不执行其他语言的函数（{kind}），调用结果为空", "warning")
HIT_POLICY = rule("dmn_hit_policy", "不支持命中策略“{policy}”")
CELLS = rule("dmn_cells", "第{row}条规则的单元格数与列数不符")
NO_OUTPUT = rule("dmn_no_output", "决策表没有输出列")
OUTPUT_NAME = rule("dmn_output_name", "有多个输出列时，每列都要有不同的名称")

Model = dict[str, Any]


class _Find(Protocol):
    def __call__(self, kind: Rule, element: Any = None, /, **params: Any) -> None: ...


class LogicReader:
    """Reads pieces of logic; what is wrong with one is told to ``find`` with the element that owns it."""

    def __init__(self, find: _Find) -> None:
        self._find = find

    def read(self, node: etree._Element, owner: etree._Element) -> Model | None:
        """The first piece of logic among an element's children; None if there is none."""
        for child in node.iterchildren("{*}*"):
            name = etree.QName(child).localname
            if name in _LOGIC:
                return self._typed(child, owner)
        return None

    def _typed(self, node: etree._Element, owner: etree._Element) -> Model:
        logic: Model = _LOGIC[etree.QName(node).localname](self, node, owner)
        if (given := type_of(node)) and logic["kind"] != "function":
            logic["type"] = given
        return logic

    def _required(self, node: etree._Element, owner: etree._Element) -> Model:
        logic = self.read(node, owner)
        if logic is None:
            self._find(NO_LOGIC, owner)
        return logic or {"kind": "literal", "text": "null"}

    def _literal(self, node: etree._Element, owner: etree._Element) -> Model:
        text = text_of(node)
        if text is None:
            self._find(NO_LOGIC, owner)
        return {"kind": "literal", "text": text or "null"}

    def _table(self, node: etree._Element, owner: etree._Element) -> Model:
        hit, aggregation = node.get("hitPolicy", "UNIQUE"), node.get("aggregation")
        if hit not in HIT_POLICIES or (aggregation is not None and aggregation not in AGGREGATIONS):
            self._find(HIT_POLICY, owner, policy=f"{hit} {aggregation or ''}".strip())
        inputs = [_input(column) for column in children(node, "input")]
        outputs = [_output(column) for column in children(node, "output")]
        if not outputs:
            self._find(NO_OUTPUT, owner)
        names = {output["name"] for output in outputs}
        if len(outputs) > 1 and (len(names) < len(outputs) or None in names):
            self._find(OUTPUT_NAME, owner)
        rules = [_rule(row, at) for at, row in enumerate(children(node, "rule"), start=1)]
        for row in rules:
            if len(row["cells"]) != len(inputs) or len(row["outputs"]) != len(outputs):
                self._find(CELLS, owner, row=row["index"])
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
        for entry in children(node, "contextEntry"):
            variable = child(entry, "variable")
            name = None if variable is None else variable.get("name")
            entries.append({"name": name, "type": type_of(variable), "logic": self._required(entry, owner)})
        return {"kind": "context", "entries": entries}

    def _list(self, node: etree._Element, owner: etree._Element) -> Model:
        items = [self._required_item(child, owner) for child in node.iterchildren("{*}*")]
        return {"kind": "list", "items": [item for item in items if item is not None]}

    def _relation(self, node: etree._Element, owner: etree._Element) -> Model:
        columns = [{"name": each.get("name", ""), "type": type_of(each)} for each in children(node, "column")]
        rows = [
            [
                item
                for child in row.iterchildren("{*}*")
                if (item := self._required_item(child, owner)) is not None
            ]
            for row in children(node, "row")
        ]
        for at, row in enumerate(rows, start=1):
            if len(row) != len(columns):
                self._find(CELLS, owner, row=at)
        return {"kind": "relation", "columns": columns, "rows": rows}

    def function(self, node: etree._Element, owner: etree._Element) -> Model:
        """A function's parameters and body; only FEEL's own functions are carried out, Java's and PMML's are null."""
        if (kind := node.get("kind", "FEEL")) != "FEEL":
            self._find(EXTERNAL, owner, kind=kind)
            return {"kind": "literal", "text": "null"}
        return {"kind": "function", "parameters": parameters(node), "body": self._required(node, owner)}

    def _invocation(self, node: etree._Element, owner: etree._Element) -> Model:
        called = child(node, "literalExpression")
        bindings = []
        for binding in children(node, "binding"):
            parameter = child(binding, "parameter")
            name = "" if parameter is None else parameter.get("name", "")
            bindings.append(
                {"name": name, "type": type_of(parameter), "logic": self._required(binding, owner)}
            )
        text = None if called is None else text_of(called)
        if text is None:
            self._find(NO_LOGIC, owner)
        return {"kind": "invocation", "called": text or "null", "bindings": bindings}

    def _required_item(self, node: etree._Element, owner: etree._Element) -> Model | None:
        return self._typed(node, owner) if etree.QName(node).localname in _LOGIC else None

    def _conditional(self, node: etree._Element, owner: etree._Element) -> Model:
        return {"kind": "conditional", **self._parts(node, owner, "if", "then", "else")}

    def _filter(self, node: etree._Element, owner: etree._Element) -> Model:
        return {"kind": "filter", **self._parts(node, owner, "in", "match")}

    def _loop(self, node: etree._Element, owner: etree._Element) -> Model:
        """``for``, ``some`` or ``every``: over a list, under a name, what is returned or satisfied."""
        kind = etree.QName(node).localname
        inside = "return" if kind == "for" else "satisfies"
        parts = self._parts(node, owner, "in", inside)
        return {
            "kind": kind,
            "name": node.get("iteratorVariable", ""),
            "in": parts["in"],
            "body": parts[inside],
        }

    def _parts(self, node: etree._Element, owner: etree._Element, *names: str) -> Model:
        parts: Model = {}
        for name in names:
            part = child(node, name)
            parts[name] = {"kind": "literal", "text": "null"} if part is None else self._required(part, owner)
            if part is None:
                self._find(NO_LOGIC, owner)
        return parts


_LOGIC = {
    "literalExpression": LogicReader._literal,
    "decisionTable": LogicReader._table,
    "context": LogicReader._context,
    "list": LogicReader._list,
    "relation": LogicReader._relation,
    "functionDefinition": LogicReader.function,
    "invocation": LogicReader._invocation,
    "conditional": LogicReader._conditional,
    "filter": LogicReader._filter,
    "for": LogicReader._loop,
    "some": LogicReader._loop,
    "every": LogicReader._loop,
}


def children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return node.iterchildren(f"{{*}}{name}")


def child(node: etree._Element, name: str) -> etree._Element | None:
    return next(children(node, name), None)


def text_of(node: etree._Element) -> str | None:
    """The FEEL in a ``text`` child; None when there is nothing in it."""
    text = child(node, "text")
    content = "" if text is None else "".join(text.itertext()).strip()
    return content or None


def plain_type(text: str | None) -> str | None:
    """A type's name without the prefix that DMN 1.1 writes before it (``feel:number``)."""
    return text.strip().rpartition(":")[2] if text else None


def type_of(variable: etree._Element | None) -> str | None:
    return plain_type(variable.get("typeRef")) if variable is not None else None


def parameters(node: etree._Element) -> list[Model]:
    return [
        {"name": p.get("name", ""), "type": plain_type(p.get("typeRef"))}
        for p in children(node, "formalParameter")
    ]


def _input(column: etree._Element) -> Model:
    expression = child(column, "inputExpression")
    text = None if expression is None else text_of(expression)
    values = child(column, "inputValues")
    return {
        "id": column.get("id") or "",
        "label": column.get("label") or text or "",
        "expression": text or "null",
        "type": type_of(expression),
        "allowed": text_of(values) if values is not None else None,
    }


def _output(column: etree._Element) -> Model:
    values, default = child(column, "outputValues"), child(column, "defaultOutputEntry")
    text = text_of(values) if values is not None else None
    return {
        "name": column.get("name"),
        "label": column.get("label") or column.get("name") or "",
        "type": type_of(column),
        "allowed": text,
        "priorities": [part.strip() for part in (text or "").split(",") if part.strip()],
        "default": text_of(default) if default is not None else None,
    }


def _rule(row: etree._Element, index: int) -> Model:
    """A rule; a cell that matches everything is None. Annotations: the rule's description, then its annotation columns."""
    cells = [text_of(cell) for cell in children(row, "inputEntry")]
    description = child(row, "description")
    notes = [
        description.text if description is not None else None,
        *(text_of(n) for n in children(row, "annotationEntry")),
    ]
    return {
        "id": row.get("id") or f"rule_{index}",
        "index": index,
        "cells": [None if cell == "-" else cell for cell in cells],
        "outputs": [{"text": text_of(cell), "type": type_of(cell)} for cell in children(row, "outputEntry")],
        "annotations": [note.strip() for note in notes if note and note.strip()],
    }
