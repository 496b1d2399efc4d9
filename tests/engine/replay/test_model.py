"""Whatever cases of random drawings went through, they go through again on the same drawings, and something is told on edited ones."""

from random import Random

import pytest
import sqlalchemy as sa

from engine import deployments
from engine.errors import Refusal
from engine.models.instances import Instance
from engine.runtime import Runtime
from tests.engine.replay.conftest import Replays
from tests.faults.soaked import Doer, drawings


@pytest.mark.parametrize("seed", range(2))
def test_cases_of_random_drawings_go_the_same_way(
    sqlite_runtime: Runtime, replayed: Replays, seed: int
) -> None:
    random = Random(seed)
    files, edited = drawings(random, 4)
    edited = {**files, **edited}
    with sqlite_runtime.database.begin() as session:
        deployments.deploy(sqlite_runtime, session, files, "administrator")
    doer = Doer(sqlite_runtime, random, 1)
    deeds = {doer.answer: 12, doer.start: 2, doer.tell: 3, doer.work: 3, doer.pass_time: 1}
    for number in range(80):
        doer.number = number
        try:
            random.choices(list(deeds), list(deeds.values()))[0](f"{seed}.{number}")
        except Refusal:
            continue
    with sqlite_runtime.database.read() as session:
        cases = session.scalars(sa.select(Instance.key).where(Instance.parent_key.is_(None))).all()
    assert len(cases) > 3
    for case in cases:
        verdict = replayed(sqlite_runtime, case, files)
        assert verdict.outcome == "same", verdict
        assert replayed(sqlite_runtime, case, edited).outcome in {"same", "otherwise", "needs_answers"}
