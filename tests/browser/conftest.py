"""A real Chromium before a real server: the county of the page tests, with its site on a port of its own."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

from tests.web.conftest import county_template, quick_passwords, world
from tests.web.world import PASSWORD, World

__all__ = ["county_template", "quick_passwords", "world"]

PICTURES = Path(__file__).parents[1] / "pictures"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {"desk": (1440, 900), "laptop": (1024, 768), "phone": (360, 740)}
expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_QUIET = "new Promise((done) => requestIdleCallback(() => requestAnimationFrame(() => setTimeout(done, 40))))"
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    path = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )
    if path is None:
        pytest.skip("Chromium is not installed: the pages stay UNTESTED in a browser here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """The county's site on a free port, with its CSRF tokens on."""
    world.app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@dataclass
class Visitor:
    """A person at a browser window of one size and language. Faults of scripts fail the test."""

    page: Page
    address: str
    faults: list[str]
    asking: set[Request] = field(default_factory=set)
    asked: int = 0

    def __post_init__(self) -> None:
        """Hear of every request: Playwright's own wait for a quiet network lasts half a second on each page."""
        self.page.on("request", self._ask)
        self.page.on("requestfinished", self._told)
        self.page.on("requestfailed", self._told)

    def _ask(self, request: Request) -> None:
        self.asking.add(request)
        self.asked += 1

    def _told(self, request: Request) -> None:
        self.asking.discard(request)

    def sign_in(self, name: str, password: str = PASSWORD) -> "Visitor":
        """Through the door, as anybody would."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.page.click("[data-sign-in] button.primary")
        self.page.wait_for_url(lambda url: "sign-in" not in url)
        return self

    def go(self, path: str) -> Page:
        """Open a page and wait until it is at rest."""
        self.page.goto(self.address + path)
        return self.rest()

    def rest(self) -> Page:
        """Wait until nothing is asked of the server and the page has nothing left to do."""
        before = -1
        while self.asking or self.asked != before:
            before = self.asked
            self.page.evaluate(_QUIET)
        return self.page

    def picture(self, name: str) -> None:
        """Keep what is seen, for a person to look at."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def barriers(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA on this page."""
        self.page.evaluate(AXE.read_text())  # past the page's own policy, which lets no foreign script in
        found: dict[str, Any] = self.page.evaluate(
            "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
            _WCAG,
        )
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary'][:160]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def overflows(self) -> bool:
        """Whether the page is wider than its window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """Opens windows: `visitor("phone", "en")`."""
    contexts = []
    people: list[Visitor] = []

    def open_window(size: str = "desk", language: str = "zh-CN") -> Visitor:
        width, height = WIDTHS[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=language, has_touch=size == "phone"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        person = Visitor(page, address, [])
        page.on("pageerror", lambda error: person.faults.append(str(error)))
        page.on("console", lambda told: person.faults.append(told.text) if told.type == "error" else None)
        people.append(person)
        return person

    yield open_window
    faults = [fault for person in people for fault in person.faults]
    for context in contexts:
        context.close()
    assert faults == []
