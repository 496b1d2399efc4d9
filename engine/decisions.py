"""Decisions (DMN): read and checked here, evaluated in V8 with all that they require in one call.

In a case a value that a decision needs and is not given is an error that names it, never a silent null; so is an entry that
what was given lacks. Who only asks may leave out what no rule marks as required. What fails *inside* an expression (a division by zero, a text where a number must be) is null, as the standard
says. The rules that matched are returned with their annotations: they are kept with the case and printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.dmn import SYNTAX, DmnFile
from engine.dmn_logic import Model
from engine.findings import Finding

if TYPE_CHECKING:
    from engine.feel import Evaluator


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a file.

    `inputs` are the names a caller must give, for this decision and all that it requires; `names` also those that
    expressions may take inside filters: load what exists of them. `required` are the decisions it rests on.
    """

    id: str
    name: str
    inputs: tuple[str, ...]
    names: frozenset[str]
    required: tuple[str, ...]
    clause: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionReading:
    """What came of reading one DMN file. `model` is JSON, for :func:`decide`; keep it with the deployment.

    `unsound` are the ids of what holds a text that is no FEEL, and of what rests on it: none of `decisions`.
    """

    decisions: dict[str, Decision]
    findings: list[Finding]
    model: Model
    namespace: str
    unsound: frozenset[str] = frozenset()

    @property
    def works(self) -> bool:
        """Whether the file can be deployed."""
        return not any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that made the result: `index` counts from 1 as in the drawn table; `outputs` by the columns' names."""

    rule_id: str
    index: int
    annotations: tuple[str, ...]
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """A table's input column with the value that its rules were tested against."""

    id: str
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One decision as it was evaluated on the way, the asked one last."""

    decision_id: str
    name: str
    output: Any
    matched: tuple[MatchedRule, ...]
    inputs: tuple[AskedColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What a decision says, by which rules, and what the decisions it required said."""

    output: Any
    decision_id: str
    name: str
    matched: tuple[MatchedRule, ...]
    evaluated: tuple[Evaluated, ...]

    @property
    def matched_rules(self) -> list[MatchedRule]:
        """The rules of every table on the way, in the order of evaluation."""
        return [rule for one in self.evaluated for rule in one.matched]


def read(
    evaluator: Evaluator, file: str, xml: bytes, others: Mapping[str, bytes] | None = None
) -> DecisionReading:
    """Read a DMN file: its decisions, its model, and every fault with its place. Never raises for a faulty file.

    Its decision services and knowledge models are asked like decisions. ``others`` are the files it may import (name → content).
    """
    dmn = DmnFile(file, xml, others)
    if any(finding.severity == "error" for finding in dmn.findings):
        return DecisionReading({}, dmn.findings, dmn.model, dmn.namespace)
    used = _names_by_item(evaluator, dmn)
    unsound = _resting_on(dmn.model, {f.element_id or "" for f in dmn.findings if f.rule == SYNTAX.name})
    decisions = {
        key: _decision(dmn.model, item, used)
        for kind in ("knowledge", "services", "decisions")
        for key, item in dmn.model[kind].items()
        if "#" not in key and "included" not in item and key not in unsound
    }
    return DecisionReading(decisions, dmn.findings, dmn.model, dmn.namespace, unsound)


def decide(
    evaluator: Evaluator,
    model: Mapping[str, Any],
    decision_id: str,
    inputs: Mapping[str, Any],
    now: datetime,
    *,
    lenient: bool = False,
) -> DecisionResult:
    """Evaluate a decision of a model with all it requires. FeelError: a missing or wrong input, overlapping rules, …

    With ``lenient`` what is not given is null, as the standard has it, but for an input that is marked as required.
    """
    found = evaluator.call(
        "decide", model=model, decision=decision_id, inputs=inputs, now=now, lenient=lenient
    )
    evaluated = tuple(
        Evaluated(
            one["decision_id"], one["name"], one["output"], _matched(one["matched"]), _asked(one["inputs"])
        )
        for one in found["evaluated"]
    )
    return DecisionResult(found["output"], decision_id, evaluated[-1].name, evaluated[-1].matched, evaluated)


def _asked(columns: list[dict[str, Any]]) -> tuple[AskedColumn, ...]:
    return tuple(AskedColumn(each["id"], each["name"], each["value"]) for each in columns)


def _matched(rules: list[dict[str, Any]]) -> tuple[MatchedRule, ...]:
    return tuple(MatchedRule(r["rule_id"], r["index"], tuple(r["annotations"]), r["outputs"]) for r in rules)


@dataclass(frozen=True, slots=True)
class _Used:
    """Names that a decision or a knowledge model takes from outside itself."""

    needed: frozenset[str]
    possible: frozenset[str]


def _decision(model: Model, item: Model, used: Mapping[str, _Used]) -> Decision:
    key = item["id"]
    if "parameters" in item:
        names = [parameter["name"] for parameter in item["parameters"]]
        return Decision(key, item["name"], tuple(sorted(names)), frozenset(names), (), ())
    given = [model["decisions"][one] for one in item.get("given", [])]
    required = _closure(model, item, frozenset(item.get("given", [])))
    asked = [] if "outputs" in item else [key]
    declared = [model["inputs"][i] for i in item["inputs"]] if "outputs" in item else []
    needed: set[str] = set()
    possible = {name for one in [*given, *declared] for name in (one["id"], one["name"], one["variable"])}
    for one in [*required, *asked]:
        inputs = [model["inputs"][i] for i in model["decisions"][one]["inputs"]]
        variables = {i["variable"] for i in inputs}
        # A caller may give an input under its id or its shown name too: all are looked for, one is needed.
        others = {name for i in inputs for name in (i["id"], i["name"])}
        needed |= used[one].needed - others | variables
        possible |= used[one].possible | variables | others
    return Decision(
        key,
        item["name"],
        tuple(sorted(needed)),
        frozenset(possible | needed),
        required,
        tuple(item["clause"]),
    )


def _closure(model: Model, item: Model, given: frozenset[str]) -> tuple[str, ...]:
    """All decisions that one rests on, each after those it rests on itself; what a service is given, it does not ask."""
    found: dict[str, None] = {}

    def visit(one: Model) -> None:
        for required in one["requires"]:
            if required not in found and required not in given:
                visit(model["decisions"][required])
                found[required] = None

    visit(item)
    return tuple(found)


def _resting_on(model: Model, unsound: set[str]) -> frozenset[str]:
    """These elements and all that need one of them."""
    items = [item for kind in ("decisions", "knowledge", "services") for item in model[kind].values()]
    count = -1
    while unsound and len(unsound) != count:
        count = len(unsound)
        for item in items:
            needed = [*item.get("requires", ()), *item.get("knowledge", ())]
            if not unsound.isdisjoint(needed):
                unsound.add(item["id"])
    return frozenset(unsound)


def _names_by_item(evaluator: Evaluator, dmn: DmnFile) -> dict[str, _Used]:
    """What each decision takes from outside, by its FEEL; FEEL that is none is found. One call into V8."""
    cells: list[dict[str, Any]] = []
    places: list[tuple[Model, str, frozenset[str]]] = []
    model = dmn.model
    for kind in ("decisions", "knowledge"):
        for item in model[kind].values():
            known = _known(model, item)
            for expression, test, cell, local in _expressions(item["logic"]):
                cells.append(
                    {
                        "expression": expression,
                        "kind": "unaryTest" if test else "evaluate",
                        "known": sorted(known | local),
                    }
                )
                places.append((item, cell, known | local))
    needed: dict[str, set[str]] = {key: set() for key in model["decisions"]}
    possible: dict[str, set[str]] = {key: set() for key in model["decisions"]}
    for (item, cell, bound), cell_in, names in zip(
        places, cells, evaluator.call("names_many", cells=cells), strict=True
    ):
        if fault := names.get("fault"):
            dmn.find(SYNTAX, item, cell=cell, expression=cell_in["expression"], reason=fault["reason"])
            continue
        for key in _users(model, item):
            needed[key] |= set(names["needed"]) - bound
            possible[key] |= set(names["possible"]) - bound
    return {key: _Used(frozenset(needed[key]), frozenset(possible[key])) for key in needed}


def _known(model: Model, item: Model) -> frozenset[str]:
    """Names that a decision gets from what it requires, and a knowledge model's own parameters."""
    names = {parameter["name"] for parameter in item.get("parameters", [])}
    called = {**model["knowledge"], **model["services"]}
    for relation, kind in (
        ("inputs", model["inputs"]),
        ("requires", model["decisions"]),
        ("knowledge", called),
    ):
        for key in item.get(relation, []):
            imported = item["imports"].get(key.partition("#")[0]) if "#" in key else None
            names |= {imported} if imported else {key, kind[key]["variable"]}
    return frozenset(names)


def _users(model: Model, item: Model) -> list[str]:
    """The decisions that an item's expressions run in: itself, or those that call a knowledge model."""
    if model["decisions"].get(item["id"]) is item:
        return [item["id"]]
    return [key for key, decision in model["decisions"].items() if item["id"] in decision["knowledge"]]


_Expression = tuple[
    str, bool, str, frozenset[str]
]  # FEEL, whether unary tests, where it stands, names bound around it


def _expressions(logic: Model, bound: frozenset[str] = frozenset()) -> Iterator[_Expression]:
    """Every piece of FEEL in a piece of logic."""
    match logic["kind"]:
        case "literal":
            yield logic["text"], False, "表达式", bound
        case "table":
            yield from ((text, test, cell, bound) for text, test, cell in _table_expressions(logic))
        case "context":
            for entry in logic["entries"]:
                yield from _expressions(entry["logic"], bound)
                bound = bound | {entry["name"]} if entry["name"] else bound
        case "list":
            for item in logic["items"]:
                yield from _expressions(item, bound)
        case "relation":
            for row in logic["rows"]:
                for item in row:
                    yield from _expressions(item, bound)
        case "function":
            yield from _expressions(logic["body"], bound | {p["name"] for p in logic["parameters"]})
        case "for" | "some" | "every":
            yield from _expressions(logic["in"], bound)
            yield from _expressions(logic["body"], bound | {logic["name"], "partial"})
        case "conditional":
            for part in ("if", "then", "else"):
                yield from _expressions(logic[part], bound)
        case "filter":
            yield from _expressions(logic["in"], bound)
            # The names of a list's entries are known to its filter alone, and only when it runs.
            yield from (
                (text, test, cell, bound | {"item"}) for text, test, cell, _ in _expressions(logic["match"])
            )
        case "invocation":
            yield logic["called"], False, "调用", bound
            for binding in logic["bindings"]:
                yield from _expressions(binding["logic"], bound)


def _table_expressions(table: Model) -> Iterator[tuple[str, bool, str]]:
    for column in table["inputs"]:
        yield column["expression"], False, "输入列"
        if column["allowed"]:
            yield column["allowed"], True, "输入列的取值"
    for column in table["outputs"]:
        if column["allowed"]:
            yield column["allowed"], True, "输出列的取值"
        if column["default"]:
            yield column["default"], False, "默认输出"
    for row in table["rules"]:
        yield from ((cell, True, f"第{row['index']}条规则的条件") for cell in row["cells"] if cell)
        outputs = (cell["text"] for cell in row["outputs"])
        yield from ((cell, False, f"第{row['index']}条规则的输出") for cell in outputs if cell)
