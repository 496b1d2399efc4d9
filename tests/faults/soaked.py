"""A process that does whatever can be done to the cases of random drawings, at random, until it is killed."""

from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from random import Random

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from engine import deployments, instances, mending, messages, migration
from engine.clock import MovableClock
from engine.errors import Refusal
from engine.feel import Evaluator
from engine.models.deployments import Definition
from engine.models.instances import Instance, Subscription
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.worker import Worker
from tests.conftest import open_database
from tests.engine.drawing import Drawing
from tests.engine.migration.edits import Edited, Editor
from tests.engine.random_drawings import START, Maker

BEGIN = datetime(2020, 7, 1, tzinfo=UTC)
MOST_CASES = 25


def open_runtime(url: str, hours: float) -> Runtime:
    """A runtime whose clock stands so many hours after the beginning."""
    return Runtime(open_database(url), Evaluator(), {}, MovableClock(BEGIN + timedelta(hours=hours)))


def drawings(random: Random, count: int) -> list[dict[str, bytes]]:
    """Two deployments: random drawings with what they call, and the same a little edited."""
    other = Drawing("other")
    other.row("start:s", "user:deep", "end:e")
    first, second = {"other.bpmn": other.xml()}, {}
    for number in range(count):
        drawn = Edited.first(Maker(random, random.randint(2, 4)).plan)
        edited = Editor(random, drawn, set(drawn.plan.nodes)).edit(3)
        first[f"p{number}.bpmn"], second[f"p{number}.bpmn"] = _named(drawn, number), _named(edited, number)
    return [first, second]


def _named(drawn: Edited, number: int) -> bytes:
    drawing = drawn.drawing()
    for element in drawing.elements.values():
        if element.parent == "p":
            element.parent = f"p{number}"
    drawing.id = f"p{number}"
    return drawing.xml()


class Doer:
    """Does one thing after another; what it was refused, or lost its connection in, is given up."""

    def __init__(self, runtime: Runtime, random: Random, life: int) -> None:
        self.runtime, self.random, self.life, self.number = runtime, random, life, 0
        self.worker = Worker(runtime)

    def do(self, told: Connection) -> None:
        """One thing; an answer tells its request before and, if it was acknowledged, after."""
        deeds = {
            self.answer: 12,
            self.start: 2,
            self.tell: 3,
            self.work: 3,
            self.migrate: 2,
            self.put_back: 1,
            self.pass_time: 1,
        }
        deed = self.random.choices(list(deeds), list(deeds.values()))[0]
        self.number += 1
        request = f"{self.life}.{self.number}"
        try:
            if deed(request):
                told.send(request)
        except (Refusal, DBAPIError):
            pass

    def answer(self, request: str) -> bool:
        with self.runtime.database.read() as session:
            keys = session.scalars(sa.select(UserTask.key).where(UserTask.state == "open")).all()
        if not keys:
            return False
        number = self.number
        answer = {
            "choice": self.random.choice([1, 2]),
            "again": self.random.random() < 0.3,
            "shared": number,
            "made": number,
        }
        with self.runtime.database.begin() as session:
            key = self.random.choice(keys)
            instances.complete(self.runtime, session, key, answer, "clerk", request_id=request)
        return True

    def start(self, request: str) -> bool:
        with self.runtime.database.begin() as session:
            active = session.scalar(sa.select(sa.func.count(Instance.key)).where(Instance.state == "active"))
            ids = session.scalars(
                sa.select(Definition.id).where(Definition.kind == "process").distinct()
            ).all()
            if (active or 0) >= MOST_CASES:
                return False
            instances.start(
                self.runtime, session, self.random.choice(ids), START, "clerk", request_id=request
            )
        return True

    def tell(self, request: str) -> bool:
        with self.runtime.database.begin() as session:
            waiting = session.execute(sa.select(Subscription.name, Subscription.correlation_key)).all()
            if waiting:
                name, key = self.random.choice(waiting)
                messages.correlate(self.runtime, session, name, key, {"shared": self.number}, "clerk")
        return False

    def work(self, request: str) -> bool:
        self.worker.run_once()
        return False

    def migrate(self, request: str) -> bool:
        """An instance goes over to another version of its drawing, or back."""
        with self.runtime.database.begin() as session:
            active = session.scalars(sa.select(Instance).where(Instance.state == "active")).all()
            if not active:
                return False
            instance = self.random.choice(active)
            if self.random.random() < 0.3:
                migration.undo(self.runtime, session, instance.key, "administrator")
                return False
            versions = sa.select(Definition.key).where(
                Definition.kind == "process", Definition.id == instance.process_id
            )
            to = self.random.choice(session.scalars(versions).all())
            old = deployments.process(session, instance.definition_key)
            mapping = migration.propose(old, deployments.process(session, to))
            migration.migrate(self.runtime, session, instance.key, to, mapping, "administrator")
        return False

    def put_back(self, request: str) -> bool:
        """A token goes back to an element that it has passed."""
        with self.runtime.database.begin() as session:
            active = session.scalars(sa.select(Instance).where(Instance.state == "active")).all()
            found = [(each.key, way) for each in active for way in mending.ways_back(session, each)]
            if found:
                key, way = self.random.choice(found)
                to = self.random.choice(way.to)
                mending.put_back(self.runtime, session, key, way.token, to, "soak", "administrator")
        return False

    def pass_time(self, request: str) -> bool:
        assert isinstance(self.runtime.clock, MovableClock)
        self.runtime.clock.advance(timedelta(hours=self.random.randint(1, 30)))
        return False


def live(url: str, hours: float, seed: int, life: int, told: Connection) -> None:
    """Do things until killed."""
    runtime = open_runtime(url, hours)
    doer = Doer(runtime, Random(f"{seed} {life}"), life)
    told.send("alive")
    while True:
        doer.do(told)
