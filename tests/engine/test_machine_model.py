"""The engine against the token game, on random drawings, stored and loaded between all steps."""

import re
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.dialect import DrawingFailed, read
from engine.machine import StepFailed
from tests.engine.drawing import Case
from tests.engine.random_drawings import START, Maker, bpmn
from tests.engine.token_game import Game, Plan, Token

EVENTS = 40


def key(case: Case, token: str) -> tuple:
    """Where a waiting token is: its element, and the scopes and members that it lies in."""
    at, path = case.machine.tree.tasks[token], []
    while at.parent is not None:
        path.insert(0, (at.task_spec.bpmn_id, at.internal_data.get("index")))
        at = at.parent
    return tuple(path)


def same(case: Case, game: Game) -> None:
    ours = sorted(repr((key(case, w.token), w.kind)) for w in case.machine.waits())
    assert ours == sorted(repr((t.path, t.waits)) for t in game.waiting())
    assert bool(case.ended) == bool(game.ended)
    assert case.root == game.root.vars
    assert {scope for scope, held in case.variables.items() if held} <= set(case.machine.tree.tasks)


def chosen_by(case: Case, waiting: Token, nth: int) -> str:
    """Our token that stands where the token game's does."""
    waits = [
        w for w in case.machine.waits() if key(case, w.token) == waiting.path and w.kind == waiting.waits
    ]
    return waits[nth].token


def play(random: Random, depth: int, events: int = EVENTS) -> int:
    """Play one random drawing through random events; how many happened."""
    plan = Maker(random, depth).plan
    case, game = Case(bpmn(plan).process(), **START), Game(plan, START)
    same(case, game)
    for i in range(events):
        waiting = game.waiting()
        if not waiting:
            return i
        chosen = random.choices(waiting, [1 if t.notes.get("at") else 5 for t in waiting])[0]
        alike = [t for t in waiting if t.path == chosen.path and t.waits == chosen.waits]
        timer = chosen.waits in ("timer", "signal")
        last = i > events * 0.6
        result = {} if timer else {
            "choice": random.choice([1, 2]), "again": not last and random.random() < 0.4, "shared": i, "made": i,
        }  # fmt: skip
        case.happen(chosen.waits, chosen_by(case, chosen, alike.index(chosen)), result)
        game.happen(chosen, dict(result))
        same(case, game)
    return events


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_random_drawings_behave_as_the_token_game(seed, depth):
    play(Random(seed), depth)


def damage(random: Random, plan: Plan) -> None:
    """Lead a flow elsewhere, draw another, or make an element another kind."""
    ids = list(plan.nodes)
    for _ in range(random.randint(1, 3)):
        match random.randrange(3):
            case 0:
                i = random.randrange(len(plan.flows))
                source, _, condition = plan.flows[i]
                plan.flows[i] = (source, random.choice(ids), condition)
            case 1:
                plan.flows.append((random.choice(ids), random.choice(ids), None))
            case 2:
                kinds = ["user", "par", "inclusive", "xor", "end", "call", "race"]
                plan.nodes[random.choice(ids)].kind = random.choice(kinds)


def stands_still(random: Random, case: Case) -> bool:
    """Whether the case comes to a point where nothing waits, though it has not ended."""
    for i in range(25):
        waits = case.machine.waits()
        if not waits:
            return case.ended is None
        wait = random.choice(waits)
        result = {"choice": random.choice([1, 2]), "again": random.random() < 0.3, "shared": i, "made": i}
        case.happen(wait.kind, wait.token, result)
    return False


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 4))
def test_a_drawing_that_is_let_pass_never_stands_still(seed, depth):
    random = Random(seed)
    plan = Maker(random, depth).plan
    damage(random, plan)
    reading = read("p.bpmn", bpmn(plan).xml())
    if reading.works:
        try:
            assert not stands_still(random, Case(reading.processes["p"], **START))
        except StepFailed as failed:
            assert isinstance(failed.cause, DrawingFailed)
            assert failed.cause.kind == "circles"


def as_another_maker(xml: bytes) -> bytes:
    """The drawing without a word of our dialect: nothing executable, `${…}` for FEEL, no message named."""
    text = re.sub(r"<extensionElements>.*?</extensionElements>", "", xml.decode())
    text = re.sub(r">=(\w+) = (\w+)</condition", r">${\1 == \2}</condition", text)
    text = re.sub(r'<messageEventDefinition messageRef="[^"]*"/>', "<messageEventDefinition/>", text)
    return text.replace('isExecutable="true"', 'isExecutable="false"').encode()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 4), st.booleans())
def test_another_makers_drawing_that_is_let_pass_never_stands_still(seed, depth, damaged):
    random = Random(seed)
    plan = Maker(random, depth).plan
    if damaged:
        damage(random, plan)
    reading = read("p.bpmn", as_another_maker(bpmn(plan).xml()))
    if reading.works:
        try:
            assert not stands_still(random, Case(reading.processes["p"], **START))
        except StepFailed as failed:
            assert isinstance(failed.cause, DrawingFailed)
            assert failed.cause.kind in ("circles", "no_way")
