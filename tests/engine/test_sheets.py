"""Sheets at lint and deploy: what cannot be evaluated is refused, what nobody answers is told."""

from pathlib import Path

import pytest

from engine.bundles import read_bundle
from engine.feel import Evaluator

ROOT = Path(__file__).parents[2]


def nothing_known(kind: str, key: str) -> bool:
    """Nothing is in force."""
    return False


def found(evaluator: Evaluator, **changed: str) -> list[tuple[str, str, str]]:
    """(rule, severity, what it names) of the sheets of the procedure, some with another text."""
    files = {
        path.name: path.read_bytes()
        for folder, endings in (("processes", (".bpmn", ".dmn")), ("forms", (".form", ".html")))
        for path in (ROOT / folder).iterdir()
        if path.suffix in endings
    }
    files |= {f"{name}.html": text.encode() for name, text in changed.items()}
    return [
        (f.rule, f.severity, f.params.get("name", ""))
        for f in read_bundle(evaluator, {}, files, nothing_known).findings
        if f.rule.startswith("sheet_")
    ]


def test_the_sheets_of_the_procedure_print_only_what_is_answered(evaluator: Evaluator) -> None:
    assert found(evaluator) == []


@pytest.mark.parametrize(
    ("text", "rule", "severity", "name"),
    [
        ("<p>{{answer.opinon}}</p>", "sheet_unknown_key", "warning", "answer.opinon"),
        (
            "{{#if steps.accept.outcom = null}}x{{/if}}",
            "sheet_unknown_key",
            "warning",
            "steps.accept.outcom",
        ),
        ("{{steps.county_reviw.opinion}}", "sheet_unknown_step", "warning", "steps.county_reviw"),
        ("{{answer.opinion +}}", "sheet_syntax", "error", ""),
    ],
)
def test_a_name_that_nobody_answers_is_told(
    evaluator: Evaluator, text: str, rule: str, severity: str, name: str
) -> None:
    assert found(evaluator, county_review=text) == [(rule, severity, name)]


def test_what_is_known_or_quoted_or_out_of_sight_is_not(evaluator: Evaluator) -> None:
    text = '{{answer.by}}{{steps.accept.at}}{{"answer.nothing"}}{{any_variable.entry}}{{household.answer.x}}'
    assert found(evaluator, county_review=text) == []
    alone = read_bundle(
        evaluator, {}, {"county_review.html": b"{{answer.opinon}}{{steps.x.y}}"}, nothing_known
    )
    assert alone.findings == []
