"""Every scenario beside the drawings comes out as written, and together they enter every element and apply every rule."""

from collections.abc import Iterator

import pytest

from engine.feel import Evaluator
from engine.scenarios import CaseScenario, Scenario, Stage, play, read
from web import rehearsal

FOUND = read(rehearsal.SCENARIOS)


@pytest.fixture(scope="module")
def stage(evaluator: Evaluator) -> Iterator[Stage]:
    with rehearsal.stage(evaluator) as made:
        yield made


@pytest.mark.parametrize("scenario", FOUND, ids=lambda scenario: scenario.name)
def test_comes_out_as_written(stage: Stage, scenario: Scenario) -> None:
    outcome = play(stage, scenario)
    assert outcome.passed, f"第{outcome.step}步：{outcome.problem}"


def test_there_are_scenarios_of_both_kinds() -> None:
    assert {type(scenario) is CaseScenario for scenario in FOUND} == {True, False}
