"""Reads DMN 1.1 to 1.5 (as dmn-js writes 1.3) into the JSON model that engine/v8/decisions.js evaluates.

Nothing is evaluated here, and FEEL is not looked at: :mod:`engine.decisions` does both. What cannot be read is a
:class:`Finding` with its place on the canvas. What an ``import`` names is read from the files that were given with it.

The model: ``decisions``, ``inputs``, ``knowledge`` (business knowledge models) and ``services`` by id, or by name where
there is none; ``types`` (item definitions) by name. What is imported has its file's namespace before it:
``namespace#id``; ``imports`` of an item says under which name its expressions know a namespace. What is imported without a
name is as if it stood here (``included``), where nothing of that id stands already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any

from lxml import etree

from engine.dmn_logic import (
    LogicReader,
    Model,
    child,
    children,
    parameters,
    plain_type,
    text_of,
    type_of,
)
from engine.findings import Finding, Rule, rule

MAX_BYTES = 5_000_000
MAX_IMPORTS = 200  # a file that several import is read for each of them
NAMESPACES = frozenset(
    f"https://www.omg.org/spec/DMN/{version}/MODEL/"
    for version in ("20191111", "20211108", "20230324", "20240513")
) | {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",  # 1.1 as the first modelers wrote it
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
}
KINDS = ("decisions", "inputs", "knowledge", "services")
ELEMENTS = {
    "decision": "decisions",
    "inputData": "inputs",
    "businessKnowledgeModel": "knowledge",
    "decisionService": "services",
}

UNREADABLE = rule("dmn_unreadable", "无法读取决策文件：{reason}")
EMPTY = rule("dmn_empty", "文件中没有决策，也没有可供其他文件引用的内容")
UNDECIDED = rule("dmn_undecided", "决策没有规则，结果为空：请画决策表或写表达式", "warning")
DUPLICATE = rule("dmn_duplicate_id", "编号“{id}”重复")
MISSING = rule("dmn_missing_reference", "引用的“{id}”不存在")
NO_IMPORT = rule("dmn_missing_import", "引用的文件（{namespace}）不在所给文件中")
CYCLE = rule("dmn_cycle", "决策之间循环依赖")
TOO_MANY = rule("dmn_too_many_imports", "直接和间接引用的文件过多，不予读取")
IMPORT_CYCLE = rule("dmn_import_cycle", "文件互相引用（{namespace}），各取一次", "warning")
SYNTAX = rule("dmn_syntax", "{cell}“{expression}”有语法错误：{reason}")


class DmnFile:
    """One DMN file: :attr:`model` and what was found while reading it.

    ``others`` are the files that it may import (name → content); ``importing`` the namespaces that lead here, and
    ``imported`` those of all files that were read on the way.
    """

    def __init__(
        self,
        file: str,
        xml: bytes,
        others: Mapping[str, bytes] | None = None,
        importing: frozenset[str] = frozenset(),
        imported: list[str] | None = None,
    ) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.model: Model = {"types": {}, **{kind: {} for kind in KINDS}}
        self.namespace = ""
        self._imports: dict[str, str] = {}
        self._imported = [] if imported is None else imported
        self._places: dict[str, tuple[float, float]] = {}
        self._logic = LogicReader(self.find)
        root = self._parse(xml)
        if root is not None:
            self.namespace = root.get("namespace", "")
            self._read(root, others or {}, importing | {self.namespace})

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
            self.find(UNREADABLE, reason="不是 DMN 1.1–1.5")
            return None
        return root

    def _read(self, root: etree._Element, others: Mapping[str, bytes], importing: frozenset[str]) -> None:
        self._places = dict(_places(root))
        self._imports = {
            node.get("namespace", ""): node.get("name", "")
            for node in children(root, "import")
            if node.get("importType", "") in NAMESPACES
        }
        self.model["types"] = {node.get("name", ""): _type(node) for node in children(root, "itemDefinition")}
        for node in root.iterchildren("{*}*"):
            if kind := ELEMENTS.get(etree.QName(node).localname):
                if (key := _id(node)) in self.model[kind]:
                    self.find(DUPLICATE, node, id=key)
                self.model[kind][key] = _READERS[kind](self, node)
        if not any(self.model.values()) and not self._imports:
            self.find(EMPTY, root)
        for namespace in self._imports:
            self._import(root, namespace, others, importing)
        self._check_references()

    def _import(
        self, root: etree._Element, namespace: str, others: Mapping[str, bytes], importing: frozenset[str]
    ) -> None:
        """Take over what another file defines, its own names with its namespace before them."""
        if namespace in importing:
            self.find(IMPORT_CYCLE, root, namespace=namespace)
            return
        found = next((name for name in sorted(others) if _namespace_of(others[name]) == namespace), None)
        if found is None:
            self.find(NO_IMPORT, root, namespace=namespace)
            return
        if len(self._imported) >= MAX_IMPORTS:
            self.find(TOO_MANY, root)
            return
        self._imported.append(namespace)
        other = DmnFile(found, others[found], others, importing, self._imported)
        self.findings.extend(other.findings)
        types = other.model["types"]
        if not (known_as := self._imports[namespace]):
            self.model["types"] = {**types, **self.model["types"]}
            for kind in KINDS:
                for key, item in other.model[kind].items():
                    self.model[kind].setdefault(key, {**item, "included": True})
            return
        for kind in KINDS:
            for key, item in other.model[kind].items():
                self.model[kind][_within(namespace, key)] = _moved(namespace, item, types)
        for name, definition in types.items():
            moved = _retyped(definition, namespace, types)
            self.model["types"] |= {_within(namespace, name): moved, f"{known_as}.{name}": moved}

    def _decision(self, node: etree._Element) -> Model:
        logic = self._logic.read(node, node)
        if logic is None:
            self.find(UNDECIDED, node)
        return {
            **self._named(node),
            "type": type_of(child(node, "variable")),
            "inputs": self._references(node, "requiredInput"),
            "requires": self._references(node, "requiredDecision"),
            "knowledge": self._references(node, "requiredKnowledge"),
            "clause": _clause(node),
            "logic": logic or {"kind": "literal", "text": "null"},
        }

    def _input(self, node: etree._Element) -> Model:
        return {
            **self._named(node),
            "type": type_of(child(node, "variable")),
            "required": _property(node, "required") == "true",
        }

    def _knowledge(self, node: etree._Element) -> Model:
        body = child(node, "encapsulatedLogic")
        logic = None if body is None else self._logic.function(body, node)
        if logic is None:
            self.find(UNDECIDED, node)
        return {
            **self._named(node),
            "type": type_of(child(node, "variable")),
            "parameters": [] if body is None else parameters(body),
            "knowledge": self._references(node, "requiredKnowledge"),
            "logic": logic["body"] if logic and "body" in logic else {"kind": "literal", "text": "null"},
        }

    def _service(self, node: etree._Element) -> Model:
        outputs = self._targets(children(node, "outputDecision"))
        return {
            **self._named(node),
            "type": type_of(child(node, "variable")),
            "outputs": outputs,
            "inputs": self._targets(children(node, "inputData")),
            "given": self._targets(children(node, "inputDecision")),
            "requires": list(outputs),
            "clause": _clause(node),
        }

    def _named(self, node: etree._Element) -> Model:
        """Id, shown name, the name by which FEEL knows it, and how its own expressions know other files."""
        variable = child(node, "variable")
        name = node.get("name") or _id(node)
        return {
            "id": _id(node),
            "name": name,
            "variable": (variable.get("name") if variable is not None else None) or name,
            "imports": self._imports,
        }

    def _references(self, node: etree._Element, kind: str) -> list[str]:
        return self._targets(node.iterfind(f"{{*}}*/{{*}}{kind}"))

    def _targets(self, references: Iterable[etree._Element]) -> list[str]:
        """What `href` attributes name: a file may name its own elements with its namespace, too."""
        targets = [reference.get("href", "").rpartition("#") for reference in references]
        here = {self.namespace, *(space for space, name in self._imports.items() if not name)}
        return [key if space in here or not space else f"{space}#{key}" for space, _, key in targets]

    def _check_references(self) -> None:
        decisions, inputs = self.model["decisions"], self.model["inputs"]
        called = {**self.model["knowledge"], **self.model["services"]}
        targets = {"inputs": inputs, "requires": decisions, "knowledge": called}
        targets |= {"outputs": decisions, "given": decisions}
        for item in [*decisions.values(), *called.values()]:
            for relation, target in targets.items():
                for missing in [key for key in item.get(relation, []) if key not in target]:
                    self.find(MISSING, item, id=missing)
                    item[relation].remove(missing)
        for key, item in decisions.items():
            if _reaches(decisions, item["requires"], key):
                self.find(CYCLE, item)


_READERS = {
    "decisions": DmnFile._decision,
    "inputs": DmnFile._input,
    "knowledge": DmnFile._knowledge,
    "services": DmnFile._service,
}


def _namespace_of(xml: bytes) -> str:
    """The namespace that a file of rules says it is, by its first tag; "" for what is no XML."""
    try:
        for _, root in etree.iterparse(
            BytesIO(xml), events=("start",), resolve_entities=False, no_network=True
        ):
            return str(root.get("namespace", ""))
    except etree.XMLSyntaxError:
        pass
    return ""


def _within(namespace: str, key: str) -> str:
    return key if "#" in key else f"{namespace}#{key}"


def _moved(namespace: str, item: Model, types: Model) -> Model:
    """An imported element, its references and the names of its types with its namespace before them."""
    moved: Model = {**_retyped(item, namespace, types), "id": _within(namespace, item["id"])}
    for relation in ("inputs", "requires", "knowledge", "outputs", "given"):
        if relation in item:
            moved[relation] = [_within(namespace, key) for key in item[relation]]
    return moved


def _retyped(part: Any, namespace: str, types: Model) -> Any:
    if isinstance(part, list):
        return [_retyped(each, namespace, types) for each in part]
    if not isinstance(part, dict):
        return part
    named = {
        key: _within(namespace, part[key])
        for key in ("type", "base", "output")
        if isinstance(part.get(key), str) and part[key] in types
    }
    return {key: _retyped(each, namespace, types) for key, each in part.items()} | named


def _id(node: etree._Element) -> str:
    return node.get("id") or node.get("name") or ""


def _type(node: etree._Element) -> Model:
    base = child(node, "typeRef")
    allowed = [child(node, "allowedValues"), child(node, "typeConstraint")]
    return {
        "name": node.get("name", ""),
        "base": plain_type(base.text) if base is not None else None,
        "collection": node.get("isCollection") == "true",
        "function": _function(child(node, "functionItem")),
        "allowed": [text for each in allowed if each is not None and (text := text_of(each))],
        "components": [_type(component) for component in children(node, "itemComponent")],
    }


def _function(item: etree._Element | None) -> Model | None:
    if item is None:
        return None
    parameters = [type_of(each) for each in children(item, "parameters")]
    return {"parameters": parameters, "output": plain_type(item.get("outputTypeRef"))}


def _clause(node: etree._Element) -> list[str]:
    """Clause ids of a decision."""
    return [part.strip() for part in _property(node, "clause").split(",") if part.strip()]


def _property(node: etree._Element, name: str) -> str:
    """The property of that name among an element's extension elements, whatever their namespace; "" for none."""
    for extension in children(node, "extensionElements"):
        for entry in extension.iter("{*}property"):
            if entry.get("name") == name:
                return str(entry.get("value", ""))
    return ""


def _places(root: etree._Element) -> Iterator[tuple[str, tuple[float, float]]]:
    for shape in root.iter("{*}DMNShape"):
        bounds = child(shape, "Bounds")
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
