"""The demo: a made-up county with households in all stages, each played through the engine on a moved clock.

Nothing is inserted ready-made: every case was begun, answered, graded, visited by somebody with an account, step by step,
so that journal, ledger and worklist say the same. An existing database that holds cases is left as it is.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from rich.progress import Progress
from sqlalchemy import select

from engine import deployments, identity, instances, worklist
from engine.clock import MovableClock
from engine.grounds import Grounds
from engine.models.identity import UserRow
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from registry import households
from registry.fiction import Family, families
from web import founding
from web.demo import county
from web.demo.accounts import PASSWORD, People, villages
from web.demo.answers import Turn, answer
from web.demo.life import Life
from web.demo.plans import Plan, plans
from web.demo.play import Play

__all__ = ["PASSWORD", "prepare"]

ROOT = Path(__file__).parents[2]
HOUSEHOLDS = 200
BACK = timedelta(days=400)
"""How long ago the demo's county began to work with fangfan."""
DRAFTED = {"income", "living_expenses", "shortfalls", "causes", "calamity", "reason"}


def prepare(runtime: Runtime, households: int = HOUSEHOLDS) -> bool:
    """Fills an empty database; False when somebody lives there already."""
    with runtime.database.read() as session:
        if session.scalar(select(UserRow.key).limit(1)):
            return False
    end = runtime.clock.now()
    clock = MovableClock(end - BACK)
    then = replace(runtime, clock=clock)
    people, places = found(then)
    play = Play(then, clock, people, end)
    stories = zip(families(households, places, today=clock.now().date()), plans(households), strict=True)
    for number, (family, plan) in enumerate(stories):
        play.at(end - timedelta(days=plan.begins), partial(_begin, play, number, family, plan))
    play.at(end, partial(county.visit, play, places[0], "county_group"))
    play.at(end, partial(county.screen, play, "医保"))
    with Progress(transient=True) as progress:
        bar = progress.add_task("playing the demo's cases", total=BACK.days)
        for now in play.run():
            progress.update(bar, completed=(now - end + BACK).days)
    _leave_draft(play)
    return True


def _begin(play: Play, number: int, family: Family, plan: Plan) -> None:
    """The village finds the family and begins its case."""
    [clerk, *_] = play.people.who([("village_committee", family.area)])
    with play.runtime.database.begin() as session:
        session.info["step"] = {"actor": clerk.name, "task": None, "at": play.clock.now()}
        household = str(households.save(session, None, family.area, family.household, family.members).key)
        play.people.help(session, number, household)
        if number == 0:
            play.people.relate(session, "applicant", f"农户 {family.head['name']}", household)
    play.lives[household] = Life(Random(number), family, dict(plan.twists), plan.stops)  # noqa: S311 - stories, not secrets
    given = {"household_key": household, "channel": "农户申请"}
    play.begin("monitoring", given, ("village_committee", family.area))


def _leave_draft(play: Play) -> None:
    """The farmer of the tour has filled in what is asked anew; to look at it and to sign is left to the reader."""
    with play.runtime.database.begin() as session:
        farmer = identity.named(session, "applicant")
        [(_, subject)] = farmer.relations
        waits = (UserTask.subject == subject, UserTask.element == "apply", UserTask.state == "open")
        task = session.scalars(select(UserTask).where(*waits)).one()
        known = instances.variables(session, session.get_one(Instance, task.instance_key), task.token)
        life, now = play.life(task), play.clock.now()
        turn = Turn(life.family, life.random, now, task.element, known)
        kept = {key: value for key, value in answer("application", turn).items() if key in DRAFTED}
        version = worklist.draft(session, farmer, task.key).version
        worklist.save_draft(session, farmer, task.key, kept, version, now)


def found(runtime: Runtime) -> tuple[People, list[str]]:
    """The county before its first case: areas, people, settings, the procedure in force."""
    with runtime.database.begin() as session:
        founding.found(session, "administrator", runtime.clock.now())
        people = People(session)
        deployments.deploy(runtime, session, procedure(), "administrator", Grounds("首次部署"))
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
