"""Reads and checks a bundle of drawings, rules, forms and sheets together, before any of it takes force."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from lxml import etree

from engine import decisions, forms, sending, sheets, starts, styles, tables
from engine.advice import advise
from engine.dialect import Element, Process, read
from engine.dmn import SYNTAX
from engine.feel import Evaluator, FeelError
from engine.findings import Finding, Rule, rule

NO_FORM = rule("missing_form", "找不到表单“{wanted}”")
NO_DECISION = rule("missing_decision", "找不到规则“{wanted}”")
NO_PROCESS = rule("missing_process", "找不到被调用的流程“{wanted}”")
TWICE = rule("defined_twice", "“{wanted}”在“{other}”中已有定义")
HIDDEN = rule("decision_hidden", "决策“{wanted}”在“{other}”中另有同编号的，按编号只能问到后者", "warning")
UNKNOWN_FILE = rule(
    "unknown_file", "不认识的文件类型：请用 .bpmn（或 .bpmn20.xml）、.dmn、.form、.html 或 .css"
)
FOREIGN_JOB = rule("foreign_job", "本系统没有操作“{wanted}”，将等候外部程序处理", "warning")
NO_BEGINNING = rule("start_needs_case", "流程开始时还没有案件：开始事件的时间或名称不能用变量，且要合用")
BAD_SCENARIO = rule("bad_scenario", "场景读不懂：{detail}")
ALSO = rule("also_defined", "“{wanted}”在“{other}”中也有定义，两个文件不能一起部署", "warning")
UNREADABLE = rule("unreadable", "检查这个文件时出了意外，不予部署；请把文件交给维护人员")

RULES = (
    "decision",
    "decisionService",
    "businessKnowledgeModel",
)  # what of a file of rules is asked by its id

Known = Callable[[str, str], bool]
"""Whether a definition (kind, id) is there otherwise: in force already, or in another file."""

log = structlog.get_logger()


@dataclass
class Bundle:
    """What a set of files defines, by id, and what is wrong with it. `files` says which file defines (kind, id)."""

    processes: dict[str, Process] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)  # id → name
    forms: dict[str, str] = field(default_factory=dict)
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)  # form id → the keys that it asks for
    files: dict[tuple[str, str], str] = field(default_factory=dict)
    namespaces: dict[str, str] = field(default_factory=dict)  # of each file of rules
    findings: list[Finding] = field(default_factory=list)
    all_processes: bool = False
    advice: bool = False
    sound_only: Known | None = None

    @property
    def works(self) -> bool:
        """Whether it may be deployed."""
        return not any(f.severity == "error" for f in self.findings)


def read_bundle(
    evaluator: Evaluator,
    job_types: Mapping[str, Any],
    resources: Mapping[str, bytes],
    known: Known,
    *,
    beside: Mapping[str, bytes] | None = None,
    all_processes: bool = False,
    advice: bool = False,
    sound_only: bool = False,
) -> Bundle:
    """Read every file and check what they need of each other and of what is `known`.

    `beside`: files that those of rules may import, if not the resources themselves. `all_processes`: take those marked as
    not executable too. `advice`: say also what Camunda's rules would. `sound_only`: leave out a decision whose text is no
    FEEL, and those that rest on it, with a warning, unless it is one that is `known`.
    """
    bundle = Bundle(all_processes=all_processes, advice=advice, sound_only=known if sound_only else None)
    files = {**(beside or {}), **resources}
    for name in sorted(resources):
        read_file = _READERS.get(_suffix(name), _unknown)
        try:
            read_file(bundle, evaluator, name, files)
        except Exception:  # whatever somebody uploads, he is told of his file, not of our code
            log.exception("unreadable_file", file=name)
            bundle.findings.append(_finding(UNREADABLE, name))
    for process in bundle.processes.values():
        bundle.findings.extend(_missing(bundle, process, known))
        bundle.findings.extend(_untagged(process, resources, known))
        bundle.findings.extend(_foreign(process, job_types))
    for name in sorted(resources):
        if name.lower().endswith(".html"):
            told = sheets.unanswered(name, resources[name], bundle.processes.values(), bundle.asked)
            bundle.findings.extend(told)
    return bundle


def names_in(name: str, content: bytes) -> set[tuple[str, str]]:
    """What a file says that it defines, as (kind, id), without a check of anything else in it.

    What bears a version's tag is named by it too: ("tagged decision", "level stable").
    """
    try:
        if _suffix(name) == "form":
            form = json.loads(content)
            return _named("form", str(form["id"]), [form["versionTag"]] if "versionTag" in form else [])
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError, KeyError, TypeError):
        return set()
    kinds = {"process": "process"} | dict.fromkeys(RULES, "decision")
    found: set[tuple[str, str]] = set()
    for node in root.iterchildren("{*}*"):
        kind, key = kinds.get(etree.QName(node).localname), node.get("id")
        if kind and key:
            tags = node.iterfind("{*}extensionElements/{*}versionTag")
            found |= _named(kind, key, (tag.get("value") for tag in tags))
    return found


def _named(kind: str, key: str, tags: Iterable[Any]) -> set[tuple[str, str]]:
    return {(kind, key)} | {(f"tagged {kind}", f"{key} {tag}") for tag in tags}


def twice(bundle: Bundle, where: Mapping[tuple[str, str], Sequence[str]]) -> list[Finding]:
    """What other files define too. `where`: the files that say so of each (kind, id)."""
    return [
        _finding(ALSO, file, wanted=key[1], other=other)
        for key, file in bundle.files.items()
        for other in [each for each in where.get(key, ()) if each != file][:1]
    ]


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _drawing(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    reading = read(
        file,
        files[file],
        lambda expression: _syntax(evaluator, expression),
        all_processes=bundle.all_processes,
    )
    bundle.findings.extend(reading.findings)
    if bundle.advice:
        bundle.findings.extend(advise(evaluator, file, files[file], reading))
    for process in reading.processes.values():
        _define(bundle, "process", process.id, file)
        for start in process.starts:
            if not starts.can_start(evaluator, start):
                bundle.findings.append(_finding(NO_BEGINNING, file, process.elements[start.element_id]))
        bundle.processes[process.id] = process


def _rules(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    reading = decisions.read(evaluator, file, files[file], files)
    bundle.namespaces[file] = reading.namespace
    in_force = bundle.sound_only
    if in_force is not None and not any(in_force("decision", key) for key in reading.unsound):
        bundle.findings.extend(
            replace(finding, severity="warning") if finding.rule == SYNTAX.name else finding
            for finding in reading.findings
        )
    else:
        bundle.findings.extend(reading.findings)
    if not any(finding.severity == "error" for finding in reading.findings):
        bundle.findings.extend(tables.findings(file, reading.model))
    for decision in reading.decisions.values():
        other = bundle.files.get(("decision", decision.id), file)
        if other != file and bundle.namespaces.get(other) != reading.namespace:
            # An id is one of its file's namespace: both can be, but the evaluation by id finds one.
            bundle.findings.append(_finding(HIDDEN, file, wanted=decision.id, other=other))
            continue
        _define(bundle, "decision", decision.id, file)
        bundle.decisions[decision.id] = decision.name


def _form(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    reading = forms.read(evaluator, file, files[file])
    bundle.findings.extend(reading.findings)
    if reading.works:
        _define(bundle, "form", reading.id, file)
        bundle.forms[reading.id] = reading.id
        bundle.asked[reading.id] = reading.keys


def _sheet(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    bundle.findings.extend(sheets.faults(evaluator, file, files[file]))


def _style(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    bundle.findings.extend(styles.faults(file, files[file]))


def _unknown(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    bundle.findings.append(_finding(UNKNOWN_FILE, file))


def _scenarios(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    from engine.scenarios import reading  # what plays scenarios deploys bundles

    if not file.endswith(reading.ENDING):
        return _unknown(bundle, evaluator, file, files)
    try:
        reading.parse(file, files[file])
    except reading.Unreadable as refusal:
        bundle.findings.append(_finding(BAD_SCENARIO, file, detail=str(refusal.params["detail"])))


_READERS = {
    "yaml": _scenarios,
    "bpmn": _drawing,
    "bpmn2": _drawing,
    "xml": _drawing,
    "dmn": _rules,
    "form": _form,
    "html": _sheet,
    "css": _style,
}


def _define(bundle: Bundle, kind: str, key: str, file: str) -> None:
    other = bundle.files.setdefault((kind, key), file)
    if other != file:
        bundle.findings.append(_finding(TWICE, file, wanted=key, other=other))


def _syntax(evaluator: Evaluator, expression: str) -> str | None:
    try:
        never = evaluator.names(expression).valueless
    except FeelError as error:
        return str(error)
    return str(FeelError("not_a_value")) if never else None


_NEEDS: tuple[tuple[str, str, str, str, Rule], ...] = (
    ("form", "forms", "formDefinition", "formId", NO_FORM),
    ("decision", "decisions", "calledDecision", "decisionId", NO_DECISION),
    ("process", "called", "calledElement", "processId", NO_PROCESS),
)


def _missing(bundle: Bundle, process: Process, known: Known) -> Iterator[Finding]:
    for kind, references, extension, attribute, fault in _NEEDS:
        for wanted in sorted(getattr(process.references, references)):
            if (kind, wanted) not in bundle.files and not known(kind, wanted):
                for element in _naming(process, extension, attribute, wanted):
                    yield _finding(fault, process.file, element, wanted=wanted)


def _untagged(process: Process, resources: Mapping[str, bytes], known: Known) -> Iterator[Finding]:
    """Versions that are asked for by a tag which none bears."""
    for kind, _, extension, attribute, fault in _NEEDS:
        for element in process.elements.values():
            key, tag = (element.setting(extension, each) or "" for each in (attribute, "versionTag"))
            if element.setting(extension, "bindingType") != "versionTag" or key.startswith("="):
                continue
            wanted = (f"tagged {kind}", f"{key} {tag}")
            if not known(*wanted) and not any(wanted in names_in(*each) for each in resources.items()):
                yield _finding(fault, process.file, element, wanted=f"{key} {tag}")


def _foreign(process: Process, job_types: Mapping[str, Any]) -> Iterator[Finding]:
    for wanted in sorted(process.references.job_types - job_types.keys() - {sending.TYPE}):
        for element in _naming(process, "taskDefinition", "type", wanted):
            yield _finding(FOREIGN_JOB, process.file, element, wanted=wanted)


def _naming(process: Process, extension: str, attribute: str, wanted: str) -> list[Element]:
    return [e for e in process.elements.values() if e.setting(extension, attribute) == wanted]


def _finding(fault: Rule, file: str, element: Element | None = None, **params: str) -> Finding:
    if element is None:
        return Finding(file, None, None, fault.name, fault.message, params, fault.severity)
    return Finding(
        file,
        element.id,
        element.name,
        fault.name,
        fault.message,
        params,
        fault.severity,
        element.x,
        element.y,
    )
