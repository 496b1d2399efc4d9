"""The row `print` of the bench."""

import pytest

from tests.web.world import World
from web.bench import prints


def test_sheets_of_real_cases_are_printed_both_ways(world: World) -> None:
    family = world.family()
    world.play(world.begin(family), family, "accept")
    told = prints.compare(world.runtime, count=3)
    assert told["prints"] == 3
    assert told["print_ms"] > 0 < told["bare_ms"]
    assert told["ratio"] == pytest.approx(told["print_ms"] / told["bare_ms"], rel=0.01)
