"""The rows `worklist` and `timers` of the bench, with few of each: their figures at full size are in docs/benchmarks.md."""

import pytest

from web.bench import timers, worklist


def test_a_page_is_asked_with_few_tasks_and_with_more() -> None:
    told = worklist.measure(many=3_000)
    for name in worklist.PAGES:
        few, many = told[f"{name}_ms"].values()
        assert told[f"{name}_ratio"] == pytest.approx(many / few, abs=0.01)


def test_two_workers_fire_every_timer_once() -> None:
    told = timers.measure(timers=60)
    assert (told["fired"], told["fired_twice"]) == (60, 0)
