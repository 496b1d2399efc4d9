"""Reads and checks a bundle of drawings, rules, forms and sheets together, before any of it takes force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import decisions, forms, sending
from engine.dialect import Element, Process, read
from engine.feel import Evaluator, FeelError
from engine.findings import Finding, Rule, rule

NO_FORM = rule("missing_form", "找不到表单“{wanted}”")
NO_DECISION = rule("missing_decision", "找不到规则“{wanted}”")
NO_PROCESS = rule("missing_process", "找不到被调用的流程“{wanted}”")
TWICE = rule("defined_twice", "“{wanted}”在“{other}”中已有定义")
UNKNOWN_FILE = rule("unknown_file", "不认识的文件类型：请用 .bpmn、.dmn、.form、.html 或 .css")
FOREIGN_JOB = rule("foreign_job", "本系统没有操作“{wanted}”，将等候外部程序处理", "warning")
UNCHECKED = {
    kind: rule(f"unchecked_{kind}", "“{wanted}”不在所给文件中，未核对", "warning")
    for kind in ("form", "decision", "process")
}

Known = Callable[[str, str], bool]
"""Whether a definition (kind, id) is in force already."""


@dataclass
class Bundle:
    """What a set of files defines, by id, and what is wrong with it. `files` says which file defines (kind, id)."""

    processes: dict[str, Process] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)  # id → name
    forms: dict[str, str] = field(default_factory=dict)
    files: dict[tuple[str, str], str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def works(self) -> bool:
        """Whether it may be deployed."""
        return not any(f.severity == "error" for f in self.findings)


def read_bundle(
    evaluator: Evaluator,
    job_types: Mapping[str, Any],
    resources: Mapping[str, bytes],
    known: Known | None = None,
) -> Bundle:
    """Read every file and check what they need of each other and of what `known` says is in force.

    Without `known` (a check without a database) something that is in none of the files is an error only where files of
    its kind were given at all: a single drawing can be checked by itself.
    """
    bundle = Bundle()
    for name in sorted(resources):
        _READERS.get(name.rpartition(".")[2].lower(), _unknown)(bundle, evaluator, name, resources)
    for process in bundle.processes.values():
        bundle.findings.extend(_missing(bundle, process, known))
        bundle.findings.extend(_foreign(process, job_types))
    return bundle


def _drawing(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    reading = read(file, files[file], lambda expression: _syntax(evaluator, expression))
    bundle.findings.extend(reading.findings)
    for process in reading.processes.values():
        _define(bundle, "process", process.id, file)
        bundle.processes[process.id] = process


def _rules(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    reading = decisions.read(evaluator, file, files[file], files)
    bundle.findings.extend(reading.findings)
    for decision in reading.decisions.values():
        _define(bundle, "decision", decision.id, file)
        bundle.decisions[decision.id] = decision.name


def _form(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    reading = forms.read(evaluator, file, files[file])
    bundle.findings.extend(reading.findings)
    if reading.works:
        _define(bundle, "form", reading.id, file)
        bundle.forms[reading.id] = reading.id


def _sheet(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    """A sheet is filled in by feelers when it is printed; nothing in it names other files."""


def _unknown(bundle: Bundle, evaluator: Evaluator, file: str, files: Mapping[str, bytes]) -> None:
    bundle.findings.append(_finding(UNKNOWN_FILE, file))


_READERS = {"bpmn": _drawing, "dmn": _rules, "form": _form, "html": _sheet, "css": _sheet}


def _define(bundle: Bundle, kind: str, key: str, file: str) -> None:
    other = bundle.files.setdefault((kind, key), file)
    if other != file:
        bundle.findings.append(_finding(TWICE, file, wanted=key, other=other))


def _syntax(evaluator: Evaluator, expression: str) -> str | None:
    try:
        evaluator.names(expression)
    except FeelError as error:
        return str(error)
    return None


_NEEDS: tuple[tuple[str, str, str, str, Rule], ...] = (
    ("form", "forms", "formDefinition", "formId", NO_FORM),
    ("decision", "decisions", "calledDecision", "decisionId", NO_DECISION),
    ("process", "called", "calledElement", "processId", NO_PROCESS),
)


def _missing(bundle: Bundle, process: Process, known: Known | None) -> Iterator[Finding]:
    for kind, references, extension, attribute, fault in _NEEDS:
        given_kind = any(each == kind for each, _ in bundle.files)
        for wanted in sorted(getattr(process.references, references)):
            if (kind, wanted) in bundle.files or (known is not None and known(kind, wanted)):
                continue
            alone = known is None and (not given_kind or kind == "process")
            for element in _naming(process, extension, attribute, wanted):
                yield _finding(UNCHECKED[kind] if alone else fault, process.file, element, wanted=wanted)


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
