"""Each procedure from 新事项 to its end, every step through its page by somebody who may do it, every paper frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from engine import authority, identity
from engine.errors import Refusal
from engine.models.documents import SignedPrint
from engine.models.instances import Instance, Timer
from engine.models.worklist import TaskCandidate, UserTask
from engine.worker import Worker
from registry import history, households, monitoring
from tests.forms.answers import COMPLETE
from tests.web.world import CITY, COUNTY, PASSWORD, World
from web import prints
from web.pages import tasks

MOST_STEPS = 60


@dataclass(frozen=True)
class Journey:
    """A procedure as somebody goes through it: who begins it, where it ends, the steps that must be on the way."""

    process: str
    who: str
    end: str
    steps: tuple[str, ...]
    area: str = ""
    """Where it is begun, for what is about an area; else it is about a household."""
    monitored: bool = False
    """Whether the village's household is monitored already, with something lacking."""
    decided: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What is decided otherwise than usual, by step."""


def of_area(process: str, who: str, area: str, end: str, *steps: str, **more: Any) -> Journey:
    return Journey(process, who, end, steps, area, **more)


def of_household(process: str, who: str, end: str, *steps: str, **more: Any) -> Journey:
    return Journey(process, who, end, steps, **more)


VILLAGE, TOWNSHIP = "village_committee", "township_cadre"
JOURNEYS = (
    of_household("sudden_risk", VILLAGE, "risk_closed", "check_report", "arrange", "plan", "deliver", "close_risk"),
    of_household("special_relief", TOWNSHIP, "relief_done", "give_opinion", "decide_group", "pay", "confirm_relief"),
    of_household("registration", VILLAGE, "registered", "post_notice", "verify_registration", "enter_system"),
    of_household("disqualification", VILLAGE, "upheld", "investigate", "hear", "decide", "appeal", "review_appeal"),
    of_household(
        "support_agreement", VILLAGE, "agreement_over", "sign", "check_support", "renew",
        decided={"renew": {"outcome": "不再续签"}},
    ),
    of_household("household_event", VILLAGE, "changed", "report", "confirm"),
    of_area(
        "supervision", "city_group", CITY, "supervision_done", "inspect", "issue_bulletin", "rectify", "check_fix",
        monitored=True, decided={"inspect": COMPLETE["case_inspection"]},
    ),
    of_area("gap_check", "county_office", COUNTY, "gaps_closed", "confirm_gaps", "rectify", "report_gaps", monitored=True),
    of_area("annual_report", "county_office", COUNTY, "report_closed", "write_report", "receive_report"),
    of_area("public_comment", "county_office", COUNTY, "comment_answered", "handle_comment", "answer_comment"),
    of_area("department_screening", "department_残联", COUNTY, "screening_done", "take_alert", "review_lead", "read_results"),
    of_area("home_visit", "county_group", COUNTY, "round_done", "organize", "visit", "report"),
)  # fmt: skip


class Way:
    """One journey: does what waits, whoever it waits for, and lets time pass when nothing does."""

    def __init__(self, world: World, journey: Journey) -> None:
        self.world, self.journey = world, journey
        self.family = world.family()
        self.worker = Worker(world.runtime)
        self.clients: dict[str, FlaskClient] = {}
        self.done: list[UserTask] = []
        with world.runtime.database.begin() as session:
            history.act(session, "x", world.clock.now())
            made = households.save(
                session, None, self.family.area, self.family.household, self.family.members
            )
            self.household = made.key
            identity.add_user(session, "zhang", "本户", PASSWORD, [("applicant", f"={made.key}")])
            if journey.monitored:
                monitoring.include(session, made.key, "脱贫不稳定户", [1], "农户申请")
                monitoring.warn(session, made.key, "红", ["核实"], "x")
                monitoring.check_guarantees(session, made.key, ["饮水安全"], "跟踪")

    def client(self, name: str) -> FlaskClient:
        """A browser in which that person is signed in, the same each time."""
        if name not in self.clients:
            self.clients[name] = self.world.client(name)
        return self.clients[name]

    def begin(self) -> int:
        """The case, begun from 新事项; its starter is led to the first step."""
        about = {"area": self.journey.area} if self.journey.area else {"household": str(self.household)}
        client = self.client(self.journey.who)
        assert client.get(f"/start/{self.journey.process}").status_code == 200
        sent = client.post(f"/start/{self.journey.process}", data=about)
        assert sent.status_code == 302 and "/tasks/" in sent.location, sent.text
        key = int(sent.location.rsplit("/", 1)[1])
        return next(task.case_key for task in self.world.tasks() if task.key == key)

    def go(self, case: int) -> Instance:
        """On to the case's end."""
        for _ in range(MOST_STEPS):
            with self.world.runtime.database.read() as session:
                found = session.get_one(Instance, case)
            if found.state != "active":
                return found
            about = (str(self.household), found.subject)
            waiting = [t for t in self.world.tasks() if t.case_key == case or t.subject in about]
            if waiting:
                self.do(min(waiting, key=lambda task: (task.case_key != case, task.key)))
            else:
                self.world.clock.set(self.next_due())
            self.worker.run_once()
        raise AssertionError([(task.process_id, task.element) for task in self.done])

    def next_due(self) -> datetime:
        with self.world.runtime.database.read() as session:
            return session.scalars(sa.select(sa.func.min(Timer.due))).one()

    def do(self, task: UserTask) -> None:
        """The step on its page; what is signed is shown first."""
        client = self.client(self.doer(task))
        page = client.get(f"/tasks/{task.key}")
        assert page.status_code == 200 and task.name in page.text, (task.element, page.status_code)
        answer = self.world.answer(task, self.family, **self.decided(task))
        sent: dict[str, Any] = {"answer": answer}
        manner = task.properties.get("signature")
        if manner:
            shown = client.post(f"/tasks/{task.key}/preview", json=sent)
            assert shown.status_code == 200 and shown.json["pages"], (task.element, shown.text)
            sent["shown"] = shown.json["shown"]
        if manner == "password":
            sent["password"] = PASSWORD
        handed_in = client.post(f"/tasks/{task.key}/complete", json=sent)
        assert handed_in.status_code == 200, (task.element, answer, handed_in.text)
        self.done.append(task)

    def decided(self, task: UserTask) -> Mapping[str, Any]:
        if task.form_id != "screening_report":
            return self.journey.decided.get(task.element, {})
        head = self.family.head
        lead = {"name": head["name"], "id_number": head["id_number"], "area": self.family.area}
        told = {"risk": "支出骤增", "detail": "住院自付一万六千元。"}
        return {"screening": "系统数据", "screened": [{**lead, **told}], "alert_to": ["民政"]}

    def doer(self, task: UserTask) -> str:
        """Somebody for whom the task waits, and from whom no earlier step keeps it."""
        with self.world.runtime.database.read() as session:
            rows = session.execute(
                sa.select(TaskCandidate.group, TaskCandidate.place).where(TaskCandidate.task_key == task.key)
            )
            for person in identity.holding(session, [(group, place) for group, place in rows]):
                try:
                    authority.permit_task(session, person, task)
                except Refusal:
                    continue
                return person.name
        raise AssertionError(f"nobody can do {task.element}")


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.process)
def test_from_its_start_to_its_end(world: World, journey: Journey, monkeypatch: pytest.MonkeyPatch):
    # How papers look is shown elsewhere: here each is filled in as drawn, and frozen.
    monkeypatch.setattr(prints, "pdf", lambda html: b"%PDF-1.7\n" + html.encode())
    monkeypatch.setattr(tasks, "pages", lambda pdf: [f"data:{len(pdf)}"])
    way = Way(world, journey)
    case = way.begin()
    over = way.go(case)
    steps = [task.element for task in way.done]
    assert over.end_event == journey.end, (over.end_event, steps)
    assert set(journey.steps) <= set(steps), steps
    signed = {task.key for task in way.done if task.properties.get("signature")}
    with world.runtime.database.read() as session:
        assert signed == set(session.scalars(sa.select(SignedPrint.task_key)))
    page = way.client(journey.who).get(f"/cases/{case}")
    assert page.status_code == 200 and way.done[0].name in page.text
