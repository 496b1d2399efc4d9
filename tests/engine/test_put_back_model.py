"""Tokens put back at random in random drawings: the case never stands still by that."""

import json
from random import Random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.instances import Passed
from engine.mending.back import Way, _Ways
from tests.engine.drawing import Case
from tests.engine.random_drawings import START, Maker, bpmn

EVENTS, MOST = 25, 400


def history(case: Case) -> list[Passed]:
    """What the store would tell of the case's elements."""
    found: dict[str, Passed] = {}
    for change in case.changes:
        if change.kind == "entered":
            entered = Passed(1, change.token, change.element_id, None, "active", change.at, None)
            found[change.token] = entered
        elif change.kind in ("completed", "cancelled") and change.token in found:
            known = found[change.token]
            found[change.token] = Passed(
                1, known.token, known.element, None, change.kind, change.at, change.at
            )
    return sorted(found.values(), key=lambda each: (len(each.token), each.token))


def ways(case: Case) -> list[Way]:
    return _Ways(case.process, json.loads(case.stored)["tokens"], history(case), {}).all()


def play(random: Random, depth: int) -> int:
    """How many tokens were put back."""
    case, moved = Case(bpmn(Maker(random, depth).plan).process(), **START), 0
    for i in range(MOST):
        waits = case.machine.waits()
        if not waits:
            break
        if i < EVENTS and random.random() < 0.3 and (found := ways(case)):
            way = random.choice(found)
            put_back(case, way.token, random.choice(way.to))
            moved += 1
            continue
        wait = random.choice([w for w in waits if w.kind not in ("timer", "signal")] or waits)
        timer = wait.kind in ("timer", "signal")
        result = {} if timer else {"choice": random.choice([1, 2]), "again": False, "shared": i, "made": i}
        case.happen(wait.kind, wait.token, result)
    assert case.ended is not None or case.machine.waits(), "it stands still"
    return moved


def put_back(case: Case, token: str, to: str) -> None:
    case.step(lambda machine: machine.put_back(token, to))


# What a non-interrupting event began, put back to its activity; what was being undone: both stood still once.
@example(471, 5)
@example(646, 4)
@example(1334, 4)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(2, 5))
def test_a_case_that_was_put_back_never_stands_still(seed, depth):
    play(Random(seed), depth)
