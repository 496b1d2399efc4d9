"""Every scenario beside the drawings comes out as written, and together they enter every element and apply every rule."""

import pytest
from lxml import etree

from engine.scenarios import Outcome, Scenario, Stage, play, read
from web import rehearsal

FOUND = read(rehearsal.SCENARIOS)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
PASSED_THROUGH = ("Event", "Task", "Gateway", "Activity", "subProcess")


@pytest.fixture(scope="module")
def outcomes(stage: Stage) -> dict[str, Outcome]:
    return Outcomes(stage)


class Outcomes(dict[str, Outcome]):
    """What came of each scenario, played when it is first asked for."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scenarios = {scenario.name: scenario for scenario in FOUND}

    def __missing__(self, name: str) -> Outcome:
        return self.setdefault(name, play(self.stage, self.scenarios[name]))


@pytest.mark.xdist_group("scenarios")
@pytest.mark.parametrize("scenario", FOUND, ids=lambda scenario: scenario.name)
def test_comes_out_as_written(outcomes: dict[str, Outcome], scenario: Scenario) -> None:
    outcome = outcomes[scenario.name]
    assert outcome.passed, f"第{outcome.step}步：{outcome.problem}"


@pytest.mark.xdist_group("scenarios")
def test_every_element_is_entered(outcomes: dict[str, Outcome]) -> None:
    entered = {found for scenario in FOUND for found in outcomes[scenario.name].entered}
    drawn = {
        (process.get("id"), element.get("id"))
        for file in rehearsal.PROCESSES.glob("*.bpmn")
        for process in etree.parse(file).getroot().iter(BPMN + "process")
        for element in process.iter(BPMN + "*")
        if etree.QName(element).localname.endswith(PASSED_THROUGH)
    }
    assert drawn - entered == set()


@pytest.mark.xdist_group("scenarios")
def test_every_rule_applies_somewhere(outcomes: dict[str, Outcome]) -> None:
    applied = {found for scenario in FOUND for found in outcomes[scenario.name].matched}
    written = {
        (decision.get("id"), rule.get("id"))
        for file in rehearsal.PROCESSES.glob("*.dmn")
        for decision in etree.parse(file).getroot().iter(DMN + "decision")
        for rule in decision.iter(DMN + "rule")
    }
    assert written - applied == set()
