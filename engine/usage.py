"""Names that a change brings in and nobody gives a value, and questions that it asks and nobody reads the answer of.

Told of what is new against the files before: what a program sends along at the start of a case is not in any file, so
that an old name may well have its value from there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.dialect.checks.expressions import expressions
from engine.dialect.outline import ProcessOutline, outline
from engine.dialect.xml import Unreadable, parse
from engine.feel import Evaluator, FeelError
from engine.findings import Finding, rule

NOT_GIVEN = rule("name_not_given", "“{name}”没有哪一步、哪张表单给过值；请核对名字，或先给它赋值", "warning")
NOT_READ = rule("answer_not_read", "“{name}”问了，但没有哪一步、规则或打印表用到；不用的请删去", "warning")
_WORD = re.compile(r"\w+")
_ALWAYS = {"settings", "loopCounter", "item"}


def findings(
    evaluator: Evaluator, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> Iterator[Finding]:
    """What is new in `after` and loose. Files that cannot be read are the check's own business."""
    yield from _not_given(evaluator, before, after)
    yield from _not_read(before, after)


def _not_given(
    evaluator: Evaluator, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> Iterator[Finding]:
    changed = [name for name in after if name.endswith(".bpmn") and before.get(name) != after[name]]
    new: dict[tuple[str, str], tuple[str, str]] = {}  # (file, variable) → the element that first uses it
    for file in changed:
        known = {
            name for process in _drawn(before.get(file, b"")) for _, _, name in _used(evaluator, process)
        }
        for process in _drawn(after[file]):
            for key, shown, name in _used(evaluator, process):
                if name not in known:
                    new.setdefault((file, name), (key, shown))
    if not new:
        return
    given = _ALWAYS | {key for data in _forms(after).values() for key in _keys(data)}
    given |= {name for process in _drawings(after) for name in _set(process)}
    for (file, name), (key, shown) in new.items():
        if name not in given:
            yield _finding(file, NOT_GIVEN, key, shown, name)


def _not_read(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Finding]:
    old = _forms({name: data for name, data in before.items() if after.get(name) != data})
    new = {
        file: [key for key in _keys(data) if key not in set(_keys(old.get(file, {})))]
        for file, data in _forms({n: d for n, d in after.items() if before.get(n) != d}).items()
    }
    if not any(new.values()):
        return
    words = {
        word for name, data in after.items() if name.endswith((".html", ".dmn")) for word in _words(data)
    }
    words |= {
        word
        for process in _drawings(after)
        for element in (process.element, *process.elements.values())
        for expression in expressions(process, element)
        for word in _WORD.findall(expression)
    }
    for file, keys in new.items():
        yield from (_finding(file, NOT_READ, key, key, key) for key in keys if key not in words)


def _drawings(files: Mapping[str, bytes]) -> Iterator[ProcessOutline]:
    for name, data in files.items():
        if name.endswith(".bpmn"):
            yield from _drawn(data)


def _drawn(data: bytes) -> list[ProcessOutline]:
    try:
        return outline(parse(data)).processes
    except Unreadable:
        return []


def _forms(files: Mapping[str, bytes]) -> dict[str, Any]:
    found = {}
    for name, data in files.items():
        if name.endswith(".form"):
            try:
                found[name] = json.loads(data)
            except (ValueError, RecursionError):
                continue
    return found


def _keys(schema: Any) -> Iterator[str]:
    """The variables that a form's answer sets."""
    for component in schema.get("components") or [] if isinstance(schema, dict) else []:
        if isinstance(component, dict):
            key = component.get("key") or component.get("path")
            if key:
                yield str(key).partition(".")[0]
            if not component.get("path"):
                yield from _keys(component)


def _set(process: ProcessOutline) -> Iterator[str]:
    """The variables that a drawing itself sets."""
    for key in process.element.properties:
        if key.startswith("start.with."):
            yield key.removeprefix("start.with.")
    for element in process.elements.values():
        yield from (
            target.partition(".")[0] for target, _ in element.mappings.inputs + element.mappings.outputs
        )
        for extension in ("calledDecision", "script"):
            if name := element.setting(extension, "resultVariable"):
                yield name
        if element.loop is not None:
            yield from (n for n in (element.loop.input_element, element.loop.output_collection) if n)


def _used(evaluator: Evaluator, process: ProcessOutline) -> Iterator[tuple[str, str, str]]:
    """(element, its name, variable) of every name that must exist."""
    for element in (process.element, *process.elements.values()):
        for expression in expressions(process, element):
            try:
                needed = evaluator.names(expression).needed
            except FeelError:
                continue
            yield from ((element.id, element.name or element.id, name) for name in sorted(needed))


def _words(data: bytes) -> list[str]:
    return _WORD.findall(data.decode("utf-8", "replace"))


def _finding(file: str, why: Any, key: str, shown: str, name: str) -> Finding:
    return Finding(file, key, shown, why.name, why.message, {"name": name}, why.severity)
