"""Messages: told, kept, correlated, starting cases; event subprocesses that listen."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import messages
from engine.clock import MovableClock
from engine.models.instances import Instance, Message, Subscription
from engine.runtime import Runtime
from tests.engine.cases import answer, at, deploy, get, start, values
from tests.engine.drawing import Drawing


def waiting() -> Drawing:
    drawing = Drawing()
    drawing.row("start:s", "user:u")
    drawing.catch("told", drawing.message("income_known", "=household_key"))
    drawing.user("after")
    drawing.end("e")
    drawing.flow("u", "told", "after", "e")
    return drawing


def publish(runtime: Runtime, name: str, key: str, ttl: int = 0, message_id: str | None = None, **variables):
    with runtime.database.begin() as session:
        messages.publish(
            runtime, session, name, key, variables, "office", ttl=timedelta(days=ttl), message_id=message_id
        )


def count(runtime: Runtime, table) -> int:
    with runtime.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_message_reaches_the_case_with_its_key_alone(runtime: Runtime):
    deploy(runtime, waiting())
    one, other = start(runtime, household_key="h1"), start(runtime, household_key="h2")
    answer(runtime, one, "u")
    answer(runtime, other, "u")
    publish(runtime, "income_known", "h1", income=4000)
    assert at(runtime, one) == ["after"]
    assert at(runtime, other) == []
    assert values(runtime, one)["income"] == 4000
    assert count(runtime, Subscription) == 1


def test_a_message_that_nobody_awaits_is_kept_while_it_lasts(runtime: Runtime, clock: MovableClock):
    deploy(runtime, waiting())
    case = start(runtime, household_key="h1")
    publish(runtime, "income_known", "h1", ttl=1, income=1)
    publish(runtime, "income_known", "h1", income=2)  # without a time to live: gone
    clock.advance(timedelta(hours=23))
    answer(runtime, case, "u")
    assert at(runtime, case) == ["after"]
    assert values(runtime, case)["income"] == 1
    assert count(runtime, Message) == 0


def test_a_kept_message_whose_time_is_over_is_forgotten(runtime: Runtime, clock: MovableClock):
    deploy(runtime, waiting())
    case = start(runtime, household_key="h1")
    publish(runtime, "income_known", "h1", ttl=1)
    clock.advance(timedelta(days=1))
    answer(runtime, case, "u")
    assert at(runtime, case) == []
    assert messages.forget_expired(runtime) == 1


def test_a_message_id_has_one_effect(runtime: Runtime):
    deploy(runtime, waiting())
    for _ in range(2):
        publish(runtime, "income_known", "h1", ttl=1, message_id="m1")
    assert count(runtime, Message) == 1


def test_correlating_says_so_when_nobody_waits(runtime: Runtime):
    deploy(runtime, waiting())
    case = start(runtime, household_key="h1")
    with pytest.raises(messages.NobodyWaits), runtime.database.begin() as session:
        messages.correlate(runtime, session, "income_known", "h1", {}, "office")
    answer(runtime, case, "u")
    with runtime.database.begin() as session:
        assert messages.correlate(runtime, session, "income_known", "h1", {}, "office").key == case


def test_an_event_subprocess_listens_again_and_again(runtime: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "user:u", "end:e")
    drawing.sub("changed", on_event=True)
    drawing.start(
        "heard",
        drawing.message("household_changed", "=household_key"),
        parent="changed",
        isInterrupting="false",
    )
    drawing.user("reread", parent="changed")
    drawing.end("e2", parent="changed")
    drawing.flow("heard", "reread", "e2")
    deploy(runtime, drawing)
    case = start(runtime, household_key="h1")
    publish(runtime, "household_changed", "h1", members=3)
    publish(runtime, "household_changed", "h1", members=4)
    assert at(runtime, case) == ["reread", "reread", "u"]
    for _ in range(2):
        answer(runtime, case, "reread")
    answer(runtime, case, "u")
    assert get(runtime, case).end_event == "e"
    assert count(runtime, Subscription) == 0


def test_an_interrupting_event_subprocess_withdraws_the_case(runtime: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "user:u", "end:e")
    drawing.sub("withdrawn", on_event=True)
    drawing.start(
        "asked", drawing.message("withdraw", "=household_key"), parent="withdrawn", isInterrupting="true"
    )
    drawing.end("gone", parent="withdrawn")
    drawing.flow("asked", "gone")
    deploy(runtime, drawing)
    case = start(runtime, household_key="h1")
    publish(runtime, "withdraw", "h1", why="外出")
    assert at(runtime, case) == []
    ended = get(runtime, case)
    assert ended.state == "completed"
    assert count(runtime, Subscription) == 0


def test_a_message_starts_a_case(runtime: Runtime):
    drawing = Drawing()
    drawing.start("s", drawing.message("sudden_risk", None))
    drawing.user("u")
    drawing.end("e")
    drawing.flow("s", "u", "e")
    deploy(runtime, drawing)
    publish(runtime, "sudden_risk", "", what="火灾")
    with runtime.database.read() as session:
        case = session.scalars(sa.select(Instance)).one()
    assert at(runtime, case.key) == ["u"]
    assert values(runtime, case.key) == {"what": "火灾"}
