"""The procedure as shipped, deployed once: each test then plays on a database of its own."""

from collections.abc import Iterator

import pytest

from engine.feel import Evaluator
from engine.scenarios import Stage
from web import rehearsal


@pytest.fixture(scope="session")
def stage(evaluator: Evaluator) -> Iterator[Stage]:
    with rehearsal.stage(evaluator) as stage:
        yield stage
