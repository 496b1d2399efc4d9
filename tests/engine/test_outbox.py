"""The outbox: sent after the commit, again after a failure, given up at last, never by two at once."""

import itertools
from datetime import timedelta

import sqlalchemy as sa

from engine import outbox
from engine.clock import MovableClock
from engine.models.outbox import Parcel
from engine.runtime import Runtime


def put(runtime: Runtime, **payload) -> int:
    with runtime.database.begin() as session:
        return outbox.put(session, "mail", payload, runtime.clock.now())


def parcel(runtime: Runtime) -> Parcel:
    with runtime.database.read() as session:
        return session.scalars(sa.select(Parcel)).one()


def test_a_parcel_is_delivered_once_and_sealed_until_then(runtime: Runtime):
    key = put(runtime, to="张三", text="已受理")
    assert "张三".encode() not in parcel(runtime).payload
    delivered = []
    carriers = {"mail": lambda key, payload: delivered.append((key, payload))}
    assert outbox.send(runtime, carriers) == 1
    assert outbox.send(runtime, carriers) == 0
    assert delivered == [(key, {"to": "张三", "text": "已受理"})]


def test_what_was_rolled_back_is_never_sent(runtime: Runtime):
    try:
        with runtime.database.begin() as session:
            outbox.put(session, "mail", {}, runtime.clock.now())
            raise RuntimeError
    except RuntimeError:
        pass
    assert outbox.send(runtime, {"mail": lambda key, payload: None}) == 0


def test_a_failure_is_tried_again_ever_more_seldom_and_given_up_at_last(
    runtime: Runtime, clock: MovableClock
):
    put(runtime)
    tries, pauses = [], []

    def carry(key, payload):
        tries.append(key)
        raise ConnectionError

    for _ in range(40):
        outbox.send(runtime, {"mail": carry})
        pauses.append(parcel(runtime).due - clock.now())
        clock.advance(timedelta(days=1))
    assert len(tries) == outbox.MOST_ATTEMPTS
    assert [later / earlier for earlier, later in itertools.pairwise(pauses[: len(tries) - 1])] == [2] * 10
    assert (parcel(runtime).state, parcel(runtime).error) == ("failed", "ConnectionError")


def test_a_worker_that_died_with_a_parcel_leaves_it_to_the_next(runtime: Runtime, clock: MovableClock):
    put(runtime)
    outbox._claim(runtime, ["mail"])
    delivered = []
    carriers = {"mail": lambda key, payload: delivered.append(key)}
    assert outbox.send(runtime, carriers) == 0
    clock.advance(outbox.CLAIM)
    assert outbox.send(runtime, carriers) == 1


def test_what_has_no_carrier_waits(runtime: Runtime):
    put(runtime)
    assert outbox.send(runtime, {}) == 0
    assert parcel(runtime).state == "waiting"
