"""Takes the manuals' pictures anew, from a made-up county on 1 July 2020: `make pictures`. No test of `make test`."""

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from engine import identity
from engine.clock import MovableClock
from engine.feel import Evaluator
from engine.models.worklist import TaskCandidate, UserTask
from engine.runtime import Runtime
from processes.operations import OPERATIONS
from registry import households
from tests.browser.conftest import Visitor
from tests.conftest import open_database
from web import demo
from web.app import create_app
from web.config import Config
from web.demo.accounts import villages

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
NOON = datetime(2020, 7, 1, 4, tzinfo=UTC)
HOUSEHOLDS = 72
SIZES = {"desk": (1200, 800), "phone": (390, 780)}
COLOURS = 96
DAYS_IN_CHINESE = """document.querySelectorAll("input[type=date]").forEach((field) => {
  const day = field.value.replaceAll("-", "/");
  field.type = "text";
  field.value = day || "年/月/日";
})"""
"""A Chromium without its Chinese words shows days as Americans write them: what a reader's own shows instead."""
Doing = Callable[[Page], None]


@dataclass(frozen=True)
class Shot:
    """What an account sees at a path, where {head} is a 户主 of the tour's village.

    With a `step` the page is that of a task at that element instead, and `who` the group for which it waits. `doing` is
    done on the page before the picture is taken.
    """

    name: str
    who: str
    size: str
    path: str = "/"
    step: str = ""
    doing: Doing = lambda page: None


def begins(page: Page) -> None:
    """Begins what the page offers, of the first household found or of one's own area."""
    page.locator("main button").last.click()
    page.wait_for_url("**/tasks/*")


def splits(page: Page) -> None:
    """Reports that the last member leaves the household."""
    begins(page)
    page.get_by_role("radio", name="分户").check()
    page.get_by_role("checkbox").last.check()
    page.get_by_text("发生日期").first.scroll_into_view_if_needed()


def together(page: Page) -> None:
    """Three results are confirmed at one time."""
    rows = page.locator("tr", has_text="核查措施成效").locator("input[type=checkbox]")
    for number in range(3):
        rows.nth(number).check()
    page.get_by_role("button", name="一起办所选的").click()
    page.wait_for_url("**/together/**")


def agrees(page: Page) -> None:
    """The county is about to agree."""
    page.get_by_role("radio").first.check()


def draws(page: Page) -> None:
    """The administrator has opened the drawing of a visit, and its step."""
    folded = page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    page.get_by_role("button", name="改 follow_up.bpmn").click()
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "works")
    page.click("[data-fit]")
    page.locator("[data-element-id=visit]").first.click()


SHOTS = (
    Shot("worklist", "county_office", "desk"),
    Shot("applicant-application", "applicant", "phone", step="apply"),
    Shot("village_committee-worklist", "village_committee", "phone"),
    Shot(
        "village_committee-change",
        "village_committee",
        "phone",
        "/start/household_event?q={head}",
        doing=splits,
    ),
    Shot("work_team-verification", "work_team", "phone", step="verify_work_team"),
    Shot("township_cadre-measures", "township_cadre", "desk", step="choose_measures"),
    Shot("helper-visit", "helper", "phone", step="visit"),
    Shot("helper-field", "helper", "phone", "/field/"),
    Shot("county_office-review", "county_office", "desk", step="county_review", doing=agrees),
    Shot("county_office-together", "county_office", "desk", doing=together),
    Shot("county_office-ledger", "county_office", "desk", "/ledger/"),
    Shot("county_group-figures", "county_group", "desk", "/figures/"),
    Shot("department-plan", "department:农业农村", "desk", step="plan"),
    Shot("city_office-watch", "city_office", "desk", "/watch/"),
    Shot("city_group-supervision", "city_group", "desk", "/start/supervision", doing=begins),
    Shot("administrator-drawing", "administrator", "desk", "/studio/", doing=draws),
    Shot("administrator-people", "administrator", "desk", "/people/"),
    Shot("administrator-versions", "administrator", "desk", "/studio/versions"),
)


@pytest.fixture(scope="module")
def runtime(evaluator: Evaluator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The demo's county, lived up to that day."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('manual')}/county.sqlite")
    database.upgrade()
    runtime = Runtime(database, evaluator, OPERATIONS, MovableClock(NOON))
    demo.prepare(runtime, HOUSEHOLDS)
    yield runtime
    database.close()


@pytest.fixture(scope="module")
def site(runtime: Runtime) -> Iterator[str]:
    app = create_app(runtime, Config(sign_ins="1000 per minute"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_picture(chromium: Browser, runtime: Runtime, site: str, shot: Shot) -> None:
    width, height = SIZES[shot.size]
    who, path = place(runtime, shot)
    with chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN") as context:
        person = Visitor(context.new_page(), site, []).sign_in(who, demo.PASSWORD)
        page = person.go(path)
        shot.doing(page)
        person.rest()
        page.evaluate(DAYS_IN_CHINESE)
        keep(page.screenshot(), shot.name)


def place(runtime: Runtime, shot: Shot) -> tuple[str, str]:
    """The account and the path of a shot: of a step, the first to become due and one for whom it waits."""
    with runtime.database.read() as session:
        if not shot.step:
            [household, *_] = households.all_within(session, villages(session)[0])
            return shot.who, shot.path.format(head=household.head_name)
        waiting = (
            sa.select(TaskCandidate.task_key, TaskCandidate.place)
            .join(UserTask, UserTask.key == TaskCandidate.task_key)
            .where(TaskCandidate.group == shot.who, UserTask.element == shot.step, UserTask.state == "open")
            .order_by(UserTask.due, UserTask.key)
        )
        for task, where in session.execute(waiting):
            for holder in identity.holding(session, [(shot.who, where)]):
                return holder.name, f"/tasks/{task}"
    raise LookupError(f"nobody has an account for {shot.step}")


def keep(data: bytes, name: str) -> None:
    """A page of text needs few colours."""
    PICTURES.mkdir(exist_ok=True)
    image = Image.open(io.BytesIO(data)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(PICTURES / f"{name}.png", optimize=True)
