"""What the demo's county does besides its families' cases: the quarter's comparison, a round of visits, a screening."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import instances
from engine.clock import SHANGHAI, MovableClock
from engine.models.worklist import TaskCandidate, UserTask
from engine.runtime import Runtime
from registry import areas, households, monitoring
from registry.models import Household
from web.demo.accounts import COUNTY, People

COMPARED: dict[str, dict[str, Any]] = {
    "sheet_handover": {"outcome": "已提供"},
    "comparison_check": {"outcome": "比对完成"},
}
"""What is answered to the comparison's forms: the sheets themselves come by `fangfan import department`."""
VISITS = {
    "scope": "选定的村",
    "visit_kinds": ["脱贫户", "一般农户"],
    "focus": "看务工收入是否稳定，冬季取暖和饮水有没有保障。",
}
SCREENED = 2


class County:
    """The county's offices on the demo's clock."""

    def __init__(self, runtime: Runtime, clock: MovableClock, people: People) -> None:
        self.runtime, self.clock, self.people = runtime, clock, people
        self._day: date | None = None

    def catch_up(self) -> None:
        """Once a day: do what waits of the quarter's comparison."""
        today = self.clock.now().astimezone(SHANGHAI).date()
        if today == self._day:
            return
        self._day = today
        with self.runtime.database.begin() as session:
            while waiting := self._waiting(session):
                for task in waiting:
                    self._answer(session, task, COMPARED[task.form_id or ""])

    def begin(self) -> None:
        """A round of visits in the tour's village and a department's screening, both under way."""
        with self.runtime.database.begin() as session:
            village = areas.below(session, COUNTY, "village")[0].path
            given = {"area": COUNTY, "channel": "走访排查", "title": "走访排查"}
            case = self._start(session, "home_visit", given, ("county_group", COUNTY))
            self._answer(session, _first(session, case), {**VISITS, "visit_area": village})
            if found := self._at_risk(session):
                given = {"area": COUNTY, "department": "医保", "title": "部门筛查"}
                case = self._start(session, "department_screening", given, ("department:医保", COUNTY))
                told = {"screening": "系统数据", "screened": found, "alert_to": ["民政", "卫健"]}
                self._answer(session, _first(session, case), told)

    def _start(self, session: Session, process: str, given: dict[str, Any], who: tuple[str, str]) -> int:
        [person, *_] = self.people.who([who])
        return instances.start(self.runtime, session, process, given, person).key

    def _answer(self, session: Session, task: UserTask, answer: dict[str, Any]) -> None:
        waits = sa.select(TaskCandidate.group, TaskCandidate.place).where(TaskCandidate.task_key == task.key)
        [person, *_] = self.people.who([tuple(place) for place in session.execute(waits)])
        instances.complete(self.runtime, session, task.key, answer, person)

    def _waiting(self, session: Session) -> list[UserTask]:
        """Tasks of the comparison for whom somebody has an account."""
        found = sa.select(UserTask).where(UserTask.form_id.in_(COMPARED), UserTask.state == "open")
        return list(session.scalars(found.order_by(UserTask.key)))

    def _at_risk(self, session: Session) -> list[dict[str, Any]]:
        """Heads of some households that are not monitored, as a department would report them."""
        here = sa.select(Household).where(areas.within(Household.area, COUNTY), Household.head_name != "")
        found = [
            h
            for h in session.scalars(here.order_by(Household.key))
            if not monitoring.open_period(session, h.key)
        ]
        heads = [
            (h, next(m for m in households.present(h) if m.relation == households.HEAD))
            for h in found[:SCREENED]
        ]
        return [
            {
                "name": head.name,
                "id_number": head.id_number,
                "area": household.area,
                "risk": "支出骤增",
                "detail": "三季度住院两次，个人自付一万六千元。",
            }
            for household, head in heads
        ]


def _first(session: Session, case: int) -> UserTask:
    return session.scalars(
        sa.select(UserTask).where(UserTask.case_key == case, UserTask.state == "open")
    ).one()
