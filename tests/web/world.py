"""A small county with the real procedure in force: accounts of each role, a family, and who does which task."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from engine import deployments, identity, instances, settings
from engine.clock import MovableClock
from engine.grounds import Grounds
from engine.models.instances import Instance
from engine.models.worklist import TaskCandidate, UserTask
from engine.runtime import Runtime
from engine.worker import Worker
from registry import areas, fiction, households
from registry.fiction import Family
from web.demo.answers import Turn, answer

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse"
CITY, COUNTY = "2202/", "2202/220281/"
OTHER_COUNTY = "2202/220202/"


def drawings() -> dict[str, bytes]:
    """The procedure as it is drawn, by file name."""
    folders = (("processes", "*.bpmn"), ("processes", "*.dmn"), ("forms", "*.form"), ("forms", "*.html"))
    return {path.name: path.read_bytes() for folder, kind in folders for path in (ROOT / folder).glob(kind)}


def found(runtime: Runtime) -> None:
    """Put the county in place: areas, dated settings, drawings, people."""
    now = runtime.clock.now()
    with runtime.database.begin() as session:
        areas.load(session)
        settings.load(session, ROOT / "processes" / "settings.yaml", "administrator", now)
        deployments.deploy(runtime, session, drawings(), "administrator", Grounds("首次部署"))
        for name, shown, grants in _people(session):
            identity.add_user(session, name, shown, PASSWORD, grants)


def _people(session: Any) -> list[tuple[str, str, list[tuple[str, str]]]]:
    village, neighbour = [area.path for area in areas.below(session, COUNTY, "village")][:2]
    far = areas.below(session, OTHER_COUNTY, "village")[0].path
    township = areas.parent(village)
    departments = [
        "教育",
        "住建",
        "卫健",
        "医保",
        "水利",
        "民政",
        "农业农村",
        "残联",
        "人社",
        "社保",
        "慈善总会",
        "组织部",
        "科技",
        "科协",
        "文广旅",
        "团委",
        "妇联",
        "银保监",
        "宣传部",
        "法院",
        "扶贫办",
    ]
    return [
        ("administrator", "管理员", [("administrator", "")]),
        ("village_committee", "村委会 李秀兰", [("village_committee", village)]),
        ("work_team", "驻村工作队 赵刚", [("work_team", village)]),
        ("township_cadre", "包村干部 孙伟", [("township_cadre", township)]),
        ("county_office", "县扶贫办 王敏", [("county_office", COUNTY)]),
        ("county_office_2", "县扶贫办 周科长", [("county_office", COUNTY)]),
        ("county_group", "县领导小组 郑主任", [("county_group", COUNTY)]),
        ("city_office", "市扶贫办 高远", [("city_office", CITY)]),
        ("city_group", "市领导小组 何秘书", [("city_group", CITY)]),
        *((f"department_{code}", f"{code}部门", [(f"department:{code}", COUNTY)]) for code in departments),
        ("neighbour", "邻村村委会", [("village_committee", neighbour)]),
        ("far_village", "外县村委会", [("village_committee", far)]),
        ("far_county", "外县扶贫办", [("county_office", OTHER_COUNTY)]),
        ("newcomer", "还没有角色的人", []),
    ]


@dataclass
class World:
    """The county, its site, and a hand that does people's tasks."""

    runtime: Runtime
    app: Flask
    clock: MovableClock
    village: str
    seed: int = 7
    rounds: int = 0
    """Visits so far: a family does better with each."""

    def client(self, name: str) -> FlaskClient:
        """A browser in which that person is signed in."""
        client = self.app.test_client()
        sent = client.post("/sign-in", data={"name": name, "password": PASSWORD})
        assert sent.status_code == 302, sent.text
        return client

    def family(self, nth: int = 0) -> Family:
        """A made-up family of the village, poor enough to be included; `nth`: another one."""
        made = fiction.families(40 + 4 * nth, [self.village], seed=self.seed)
        fit = (f for f in made if f.household["attribute"] in ("", "一般脱贫户") and not f.calamity)
        return next(islice(fit, nth, None))

    def begin(self, family: Family, filed_by: str = "village_committee") -> int:
        """The family's case, at its first step; the household's key is the case's subject."""
        with self.runtime.database.begin() as session:
            session.info["step"] = {"actor": filed_by, "task": None, "at": self.clock.now()}
            household = households.save(session, None, family.area, family.household, family.members)
            given = {
                "household_key": str(household.key),
                "area": family.area,
                "channel": "农户申请",
                "filed_by": filed_by,
                "on_behalf": True,
            }
            case = instances.start(self.runtime, session, "monitoring", given, filed_by)
            person = identity.named(session, "township_cadre").user
            identity.grant(session, person, "helper", f"={household.key}")
            return case.key

    def waiting(self, case: int) -> list[UserTask]:
        """The open tasks of a case."""
        wanted = sa.select(UserTask).where(UserTask.case_key == case, UserTask.state == "open")
        with self.runtime.database.read() as session:
            return list(session.scalars(wanted.order_by(UserTask.key)))

    def tasks(self) -> list[UserTask]:
        """All open tasks."""
        with self.runtime.database.read() as session:
            return list(session.scalars(sa.select(UserTask).where(UserTask.state == "open")))

    def task(self, case: int, element: str) -> UserTask:
        """The open task of that element."""
        return next(task for task in self.waiting(case) if task.element == element)

    def answer(self, task: UserTask, family: Family, **decided: Any) -> dict[str, Any]:
        """What a clerk of the trade fills in at this task."""
        with self.runtime.database.read() as session:
            instance = session.get_one(Instance, task.instance_key)
            known = instances.variables(session, instance, task.token)
        if task.form_id == "measure_choice":
            decided = {"outcome": "确定", "measures": self.measures(), **decided}
        turn = Turn(family, Random(self.seed), self.clock.now(), task.element, known, self.rounds, decided)
        return answer(task.form_id, turn)

    def measures(self) -> list[dict[str, Any]]:
        """Two measures by two departments, due in sixty days."""
        due = (self.clock.now() + timedelta(days=60)).date().isoformat()
        return [
            {"code": "CY02", "department": "农业农村", "planned_amount": 3000, "due": due},
            {"code": "JY01", "department": "人社", "planned_amount": 6000, "due": due},
        ]

    def doer(self, task: UserTask) -> str:
        """The name of somebody for whom the task waits, another for each duty that must be separate."""
        with self.runtime.database.read() as session:
            places = session.execute(
                sa.select(TaskCandidate.group, TaskCandidate.place).where(TaskCandidate.task_key == task.key)
            )
            return identity.holding(session, [(group, place) for group, place in places])[0].name

    def do(self, task: UserTask, family: Family, who: str | None = None, **decided: Any) -> None:
        """Complete a task as whoever may, past the pages."""
        given = self.answer(task, family, **decided)
        with self.runtime.database.begin() as session:
            person = identity.named(session, who or self.doer(task))
            instances.complete(self.runtime, session, task.key, given, person)

    def play(self, case: int, family: Family, until: str) -> UserTask:
        """Do everybody's tasks, and let time pass, until a task of element `until` waits."""
        worker = Worker(self.runtime)
        for _ in range(200):
            for task in self.waiting(case):
                if task.element == until:
                    return task
            if waiting := self.waiting(case):
                self.do(waiting[0], family)
            else:
                self.clock.advance(timedelta(days=5))
                worker.run_once()
        raise AssertionError(f"{until} never came")
