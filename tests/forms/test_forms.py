"""Each form is sound, takes a complete answer whole, and names what is missing."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine import forms
from engine.clock import MovableClock
from engine.feel import Evaluator
from registry import public
from tests.forms.answers import CASE, COMPLETE, EXPENSES, INCOME

FORMS = Path(__file__).parents[2] / "forms"
NAMES = sorted(path.stem for path in FORMS.glob("*.form"))
CLAUSES = {
    *(f"S{number:02}" for number in range(1, 26)),
    *("F4.1", "F4.2", "F4.4", "F4.5", "F5.1", "F5.2", "F5.3", "F5.4", "F5.5", "F6.1", "F6.2", "F6.3", "F6.4"),
    *(f"F4.3.{number}" for number in range(1, 7)),
    *(f"F4.5.{number}" for number in range(1, 7)),
    "N1",
}

NOTICES = ("registration_notice", "registration_announcement", "public_list")
"""Sheets for the notice board."""


def schema_of(name: str) -> dict[str, Any]:
    """The form as form-js JSON."""
    schema: dict[str, Any] = json.loads((FORMS / f"{name}.form").read_bytes())
    return schema


def fields(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, those of groups and lists too."""
    for component in components:
        yield component
        yield from fields(component.get("components", []))


@pytest.fixture
def check(evaluator: Evaluator, clock: MovableClock) -> Any:
    """Check an answer against a form by its name, in a case that knows `CASE`."""

    def run(name: str, answer: Mapping[str, Any], **known: Any) -> forms.Checked:
        return forms.check(evaluator, schema_of(name), dict(answer), {**CASE, **known}, clock.now())

    return run


def test_each_form_has_a_sheet_and_a_complete_answer() -> None:
    assert set(NAMES) == set(COMPLETE)
    sheets = {path.stem for path in FORMS.glob("*.html")}
    assert sheets == {*NAMES, "authorization", *NOTICES} - {"notice_posting"}, (
        "its step prints a public notice"
    )


@pytest.mark.parametrize("name", NOTICES)
def test_a_public_notice_never_names_what_must_not_be_shown(name: str) -> None:
    """S19, and the law: no ID number, phone, account or health on a notice board, nor what tells of them."""
    sheet = (FORMS / f"{name}.html").read_text("utf-8")
    named = set(re.findall(r"\w+", " ".join(re.findall(r"{{(.*?)}}", sheet))))
    assert named <= {
        *("mark", "household", "head_name", "population", "county", "township", "village"),
        *("answer", "at", "if", "then", "else", "null", "年", "月", "日"),
        *("place", "what", "loop", "households", *public.FACTS),
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_form_can_be_deployed_and_names_its_clause(name: str, evaluator: Evaluator) -> None:
    reading = forms.read(evaluator, f"{name}.form", (FORMS / f"{name}.form").read_bytes())
    assert [str(finding) for finding in reading.findings] == []
    assert reading.id == name
    assert reading.clause
    assert set(reading.clause) <= CLAUSES


@pytest.mark.parametrize("name", NAMES)
def test_a_complete_answer_is_taken_whole(name: str, check: Any) -> None:
    checked = check(name, COMPLETE[name])
    assert checked.errors == {}
    assert not _lost(COMPLETE[name], checked.data)


def _lost(given: Any, kept: Any) -> list[str]:
    """What of an answer was not kept, by path; an empty text may be kept as none."""
    if isinstance(given, Mapping):
        return [
            f"{key}.{rest}" for key, value in given.items() for rest in _lost(value, (kept or {}).get(key))
        ]
    if isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        return [rest for value, same in zip(given, kept, strict=True) for rest in _lost(value, same)]
    return [] if given == kept or (given in ("", []) and not kept) else [repr(given)]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_required_is_named_when_it_is_missing(name: str, check: Any) -> None:
    """Every required field that a complete answer shows, left out alone, is the one that is named."""
    shown = [f for f in fields(schema_of(name)["components"]) if f.get("validate", {}).get("required")]
    tried = 0
    for field in shown:
        answer = json.loads(json.dumps(COMPLETE[name]))
        key = field["key"]
        if not _remove(answer, key.split(".")):
            continue
        tried += 1
        errors = check(name, answer, household={}, area=None).errors
        assert any(path == key or path.startswith((f"{key}.", f"{key}[")) for path in errors), (key, errors)
    assert tried or not shown or name == "measure_choice"


def _remove(answer: dict[str, Any], path: list[str]) -> bool:
    *outer, last = path
    for part in outer:
        answer = answer.get(part, {})
    return answer.pop(last, None) is not None


def test_a_measure_from_the_catalogue_needs_no_name_and_another_one_does(check: Any) -> None:
    errors = check("measure_choice", {"measures": [{"code": "JY01"}, {}]}).errors
    assert set(errors) == {
        *("measures[0].department", "measures[0].due", "measures[1].department", "measures[1].due"),
        *("measures[1].name", "measures[1].category", "measures[1].fund_source"),
    }


def test_the_measures_offered_are_the_catalogue() -> None:
    table = (FORMS.parent / "registry" / "data" / "measures.csv").read_text("utf-8")
    codes = [row["code"] for row in csv.DictReader(io.StringIO(table))]
    field = next(f for f in fields(schema_of("measure_choice")["components"]) if f.get("key") == "code")
    assert [option["value"] for option in field["values"]] == codes


@pytest.mark.parametrize(
    ("name", "outcome", "asked"),
    [
        ("acceptance", "受理", set()),
        ("acceptance", "不予受理", {"opinion"}),
        ("acceptance", "退回补正", {"mend"}),
        ("county_review", "同意纳入", {"kind", "grounds", "opinion"}),
        ("county_review", "不予纳入", {"opinion"}),
        ("county_review", "退回补正", {"mend", "return_to"}),
        ("warning_confirmation", "确认", set()),
        ("warning_confirmation", "改判", {"level", "opinion"}),
        ("measure_delivery", "已落实", {"delivered_on", "delivery"}),
        ("measure_delivery", "无法落实", {"opinion"}),
        ("measure_result", "销号", {"result"}),
        ("measure_result", "退回补正", {"mend"}),
        ("exit_review", "同意移出", set()),
        ("exit_review", "继续监测", {"opinion"}),
    ],
)
def test_an_outcome_asks_for_its_reason_and_for_nothing_else(
    name: str, outcome: str, asked: set[str], check: Any
) -> None:
    checked = check(name, {"outcome": outcome}, inclusion={"outcome": "人工判断"})
    assert set(checked.errors) == asked


def test_the_county_gives_a_reason_only_where_it_differs_from_the_rule(check: Any) -> None:
    answer = {"outcome": "同意纳入", "kind": "脱贫不稳定户", "grounds": [1]}
    assert check("county_review", answer, inclusion={"outcome": "纳入"}).errors == {}
    assert set(check("county_review", answer, inclusion={"outcome": "不符合"}).errors) == {"opinion"}


@pytest.mark.parametrize("attribute", ["未脱贫户", "低保脱贫户", "特困供养脱贫户"])
def test_a_household_of_s12_is_asked_for_its_expenses_and_not_for_its_income(
    attribute: str, check: Any
) -> None:
    answer = json.loads(json.dumps(COMPLETE["application"]))
    answer["household"]["attribute"] = attribute
    checked = check("application", answer)
    assert {path.split(".")[0] for path in checked.errors} == {"living_expenses"}
    assert "income" not in checked.data
    assert check("application", {**answer, "living_expenses": EXPENSES}).errors == {}


def test_a_household_that_is_exempt_is_verified_without_its_income(check: Any) -> None:
    answer = {**COMPLETE["verification"], "living_expenses": EXPENSES}
    kept = check("verification", answer, income_exempt=True)
    assert kept.errors == {}
    assert "income" not in kept.data
    assert "living_expenses" not in check("verification", answer, income_exempt=False).data
    assert not any(f.get("type") == "income" for f in fields(schema_of("visit_basic")["components"]))


def test_a_known_fact_is_not_asked_again(check: Any) -> None:
    """What the registry knows stands though the answer leaves it out."""
    answer = json.loads(json.dumps(COMPLETE["application"]))
    known = answer.pop("household")
    checked = check("application", answer, household=known)
    assert checked.errors == {}
    assert checked.data["household"] == known


def test_every_key_is_in_the_contract() -> None:
    contract = (FORMS.parent / "processes" / "README.md").read_text("utf-8")
    contract += (FORMS.parent / "docs" / "architecture.md").read_text("utf-8")
    for name in NAMES:
        for field in fields(schema_of(name)["components"]):
            for part in re.findall(r"\w+", field.get("key") or field.get("path") or ""):
                assert re.search(rf"\b{part}\b", contract), (name, part)


def test_an_option_that_is_not_offered_is_refused(check: Any) -> None:
    assert set(check("grading", {"level": "绿", "opinion": "无"}).errors) == {"level"}
    bad = {**COMPLETE["county_review"], "grounds": [5]}
    assert set(check("county_review", bad).errors) == {"grounds"}


def test_an_income_sheet_names_the_empty_cell(check: Any) -> None:
    sheet = json.loads(json.dumps(INCOME))
    del sheet["forecast"]["wage"]
    assert set(check("visit", {**COMPLETE["visit"], "income": sheet}).errors) == {"income.forecast.wage"}
