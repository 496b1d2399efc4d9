"""Plays families through the engine: who has a task does it, in the order of time, on a clock that only moves forward."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import authority, identity, instances, worklist
from engine.clock import MovableClock
from engine.identity import Viewer
from engine.models.instances import Instance
from engine.models.worklist import TaskCandidate, UserTask
from engine.runtime import Runtime
from engine.worker import Worker
from registry import households
from registry.fiction import Family
from web.demo.accounts import People
from web.demo.answers import Turn, answer
from web.demo.county import County
from web.demo.plans import Plan

IDLE = timedelta(days=7)  # how long a case that waits for a date is left alone
DRAFTED = {"income", "living_expenses", "shortfalls", "causes", "calamity", "reason"}
WATCH = timedelta(hours=8)  # how often the worker looks for what is due


@dataclass
class Life:
    """One family on its way."""

    number: int
    family: Family
    plan: Plan
    random: Random
    case_key: int = 0
    rounds: int = 0
    twists: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.twists = dict(self.plan.twists)


class Play:
    """All families together. `step()` makes the next thing happen that happens, in the order of time."""

    def __init__(
        self, runtime: Runtime, clock: MovableClock, people: People, lives: list[Life], end: datetime
    ) -> None:
        self.runtime, self.clock, self.people, self.end = runtime, clock, people, end
        self.worker = Worker(runtime)
        self.county = County(runtime, clock, people)
        self.looked = clock.now()
        self.order = count()
        self.next = [(end - timedelta(days=life.plan.begins), next(self.order), life) for life in lives]
        heapq.heapify(self.next)

    def run(self) -> Iterator[Life]:
        """Lets time pass until now; yields each family whose turn is over for good."""
        while self.next:
            when, _, life = heapq.heappop(self.next)
            if when > self.end:
                yield life
                continue
            self.clock.set(max(when, self.clock.now()))
            self.be_on_time()
            pause = self.turn(life)
            if pause is None:
                yield life
            else:
                heapq.heappush(self.next, (self.clock.now() + pause, next(self.order), life))
        self.clock.set(self.end)
        self.worker.run_once()
        self.county.catch_up()
        self.county.begin()
        self.worker.run_once()

    def be_on_time(self) -> None:
        """Timers fire within hours, as when a worker looks for them a few times a day."""
        if self.clock.now() >= self.looked + WATCH:
            self.looked = self.clock.now()
            self.worker.run_once()
            self.county.catch_up()

    def turn(self, life: Life) -> timedelta | None:
        """What the family's people do now; how long until they look again, None when all is over."""
        with self.runtime.database.begin() as session:
            if not life.case_key:
                self.begin(session, life)
                return self.soon(life)
            tasks = waiting(session, life)
            if not tasks and session.get_one(Instance, life.case_key).state != "active":
                return None
            ready = [task for task in tasks if life.twists or task.element not in life.plan.stops]
            if not ready:
                return IDLE
            self.do(session, life, ready[0])
        return self.soon(life)

    def begin(self, session: Session, life: Life) -> None:
        """The village finds the family and begins its case."""
        family = life.family
        clerk = self.people.who([("village_committee", family.area)])[0]
        now = self.clock.now()
        session.info["step"] = {"actor": clerk.name, "task": None, "at": now}
        household = households.save(session, None, family.area, family.household, family.members)
        self.relate(session, life, str(household.key))
        given = {"household_key": str(household.key), "channel": "农户申请"}
        life.case_key = instances.start(self.runtime, session, "monitoring", given, clerk).case_key

    def relate(self, session: Session, life: Life, household_key: str) -> None:
        """Each helper looks after ten families; the first family of all has an account of its own."""
        self.people.relate(
            session, "helper", f"帮扶责任人{life.number // 10 + 1}", household_key, life.number // 10 + 1
        )
        if life.number == 0:
            self.people.relate(session, "applicant", f"农户 {life.family.head['name']}", household_key)

    def do(self, session: Session, life: Life, task: UserTask) -> None:
        """Somebody for whom the task waits does it."""
        twist = life.twists.pop(task.element, {})
        if task.form_id in ("visit", "visit_basic"):
            life.rounds += 1
        turn = Turn(
            life.family,
            life.random,
            self.clock.now(),
            task.element,
            instances.variables(session, session.get_one(Instance, task.instance_key), task.token),
            life.rounds,
            twist,
        )
        given = answer(task.form_id or "", turn)
        doer = self.doer(session, task)
        instances.complete(self.runtime, session, task.key, given, doer)

    def leave_draft(self, life: Life) -> None:
        """The farmer of the tour has filled in what is asked anew; to look at it and to sign is left to the reader."""
        with self.runtime.database.begin() as session:
            [task] = waiting(session, life)
            farmer = identity.named(session, self.people.related["applicant"].name)
            known = instances.variables(session, session.get_one(Instance, task.instance_key), task.token)
            turn = Turn(life.family, life.random, self.clock.now(), task.element, known)
            filled = {key: value for key, value in answer("application", turn).items() if key in DRAFTED}
            version = worklist.draft(session, farmer, task.key).version
            worklist.save_draft(session, farmer, task.key, filled, version, self.clock.now())

    def doer(self, session: Session, task: UserTask) -> Viewer:
        """One of those for whom the task waits, kept apart from who did an earlier step where the drawing says so."""
        places = session.execute(
            select(TaskCandidate.group, TaskCandidate.place).where(TaskCandidate.task_key == task.key)
        )
        for viewer in self.people.who([tuple(place) for place in places]):
            try:
                authority.permit_task(session, viewer, task)
            except authority.Separated:
                continue
            return viewer
        raise LookupError(f"nobody can do {task.element} in {task.area}")

    def soon(self, life: Life) -> timedelta:
        """People take a day or a few."""
        return timedelta(hours=life.random.randrange(5, 60))


def waiting(session: Session, life: Life) -> list[UserTask]:
    """The case's open tasks, the oldest first."""
    found = select(UserTask).where(UserTask.case_key == life.case_key, UserTask.state == "open")
    return list(session.scalars(found.order_by(UserTask.key)))
