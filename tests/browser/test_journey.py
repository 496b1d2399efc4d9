"""One household's whole life through the pages: from the farmer's application to exit, each role at its own browser."""

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import documents, identity, worklist
from engine.models.documents import SignedPrint
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.worker import Worker
from registry import households
from tests import papers
from tests.web.world import PASSWORD
from web import prints

pytestmark = pytest.mark.browser
STEPS = 120
MM = 72 / 25.4
NOWHERE = "\U00031350"  # a character that no font has
READ_BACK = Counter({"application": 1, "verification": 3, "warning_confirmation": 1})
READ_BACK_TITLES = {"application": "附件1", "verification": "核查", "warning_confirmation": "附件2"}
SIGNATURES = {"application": 1, "verification": 1, "warning_confirmation": 0}
"""Drawn by hand when the paper was signed: 附件2 is confirmed by password."""


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

    def hand_in(self, *tasks):
        """Everybody opens his task, fills it in, signs, looks at the sheet; only then all confirm, at once."""
        at_work = [(task, self.window(self.doer(task))) for task in tasks]
        for task, window in at_work:
            if task.element == "apply":
                self.type_in(window, task)
            else:
                self.come_back_to(window, task)
        for task, window in at_work:
            window.page.click("[data-hand-in]")
            if not task.properties.get("signature"):
                continue
            window.page.wait_for_selector("dialog[open] img, [data-errors]:not([hidden])", timeout=30_000)
            window.picture("journey-last")
            faults = window.page.locator("[data-errors]")
            assert faults.is_hidden(), (task.element, faults.inner_text())
            window.picture(f"journey-{len(self.done):02}-{task.element}")
            if task.properties["signature"] == "password":
                window.page.fill("[data-password]", PASSWORD)
        assert all(self.is_open(task) for task in tasks if task.properties.get("signature"))
        for task, window in at_work:
            if task.properties.get("signature"):
                window.page.click("[data-confirmed]", no_wait_after=True)
        for task, window in at_work:
            window.page.wait_for_url("**/cases/*", timeout=30_000)
            self.done.append(task.element)

    def doer(self, task):
        return {"apply": "applicant", "visit": "helper"}.get(task.element) or self.world.doer(task)

    def is_open(self, task):
        with self.world.runtime.database.read() as session:
            return session.get(UserTask, task.key).state == "open"

    def type_in(self, window, task):
        """The farmer fills in the form by thumb and keys; what is known of his family he is not asked again."""
        family, page = self.family, window.go(f"/tasks/{task.key}")
        for period, amounts in family.income.items():
            for row, amount in amounts.items():
                page.locator(f'.ff-income input[id$="-{period}-{row}"]').tap()
                page.keyboard.type(str(amount))
        tick(page, "没有保障到位的项目", family.shortfalls)
        tick(page, "主要困难原因", family.causes)
        page.get_by_role("textbox", name="申请理由").tap()
        page.keyboard.type(family.reason)
        page.get_by_role("checkbox", name="同意以上承诺和授权").tap()
        sign(page, page.locator("[data-form] canvas"))

    def come_back_to(self, window, task):
        """What was filled in and kept before is there when the page is opened; to sign is left."""
        answer = self.world.answer(task, self.family)
        signatures = [name for name in answer if name.endswith("_signature")]
        with self.world.runtime.database.begin() as session:
            person = identity.named(session, self.doer(task))
            kept = {name: value for name, value in answer.items() if name not in signatures}
            version = worklist.draft(session, person, task.key).version
            worklist.save_draft(session, person, task.key, kept, version, self.world.clock.now())
        page = window.go(f"/tasks/{task.key}")
        canvases = page.locator("[data-form] canvas")
        assert canvases.count() == len(signatures), (task.element, canvases.count(), signatures)
        for n in range(len(signatures)):
            sign(page, canvases.nth(n))

    def state(self):
        with self.world.runtime.database.read() as session:
            return session.get(Instance, self.case).state


def tick(page, group, values):
    """Choose these options of a group by thumb."""
    options = page.get_by_role("group", name=group)
    for value in values:
        options.get_by_role("checkbox", name=value, exact=True).tap()


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
    family = world.family()
    family.head["name"] = f"{family.head['name'][0]}𠮷{family.head['name'][-1]}"
    made = Journey(world, visitor, family)
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
            together = [task for task in waiting if task.element.startswith("verify_")] or waiting[:1]
            if together[0].element in ("visit", "visit_basic"):
                world.rounds += 1
            journey.hand_in(*together)
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
        papers_of = sa.select(SignedPrint).where(SignedPrint.sheet.in_(READ_BACK)).order_by(SignedPrint.key)
        frozen = [
            (each.sheet, documents.read(session, each.sha256)[0]) for each in session.scalars(papers_of)
        ]
    assert Counter(sheet for sheet, _ in frozen) == READ_BACK
    for sheet, pdf in frozen:
        read_back(pdf, READ_BACK_TITLES[sheet], journey.family.head["name"], SIGNATURES[sheet])
    office = journey.window("county_office")
    page = office.go(f"/cases/{journey.case}")
    office.picture("journey-end-case")
    assert "这一案已经结束" in page.content()
    office.go(f"/cases/{journey.case}/prints")
    office.picture("journey-end-prints")


def read_back(pdf, title, name, signatures):
    """A frozen paper as it is on paper: no empty box, the rare name itself, every signature and seal in its cell."""
    text = papers.text(pdf)
    assert title in text and name in text
    drawn = papers.characters(pdf)
    boxes = papers.characters(prints.draw(f"<p>{NOWHERE}</p>")[0])
    assert [c for c, ink in drawn.items() if papers.unlike(ink, boxes[NOWHERE]) < 25] == []
    like = {c: papers.characters(prints.draw(f"<p>{c}</p>")[0])[c] for c in "𠮷吉告"}
    assert min(like, key=lambda c: papers.unlike(drawn["𠮷"], like[c])) == "𠮷"
    signed = 0
    for sheet in papers.sheets(pdf):
        labels, seals = sheet.places("签字："), sheet.places("（盖章）")
        for signature in sheet.signatures:
            cell = sheet.cell(signature)
            [label] = [each for each in labels if cell.holds(each)]
            assert cell.holds(signature) and label.right <= signature.left
            assert label.bottom < signature.top and signature.bottom < label.top  # on one line with its label
            signed += 1
        for seal in seals:
            cell = sheet.cell(seal)
            room = papers.Box(seal.right - 42 * MM, seal.bottom - 6 * MM, seal.right, seal.bottom + 17 * MM)
            assert cell.holds(seal) and cell.holds(room)
            assert not any(room.meets(signature) for signature in sheet.signatures)
    assert signed == signatures
