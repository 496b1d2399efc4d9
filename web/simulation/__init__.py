"""A county's year, lived through the engine on a moved clock, and whether everything agrees at its end."""

import resource
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import perf_counter

import sqlalchemy as sa

from engine.clock import MovableClock
from engine.models.instances import Incident, Instance
from engine.models.journal import Entry
from engine.runtime import Runtime
from registry.fiction import families
from web import demo
from web.demo.play import Play
from web.simulation import lawful, reconciled, year

DAYS = 365
Progress = Callable[[int], None]
"""Told the day of the year, 0 to DAYS."""


@dataclass(frozen=True)
class Lived:
    """What a simulated year came to.

    `outcomes`: process → the end event that it reached last, or its state while it runs → cases and called processes. `unlawful` and `differences`
    are empty when all is well (`web.simulation.lawful`, `reconciled`). `megabytes` is the most that the process held.
    """

    households: int
    outcomes: dict[str, dict[str, int]]
    steps: int
    incidents: int
    seconds: float
    megabytes: int
    unlawful: list[str]
    differences: dict[str, list[str]]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.incidents and not self.unlawful and not any(self.differences.values())


def live(runtime: Runtime, of: int, households: int, seed: int, progress: Progress = lambda _: None) -> Lived:
    """Lives the year `of` with so many households, on an empty database."""
    started = perf_counter()
    begins, ends = year.day(of, 1, 1, 0), year.day(of + 1, 1, 1, 0)
    clock = MovableClock(begins)
    then = replace(runtime, clock=clock)
    people, villages = demo.found(then)
    play = Play(then, clock, people, ends - timedelta(seconds=1))
    clock.set(year.day(of, *year.FOUNDED))
    year.register(play, list(families(households, villages, seed=seed, today=date(of, 1, 1))), seed)
    year.plan(play, of, seed)
    for now in play.run():
        progress((now - begins).days)
    seconds = perf_counter() - started
    return _told(play, households, seconds, date(of, 12, 31))


def _told(play: Play, households: int, seconds: float, today: date) -> Lived:
    with play.runtime.database.read() as session:
        outcomes: dict[str, Counter[str]] = {}
        how = sa.func.coalesce(Instance.end_event, Instance.state)
        for process, outcome, count in session.execute(
            sa.select(Instance.process_id, how, sa.func.count()).group_by(Instance.process_id, how)
        ):
            outcomes.setdefault(process, Counter())[outcome] = count
        return Lived(
            households,
            {process: dict(outcomes[process].most_common()) for process in sorted(outcomes)},
            session.scalar(sa.select(sa.func.count()).select_from(Entry)) or 0,
            session.scalar(sa.select(sa.func.count()).select_from(Incident)) or 0,
            round(seconds, 1),
            memory(),
            list(lawful.unlawful(session, play.clock.now())),
            reconciled.differences(session, today),
        )


def memory() -> int:
    """The most that the process has held so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 // (1024 if sys.platform == "darwin" else 1)
