"""Every scenario beside the drawings comes out as written, and together they enter every element and apply every rule."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from lxml import etree

from engine import replay
from engine.clock import Clock, MovableClock
from engine.models.instances import Instance
from engine.runtime import Runtime
from engine.scenarios import CaseScenario, Outcome, Scenario, Stage, play, read
from engine.scenarios.reading import Put
from web import rehearsal

FOUND = read(rehearsal.SCENARIOS)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
DRAWN = sorted(rehearsal.PROCESSES.glob("*.bpmn"))
PASSED_THROUGH = ("Event", "Task", "Gateway", "Activity", "subProcess")


@pytest.fixture(scope="module")
def outcomes(stage: Stage) -> "Outcomes":
    return Outcomes(stage)


class Outcomes(dict[str, Outcome]):
    """What came of each scenario, played when it is first asked for; of those in `REPLAYED` also how their cases went."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scenarios = {scenario.name: scenario for scenario in FOUND}
        self.courses: dict[str, list[replay.Course]] = {}
        self.playing = ""

    def __missing__(self, name: str) -> Outcome:
        self.playing = name
        return self.setdefault(name, play(self, self.scenarios[name]))

    @contextmanager
    def runtime(self, clock: Clock) -> Iterator[Runtime]:
        """What a scenario is played in."""
        with self.stage.runtime(clock) as runtime:
            yield runtime
            if self.playing in REPLAYED:
                with runtime.database.read() as session:
                    begun = sa.select(Instance.key).where(Instance.parent_key.is_(None))
                    self.courses[self.playing] = [replay.read(session, key) for key in session.scalars(begun)]


def longest() -> set[str]:
    """Of each procedure the longest scenario, if it changes no setting on its way."""
    found: dict[str, CaseScenario] = {}
    for scenario in FOUND:
        if isinstance(scenario, CaseScenario) and not any(isinstance(step, Put) for step in scenario.steps):
            best = found.setdefault(scenario.start, scenario)
            if len(scenario.steps) > len(best.steps):
                found[scenario.start] = scenario
    return {scenario.name for scenario in found.values()}


REPLAYED = longest()


@pytest.mark.parametrize("scenario", FOUND, ids=lambda scenario: scenario.name)
def test_comes_out_as_written(outcomes: dict[str, Outcome], scenario: Scenario) -> None:
    outcome = outcomes[scenario.name]
    assert outcome.passed, f"第{outcome.step}步：{outcome.problem}"


def test_every_element_is_entered(outcomes: dict[str, Outcome]) -> None:
    entered = {found for scenario in FOUND for found in outcomes[scenario.name].entered}
    drawn = {
        (process.get("id"), element.get("id"))
        for file in DRAWN
        for process in etree.parse(file).getroot().iter(BPMN + "process")
        for element in process.iter(BPMN + "*")
        if etree.QName(element).localname.endswith(PASSED_THROUGH)
    }
    assert drawn - entered == set()


def test_every_rule_applies_somewhere(outcomes: dict[str, Outcome]) -> None:
    applied = {found for scenario in FOUND for found in outcomes[scenario.name].matched}
    written = {
        (decision.get("id"), rule.get("id"))
        for file in rehearsal.PROCESSES.glob("*.dmn")
        for decision in etree.parse(file).getroot().iter(DMN + "decision")
        for rule in decision.iter(DMN + "rule")
    }
    assert written - applied == set()


def test_every_procedure_goes_the_same_way_when_it_is_replayed(outcomes: Outcomes) -> None:
    """From the journal alone: no operation is asked, and nothing of the registry is there."""
    for name in REPLAYED:
        assert outcomes[name].passed
    courses = [course for name in REPLAYED for course in outcomes.courses[name]]
    drawn = {
        process.get("id") for file in DRAWN for process in etree.parse(file).getroot().iter(BPMN + "process")
    }
    assert drawn == {part.process for course in courses for part in course.parts.values()}
    clock = MovableClock(datetime(2020, 6, 1, tzinfo=UTC))
    with outcomes.stage.runtime(clock) as runtime:
        player = replay.Player(runtime, clock)
        for course in courses:
            verdict = replay.compare(course, player.play(course, course.events[-1].at))
            assert verdict.outcome == replay.SAME, f"{course.root.process_id}: {verdict}"
