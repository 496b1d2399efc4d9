"""What a step may cost: design figures that do not depend on the machine, and that the measure measures."""

import pytest

from web.bench import step


def test_a_step_costs_few_statements_and_rows_one_commit_and_little_more_than_its_input():
    told = step.measure(last=step.STORED_AFTER)
    assert told["database"] == "sqlite"
    assert told["statements"] <= 12
    assert told["rows"] <= 10
    assert told["commits"] == 1
    assert told["stored_ratio"] <= 2
    assert told["step_ms"]["491-500"] is None  # not reached, and so not told
    assert told["step_ms"]["1-10"] > 0
    assert told["floor_ms"] > 0
    assert told["floor_ratio"] == pytest.approx(
        told["step_ms"]["1-10"] / told["floor_ms"], rel=0.02
    )  # both rounded
