"""Printed sheets as they are deployed: the syntax of their feelers, and whether what they print is ever answered.

What a sheet may name is told in docs/forms.md. Of that, `answer.KEY` and `steps.ELEMENT.KEY` can be held against the
drawings and forms at hand; a variable may also come from an operation, and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from engine.dialect import Element, Process
from engine.feel import FeelError
from engine.findings import Finding, Rule, rule

if TYPE_CHECKING:
    from engine.feel import Evaluator

SYNTAX = rule("sheet_syntax", "打印表中的“{expression}”有语法错误：{reason}")
NO_STEP = rule("sheet_unknown_step", "打印表中的“{name}”：所给流程里没有这一步，会印成空白", "warning")
NO_KEY = rule("sheet_unknown_key", "打印表中的“{name}”：那一步的表单不问这一项，会印成空白", "warning")

FEELERS = re.compile(r"{{(?:#if|#loop)?\s*([^/}][^}]*)}}")
TOLD = frozenset({"by", "at", "step", "in_place_of"})
"""What a sheet knows of each completed step besides its answer."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PATHS = re.compile(r"(?<![\w.])(answer|steps)\.(\w+)(?:\.(\w+))?")


def faults(evaluator: Evaluator, file: str, content: bytes) -> Iterator[Finding]:
    """Each feeler that cannot be evaluated whatever the case holds."""
    for expression in dict.fromkeys(FEELERS.findall(content.decode("utf-8", "replace"))):
        try:
            evaluator.names(expression)
        except FeelError as error:
            yield _finding(SYNTAX, file, expression=expression[:80], reason=str(error))


def unanswered(
    file: str, content: bytes, processes: Iterable[Process], keys: Mapping[str, Iterable[str]]
) -> Iterator[Finding]:
    """Each name in a sheet that no step answers. `keys`: what each form at hand asks for, by its id.

    A step whose form is not at hand may answer anything.
    """
    steps: dict[str, list[Element]] = {}  # an id may stand in several processes
    for process in processes:
        for element in process.elements.values():
            if element.type == "userTask":
                steps.setdefault(element.id, []).append(element)
    sheet = file.rpartition("/")[2].removesuffix(".html")
    own = [
        each for named in steps.values() for each in named if sheet in of_step(each.form_id, each.properties)
    ]
    text = content.decode("utf-8", "replace")
    inside = " ".join(_QUOTED.sub("", expression) for expression in FEELERS.findall(text))
    for root, first, second in dict.fromkeys(_PATHS.findall(inside)):
        if root == "answer" and own and not _answered(own, first, keys):
            yield _finding(NO_KEY, file, name=f"answer.{first}")
        elif root == "steps" and steps and first not in steps:
            yield _finding(NO_STEP, file, name=f"steps.{first}")
        elif root == "steps" and steps and second and not _answered(steps[first], second, keys):
            yield _finding(NO_KEY, file, name=f"steps.{first}.{second}")


def of_step(form_id: str | None, properties: Mapping[str, str]) -> list[str]:
    """The sheets that a user task fills in: its own, and those that it signs along."""
    own = properties.get("sheet") or form_id
    along = [name.strip() for name in properties.get("also_signs", "").split(",")]
    return [name for name in (own, *along) if name]


def _answered(elements: Iterable[Element], key: str, keys: Mapping[str, Iterable[str]]) -> bool:
    """Whether one of these steps answers it, as far as its form is at hand."""
    forms = [each.form_id or "" for each in elements]
    return key in TOLD or any(form not in keys or key in keys[form] for form in forms)


def _finding(fault: Rule, file: str, **params: str) -> Finding:
    return Finding(file, None, None, fault.name, fault.message, params, fault.severity)
