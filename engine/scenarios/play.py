"""Playing scenarios, and what came of it as data: for the command, the tests and the studio."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import decisions, deployments, settings
from engine.clock import SHANGHAI, MovableClock
from engine.errors import Refusal
from engine.runtime import Runtime
from engine.scenarios.player import Player, Unexpected
from engine.scenarios.reading import CaseScenario, DecisionCase, DecisionScenario, Scenario
from engine.scenarios.stage import Stage


@dataclass(frozen=True)
class Outcome:
    """What came of a scenario. `problem` is None when all came out as written; `step` counts from 1.

    `entered`: (process, element) of all that its case went through, `standing` of where it is at the end; `matched`: (decision, rule)
    of all that applied.
    """

    scenario: Scenario
    problem: str | None = None
    step: int | None = None
    seconds: float = 0.0
    entered: frozenset[tuple[str, str]] = field(default=frozenset())
    matched: frozenset[tuple[str, str]] = field(default=frozenset())
    standing: frozenset[tuple[str, str]] = field(default=frozenset())

    @property
    def passed(self) -> bool:
        """Whether all came out as written."""
        return self.problem is None


def play(stage: Stage, scenario: Scenario) -> Outcome:
    """Play one scenario from a fresh start."""
    began = time.perf_counter()
    moment = scenario.at if scenario.at.tzinfo else scenario.at.replace(tzinfo=SHANGHAI)
    clock = MovableClock(moment)
    with stage.runtime(clock) as runtime:
        if isinstance(scenario, DecisionScenario):
            step, problem, matched = _ask_all(runtime, scenario)
            entered = standing = frozenset[tuple[str, str]]()
        else:
            player = Player(runtime, clock)
            step, problem = perform(player, scenario)
            entered, matched, standing = player.entered(), player.matched(), player.standing()
    return Outcome(scenario, problem, step, time.perf_counter() - began, entered, matched, standing)


def perform(player: Player, scenario: CaseScenario) -> tuple[int | None, str | None]:
    """Do all steps of a scenario: the step that went otherwise, and how; None, None when none did."""
    steps = [*scenario.given, None, *scenario.steps]
    for number, step in enumerate(steps, -len(scenario.given)):
        try:
            if step is None:
                player.start(scenario.start, scenario.element, scenario.variables)
            else:
                player.step(step)
        except (Unexpected, Refusal) as problem:
            return max(number, 0), str(problem)
    stuck = player.unexpected_incidents()
    return (len(scenario.steps), f"故障：{stuck}") if stuck else (None, None)


def _ask_all(
    runtime: Runtime, scenario: DecisionScenario
) -> tuple[int | None, str | None, frozenset[tuple[str, str]]]:
    matched: set[tuple[str, str]] = set()
    for number, case in enumerate(scenario.cases, 1):
        try:
            _ask(runtime, scenario, case, matched)
        except Unexpected as problem:
            return number, str(problem), frozenset(matched)
    return None, None, frozenset(matched)


def _ask(
    runtime: Runtime, scenario: DecisionScenario, case: DecisionCase, matched: set[tuple[str, str]]
) -> None:
    now = runtime.clock.now()
    with runtime.database.read() as session:
        meant = deployments.definition(session, "decision", scenario.decision)
        found = deployments.decision(session, runtime.evaluator, meant)
        inputs = {"settings": settings.seen(session, now), **scenario.given, **case.inputs}
    try:
        result = decisions.decide(runtime.evaluator, found.model, scenario.decision, inputs, now)
    except Refusal as refusal:
        if case.refused is None or case.refused not in str(refusal):
            raise Unexpected(f"{case.inputs}：{refusal}") from refusal
        return
    if case.refused is not None:
        raise Unexpected(f"{case.inputs}：应拒绝（{case.refused}），却得出 {result.output}")
    matched.update((one.decision_id, rule.rule_id) for one in result.evaluated for rule in one.matched)
    if not agrees(case.expect, result.output):
        raise Unexpected(f"{case.inputs}：应为 {case.expect}，却得出 {result.output}")


def agrees(expected: Any, found: Any) -> bool:
    """Whether what was found is what was expected: of a context only the entries that are named."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return all(name in found and agrees(value, found[name]) for name, value in expected.items())
    return bool(expected == found)
