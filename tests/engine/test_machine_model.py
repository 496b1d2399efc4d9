"""The engine against the token game, on random drawings, stored and loaded between all steps."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.drawing import Case
from tests.engine.random_drawings import START, Maker, bpmn
from tests.engine.token_game import Game, Token

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


def act(case: Case, waiting: Token, nth: int, result: dict) -> None:
    where = [
        w for w in case.machine.waits() if key(case, w.token) == waiting.path and w.kind == waiting.waits
    ]
    token = where[nth].token
    if waiting.waits == "timer":
        case.step(lambda m: m.fire(token))
    elif waiting.waits == "message":
        case.step(lambda m: m.deliver(token, result))
    else:
        case.step(lambda m: m.complete(token, result))


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
        timer = chosen.waits == "timer"
        last = i > events * 0.6
        result = {} if timer else {
            "choice": random.choice([1, 2]), "again": not last and random.random() < 0.4, "shared": i, "made": i,
        }  # fmt: skip
        act(case, chosen, alike.index(chosen), result)
        game.happen(chosen, dict(result))
        same(case, game)
    return events


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_random_drawings_behave_as_the_token_game(seed, depth):
    play(Random(seed), depth)
