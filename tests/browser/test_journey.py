"""One household's whole life through the pages: from the farmer's application to exit, each role at its own browser."""

from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from engine import documents, identity, worklist
from engine.models.documents import SignedPrint
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.worker import Worker
from registry import households
from tests.web.world import PASSWORD

pytestmark = pytest.mark.browser
STEPS = 120


class Journey:
    """The family's case and everybody who works on it, each in a window of his own."""

    def __init__(self, world, visitor, family):
        self.world, self.visitor, self.family = world, visitor, family
        self.windows = {}
        self.done = []
        self.case = 0

    def window(self, name):
        if name not in self.windows:
            size = "phone" if name in ("applicant", "village_committee", "work_team") else "desk"
            self.windows[name] = self.visitor(size).sign_in(name)
        return self.windows[name]

    def settle(self):
        """The family is known to the registry; the farmer and his helper have their accounts."""
        with self.world.runtime.database.begin() as session:
            session.info["step"] = {"actor": "village_committee", "task": None, "at": self.world.clock.now()}
            household = households.save(
                session, None, self.family.area, self.family.household, self.family.members
            )
            for name, role in (("applicant", "applicant"), ("helper", "helper")):
                identity.add_user(
                    session,
                    name,
                    f"{role} {self.family.head['name']}",
                    PASSWORD,
                    [(role, f"={household.key}")],
                )

    def apply(self):
        """The farmer begins on his phone."""
        page = self.window("applicant").go("/start/")
        page.click("main section button.primary")
        page.wait_for_url("**/tasks/*")
        key = int(page.url.rsplit("/", 1)[1])
        with self.world.runtime.database.read() as session:
            self.case = session.get(UserTask, key).case_key

    def hand_in(self, task, who, **decided):
        """Fill the form in (by a draft, as a clerk comes back to it), sign by hand, see the sheet, confirm."""
        answer = self.world.answer(task, self.family, **decided)
        signatures = [name for name in answer if name.endswith("_signature")]
        with self.world.runtime.database.begin() as session:
            person = identity.named(session, who)
            kept = {name: value for name, value in answer.items() if name not in signatures}
            version = worklist.draft(session, person, task.key).version
            worklist.save_draft(session, person, task.key, kept, version, self.world.clock.now())
        window = self.window(who)
        page = window.go(f"/tasks/{task.key}")
        canvases = page.locator("[data-form] canvas")
        assert canvases.count() == len(signatures), (task.element, canvases.count(), signatures)
        for n in range(len(signatures)):
            sign(page, canvases.nth(n))
        page.click("[data-hand-in]")
        if task.properties.get("signature"):
            page.wait_for_selector("dialog[open] img, [data-errors]:not([hidden])", timeout=30_000)
            window.picture("journey-last")
            assert page.locator("[data-errors]").is_hidden(), (
                task.element,
                page.locator("[data-errors]").inner_text(),
            )
            window.picture(f"journey-{len(self.done):02}-{task.element}")
            if task.properties["signature"] == "password":
                page.fill("[data-password]", PASSWORD)
            page.click("[data-confirmed]")
        page.wait_for_url("**/cases/*", timeout=30_000)
        self.done.append(task.element)

    def state(self):
        with self.world.runtime.database.read() as session:
            return session.get(Instance, self.case).state


def sign(page, canvas):
    """A signature by the mouse."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.evaluate("([y]) => window.scrollBy(0, y - innerHeight / 3)", [middle])
    box = canvas.bounding_box()
    x, y = box["x"] + 30, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + step * 14, y + (15 if step % 2 else -15))
    page.mouse.up()


@pytest.fixture
def journey(world, visitor):
    made = Journey(world, visitor, world.family())
    made.settle()
    return made


def test_from_the_farmers_application_to_exit(world, journey):
    journey.apply()
    worker = Worker(world.runtime)
    for _ in range(STEPS):
        if journey.state() != "active":
            break
        waiting = world.waiting(journey.case)
        if waiting:
            task = waiting[0]
            who = {"apply": "applicant", "visit": "helper"}.get(task.element) or world.doer(task)
            if task.element in ("visit", "visit_basic"):
                world.rounds += 1
            journey.hand_in(task, who)
        else:
            world.clock.advance(timedelta(days=5))
            worker.run_once()
    done = journey.done
    assert journey.state() == "completed", done
    assert done[:2] == ["apply", "accept"]
    assert set(done[2:5]) == {"verify_committee", "verify_work_team", "verify_township"}
    assert done[5:7] == ["county_review", "confirm_warning"]
    assert done.count("plan") == done.count("deliver") == done.count("confirm_result") == 2
    assert done.count("visit") >= 2 and done[-1] == "confirm_exit"
    with world.runtime.database.read() as session:
        case = session.get(Instance, journey.case)
        assert case.end_event == "exited"
        signed = {each.sheet: each for each in documents.signed_prints(session, journey.case)}
        assert {"application", "warning_confirmation", "verification", "exit_review"} <= set(signed)
        first = text_of(documents.read(session, signed["application"].sha256)[0])
        second = text_of(documents.read(session, signed["warning_confirmation"].sha256)[0])
        assert (
            len(session.scalars(sa.select(SignedPrint).where(SignedPrint.sheet == "verification")).all()) == 3
        )
    assert "附件1" in first and journey.family.head["name"] in first and "签字" in first
    assert "附件2" in second and journey.family.head["name"] in second
    office = journey.window("county_office")
    page = office.go(f"/cases/{journey.case}")
    office.picture("journey-end-case")
    assert "这一案已经结束" in page.content()
    office.go(f"/cases/{journey.case}/prints")
    office.picture("journey-end-prints")


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text
