"""The outbox: sent after the commit, again after a failure, given up at last, never by two at once."""

import itertools
import threading
from datetime import timedelta

import sqlalchemy as sa

from engine import outbox
from engine.clock import MovableClock
from engine.models.outbox import Parcel
from engine.runtime import Runtime
from engine.worker import Worker
from tests.engine import cases
from tests.engine.drawing import Drawing


def put(runtime: Runtime, **payload) -> int:
    with runtime.database.begin() as session:
        return outbox.put(session, "mail", payload, runtime.clock.now())


class Post:
    """A carrier that keeps what it delivers, or fails each time with `failure`."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure, self.tries, self.settlements = failure, [], []

    def carry(self, key, payload):
        self.tries.append((key, payload))
        if self.failure:
            raise self.failure

    def settled(self, session, payload, at, error):
        self.settlements.append(error)


def parcel(runtime: Runtime) -> Parcel:
    with runtime.database.read() as session:
        return session.scalars(sa.select(Parcel)).one()


def test_a_parcel_is_delivered_once_and_sealed_until_then(runtime: Runtime):
    key = put(runtime, to="张三", text="已受理")
    assert "张三".encode() not in parcel(runtime).payload
    post = Post()
    assert outbox.send(runtime, {"mail": post}) == 1
    assert outbox.send(runtime, {"mail": post}) == 0
    assert post.tries == [(key, {"to": "张三", "text": "已受理"})] and post.settlements == [None]


def test_what_was_rolled_back_is_never_sent(runtime: Runtime):
    try:
        with runtime.database.begin() as session:
            outbox.put(session, "mail", {}, runtime.clock.now())
            raise RuntimeError
    except RuntimeError:
        pass
    assert outbox.send(runtime, {"mail": Post()}) == 0


def test_a_failure_is_tried_again_ever_more_seldom_and_given_up_at_last(
    runtime: Runtime, clock: MovableClock
):
    put(runtime)
    post, pauses = Post(ConnectionError("to 张三")), []
    for _ in range(40):
        outbox.send(runtime, {"mail": post})
        pauses.append(parcel(runtime).due - clock.now())
        clock.advance(timedelta(days=1))
    assert len(post.tries) == outbox.MOST_ATTEMPTS
    assert [later / earlier for earlier, later in itertools.pairwise(pauses[: len(post.tries) - 1])] == [
        2
    ] * 10
    assert (parcel(runtime).state, parcel(runtime).error) == ("failed", "ConnectionError")
    assert post.settlements == ["ConnectionError"]  # told once, when it is over


def test_what_never_can_be_delivered_is_given_up_at_once(runtime: Runtime):
    put(runtime)
    post = Post(outbox.Undeliverable("对方不收"))
    assert outbox.send(runtime, {"mail": post}) == outbox.send(runtime, {"mail": post}) == 0
    assert (parcel(runtime).state, len(post.tries), post.settlements) == ("failed", 1, ["对方不收"])


def test_who_was_slow_leaves_the_rest_to_others(runtime: Runtime, clock: MovableClock):
    put(runtime)
    put(runtime)
    post = Post()
    post.carry = lambda key, payload: (post.tries.append(key), clock.advance(outbox.CLAIM))
    outbox.send(runtime, {"mail": post})
    assert len(post.tries) == 1


def test_a_worker_that_died_with_a_parcel_leaves_it_to_the_next(runtime: Runtime, clock: MovableClock):
    put(runtime)
    outbox._claim(runtime, ["mail"])
    assert outbox.send(runtime, {"mail": Post()}) == 0
    clock.advance(outbox.CLAIM)
    assert outbox.send(runtime, {"mail": Post()}) == 1


def test_what_has_no_carrier_waits(runtime: Runtime):
    put(runtime)
    assert outbox.send(runtime, {}) == 0
    assert parcel(runtime).state == "waiting"


def test_two_workers_at_once_send_nothing_twice(runtime: Runtime):
    for number in range(40):
        put(runtime, number=number)
    post, start = Post(), threading.Barrier(3)

    def work() -> None:
        start.wait()
        while outbox.send(runtime, {"mail": post}):
            pass

    workers = [threading.Thread(target=work) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(payload["number"] for _key, payload in post.tries) == list(range(40))


def test_a_server_that_does_not_answer_keeps_no_timer_waiting(sqlite_runtime: Runtime):
    drawing = Drawing()
    drawing.start("s")
    drawing.catch("soon", drawing.timer("PT0S"))
    drawing.end("e")
    drawing.flow("s", "soon", "e")
    cases.deploy(sqlite_runtime, drawing)
    put(sqlite_runtime)
    sending, answered, fired, stop = (threading.Event() for _ in range(4))
    post = Post()
    post.carry = lambda key, payload: (sending.set(), answered.wait(30))

    class Watched(Worker):
        def _look(self) -> int:
            done = super()._look()
            if done:
                fired.set()
            return done

    worker = threading.Thread(target=Watched(sqlite_runtime, {"mail": post}).run, args=(stop,))
    worker.start()
    assert sending.wait(30)
    case = cases.start(sqlite_runtime)
    assert fired.wait(30) and not post.settlements
    answered.set()
    stop.set()
    worker.join()
    assert cases.get(sqlite_runtime, case).end_event == "e" and post.settlements == [None]
