"""Cases in every position of random drawings go over to random edits of them, and go on as the token game on the new drawing says."""

import json
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.dialect import read
from engine.migration.mapping import Mapping, propose
from engine.migration.reconcile import reconcile
from engine.migration.tokens import move
from tests.engine.drawing import Case
from tests.engine.migration.edits import Edited, Editor, carry_over
from tests.engine.random_drawings import START, Maker
from tests.engine.test_machine_model import chosen_by, same
from tests.engine.token_game import Game


def play_on(random: Random, case: Case, game: Game, events: int, first: int) -> int:
    """Let random things happen to both, compared after each; how many happened."""
    for i in range(first, first + events):
        waiting = game.waiting()
        if not waiting:
            return i - first
        chosen = random.choices(waiting, [1 if t.notes.get("at") else 5 for t in waiting])[0]
        alike = [t for t in waiting if t.path == chosen.path and t.waits == chosen.waits]
        timer = chosen.waits in ("timer", "signal")
        result = {} if timer else {
            "choice": random.choice([1, 2]), "again": i < 25 and random.random() < 0.4, "shared": i, "made": i,
        }  # fmt: skip
        case.happen(chosen.waits, chosen_by(case, chosen, alike.index(chosen)), result)
        game.happen(chosen, dict(result))
        same(case, game)
    return events


def go_over(case: Case, new: Edited, mapping: Mapping) -> bool:
    """Migrate an instance in memory. False: an arrival's way is gone, and two new ones might be meant."""
    old, case.process = case.process, new.drawing().process()
    moved = move(json.loads(case.stored), old, case.process, mapping)
    if {obstacle.reason for obstacle in moved.obstacles} == {"no_way"}:
        return False
    assert moved.obstacles == []
    case.stored = json.dumps(moved.stored)
    case.step(lambda machine: reconcile(machine, old, mapping, lambda _: False))
    return True


def migrate_and_play(seed: int, depth: int) -> int:
    """Play, edit and migrate, twice over; how many things happened."""
    random = Random(seed)
    edited = Edited.first(Maker(random, depth).plan)
    case, game = Case(edited.drawing().process(), **START), Game(edited.plan, START)
    happened = play_on(random, case, game, random.randrange(12), 0)
    for _ in range(2):
        if not game.waiting():
            break
        standing = {token.task_spec.bpmn_id for token in case.machine.tree.tasks.values()}
        new = Editor(random, edited, standing).edit(random.randint(1, 4))
        if not read("p.bpmn", new.drawing().xml()).works:  # a join that may wait for ever is not deployed
            continue
        mapping = propose(case.process, new.drawing().process())
        assert mapping.elements == new.truth
        if not go_over(case, new, mapping):
            break
        carry_over(game, edited, new)
        same(case, game)
        happened += play_on(random, case, game, 15, happened)
        edited = new
    return happened


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_a_migrated_case_goes_on_as_the_token_game_on_the_new_drawing(seed, depth):
    migrate_and_play(seed, depth)
