"""The demo: a made-up county with households in all stages, each played through the engine on a moved clock.

Nothing is inserted ready-made: every case was begun, answered, graded, visited by somebody with an account, step by step,
so that journal, ledger and worklist say the same. An existing database that holds cases is left as it is.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from rich.progress import Progress
from sqlalchemy import select

from engine import deployments
from engine.clock import MovableClock
from engine.models.identity import UserRow
from engine.runtime import Runtime
from registry.fiction import families
from web import founding
from web.demo.accounts import PASSWORD, People, villages
from web.demo.plans import plans
from web.demo.play import Life, Play

__all__ = ["PASSWORD", "prepare"]

ROOT = Path(__file__).parents[2]
HOUSEHOLDS = 200
BACK = timedelta(days=400)
"""How long ago the demo's county began to work with fangfan."""


def prepare(runtime: Runtime, households: int = HOUSEHOLDS) -> bool:
    """Fills an empty database; False when somebody lives there already."""
    with runtime.database.read() as session:
        if session.scalar(select(UserRow.key).limit(1)):
            return False
    end = runtime.clock.now()
    clock = MovableClock(end - BACK)
    then = replace(runtime, clock=clock)
    people, places = _found(then)
    lives = [
        Life(number, family, plan, Random(number))  # noqa: S311 - stories, not secrets
        for number, (family, plan) in enumerate(
            zip(families(households, places, today=clock.now().date()), plans(households), strict=True)
        )
    ]
    with Progress(transient=True) as progress:
        bar = progress.add_task("playing the demo's cases", total=households)
        play = Play(then, clock, people, lives, end)
        for _ in play.run():
            progress.advance(bar)
    play.leave_draft(lives[0])
    return True


def _found(runtime: Runtime) -> tuple[People, list[str]]:
    """The county before its first case: areas, people, settings, the procedure in force."""
    with runtime.database.begin() as session:
        founding.found(session, "administrator", runtime.clock.now())
        people = People(session)
        deployments.deploy(runtime, session, procedure(), "administrator", note="首次部署")
        return people, villages(session)


def procedure() -> dict[str, bytes]:
    """The procedure as it comes with the program."""
    found = [
        path
        for folder, endings in (("processes", (".bpmn", ".dmn")), ("forms", (".form", ".html")))
        for path in sorted((ROOT / folder).iterdir())
        if path.suffix in endings
    ]
    return {path.name: path.read_bytes() for path in found}
