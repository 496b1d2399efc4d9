"""The real monitoring case on the whole engine over its follow-up rounds: right, and as cheap as at its start."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from engine import incidents, instances, invariants, messages
from engine.clock import MovableClock
from engine.models.instances import Instance, Passage, Subscription, Timer
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.worker import Worker
from tests.engine.cases import answer, at, get, open_tasks
from web.rehearsal import stage

ROUNDS = int(os.environ.get("FANGFAN_ROUNDS", "90"))
"""The suite follows a few years of one case; FANGFAN_ROUNDS=500 a working life (docs/benchmarks.md)."""
COMPARED = 30
"""Rounds at the end in which the old case is measured beside a new one."""
ANSWERS = yaml.safe_load(Path("processes/scenarios/answers.yaml").read_text(encoding="utf-8"))["answers"]
SHEET = {**ANSWERS["visit"]["income"]["this_year"], "wage": 1000}
VISITED = {**ANSWERS["visit"], "income": dict.fromkeys(("this_year", "previous_year", "forecast"), SHEET)}
"""A family below the line: its exit is not at hand, round after round."""


@pytest.fixture
def world(evaluator) -> Iterator[tuple[Runtime, MovableClock]]:
    clock = MovableClock(datetime(2020, 6, 1, 1, 0, tzinfo=UTC))
    with stage(evaluator) as prepared, prepared.runtime(clock) as runtime:
        yield runtime, clock


def monitored(runtime: Runtime) -> int:
    """A household taken over at its stage, with two measures in two departments' hands."""
    given = {
        "area": "2202/220281/220281101/220281101201/",
        "household": {"kind": "脱贫户", "attribute": "一般脱贫户"},
        "members": [
            {"name": "王守田", "sex": "男", "birth": "1968-03-12", "relation": "户主", "health": ["健康"]},
            {"name": "李桂芝", "sex": "女", "birth": "1970-11-08", "relation": "配偶", "health": ["健康"]},
        ],
    }
    with runtime.database.begin() as session:
        household = runtime.operations["household.save"](session, given) or {}
        key = {"household_key": household["household_key"]}
        runtime.operations["monitoring.include"](
            session, {**key, "kind": "脱贫不稳定户", "grounds": [1], "channel": "接管"}
        )
        runtime.operations["warning.record"](
            session, {**key, "level": "黄", "reasons": [], "decided_by": "office"}
        )
        known = {"household_key": household["household_key"], "area": given["area"], "filed_by": ""}
        case = instances.start(
            runtime, session, "monitoring", {**known, "channel": "接管", "stage": "帮扶"}, "import"
        )
    answer(runtime, case.key, "choose_measures", **ANSWERS["measures"])
    return case.key


@contextmanager
def counting(runtime: Runtime) -> Iterator[list[str]]:
    statements: list[str] = []

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    sa.event.listen(runtime.database.engine, "before_cursor_execute", executed)
    yield statements
    sa.event.remove(runtime.database.engine, "before_cursor_execute", executed)


def follow_up(runtime: Runtime, clock: MovableClock, case: int) -> None:
    """One round: its date comes, the visit is answered, the exit is checked, the next date is set."""
    visit_comes(runtime, clock, case)
    answer(runtime, case, "visit", **VISITED)


def visit_comes(runtime: Runtime, clock: MovableClock, case: int) -> None:
    clock.set(next_visit(runtime, case))
    Worker(runtime).run_once()


def next_visit(runtime: Runtime, case: int) -> datetime:
    with runtime.database.read() as session:
        due = session.scalar(
            sa.select(Timer.due).where(Timer.instance_key == case, Timer.element == "visit_date")
        )
    assert due is not None, str((at(runtime, case), stuck(runtime, case)))
    return due


def stuck(runtime: Runtime, case: int) -> list[str]:
    with runtime.database.read() as session:
        return [f"{each.element}: {each.message}" for each in incidents.open_of(session, case)]


def count(runtime: Runtime, table: Any, *where: Any) -> int:
    with runtime.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0


def test_round_upon_round_costs_what_the_first_did(world: tuple[Runtime, MovableClock]):
    runtime, clock = world
    case = monitored(runtime)
    statements, sizes = [], []
    for _ in range(ROUNDS - COMPARED):
        visit_comes(runtime, clock, case)
        with counting(runtime) as executed:  # not the worker's: it has other cases' timers too
            answer(runtime, case, "visit", **VISITED)
        statements.append(len(executed))
        sizes.append(len(json.dumps(get(runtime, case).tokens)))
    assert set(statements[20:]) == {statements[20]}
    assert max(sizes[20:]) - min(sizes[20:]) <= 8  # a token's number may gain a digit
    old, young = side_by_side(runtime, clock, case, monitored(runtime))
    print(
        f"a visit in round {ROUNDS}: {old:.1f} ms, in round {COMPARED}: {young:.1f} ms, {statements[-1]} statements"
    )
    assert old <= 1.1 * young

    # It is right: every round is there, the event subprocess listens, the timer runs, both measures are open.
    visits = (UserTask.element == "visit", UserTask.state == "completed", UserTask.case_key == case)
    assert count(runtime, UserTask, *visits) == ROUNDS
    rounds = (Instance.process_id == "follow_up", Instance.state == "completed", Instance.case_key == case)
    assert count(runtime, Instance, *rounds) == ROUNDS
    assert [t.element for t in open_tasks(runtime, case) if t.element in ("plan", "visit")] == [
        "plan",
        "plan",
    ]
    assert next_visit(runtime, case) > clock.now()
    assert stuck(runtime, case) == []
    assert get(runtime, case).state == "active"
    tell_change(runtime, case)
    with runtime.database.read() as session:
        assert invariants.check(session) == []


def side_by_side(runtime: Runtime, clock: MovableClock, old: int, young: int) -> tuple[float, float]:
    """Milliseconds of a visit's answer in an old and a young case, by turns: what else the machine does hits both."""
    costs: dict[int, list[float]] = {old: [], young: []}
    for turn in range(COMPARED):
        clock.set(max(next_visit(runtime, old), next_visit(runtime, young)))
        Worker(runtime).run_once()
        for case in (old, young) if turn % 2 else (young, old):
            began = process_time()
            answer(runtime, case, "visit", **VISITED)
            costs[case].append((process_time() - began) * 1000)
    return min(costs[old]), min(costs[young])


def tell_change(runtime: Runtime, case: int) -> None:
    """The household changes: the case hears it and goes on listening."""
    with runtime.database.begin() as session:
        subject = instances.get(session, case).subject or ""
        messages.correlate(runtime, session, "household_changed", subject, {}, "registry")
    heard = (Passage.element == "household_updated", Passage.state == "completed")
    listens = (Subscription.element == "household_changed", Subscription.case_key == case)
    assert count(runtime, Passage, *heard, Passage.instance_key == case) == 1
    assert count(runtime, Subscription, *listens) == 1


def test_it_ends_only_by_its_end_event(world: tuple[Runtime, MovableClock]):
    runtime, clock = world
    case = monitored(runtime)
    for _ in range(3):
        follow_up(runtime, clock, case)
        assert get(runtime, case).state == "active"
    leave(runtime, clock, case)
    ended = get(runtime, case)
    assert (ended.state, ended.end_event) == ("completed", "exited")
    assert open_tasks(runtime, case) == []
    assert count(runtime, Timer, Timer.case_key == case) == 0
    assert count(runtime, Subscription, Subscription.case_key == case) == 0
    with runtime.database.read() as session:
        assert invariants.check(session) == []


VERIFIED = {
    "outcome": "达到标准",
    "opinion": "收入稳定。",
    "verifier_signature": ANSWERS["apply"]["applicant_signature"],
}
BETTER = {**VISITED, "income": ANSWERS["better_off"]}
ON_THE_WAY_OUT = {
    "verify_exit_village": VERIFIED,
    "verify_exit_township": VERIFIED,
    "judge_exit": {"outcome": "移出", "opinion": "收入稳定，保障落实。"},
    "confirm_exit": {"outcome": "同意移出", "opinion": "同意。"},
}


def leave(runtime: Runtime, clock: MovableClock, case: int) -> None:
    """The family earns more, round after round, until its exit is verified, judged and confirmed."""
    for _ in range(12):
        clock.set(next_visit(runtime, case))
        Worker(runtime).run_once()
        answer(runtime, case, "visit", **BETTER)
        while on_the_way := [e for e in at(runtime, case) if e in ON_THE_WAY_OUT]:
            answer(runtime, case, on_the_way[0], **ON_THE_WAY_OUT[on_the_way[0]])
        if get(runtime, case).state != "active":
            return
