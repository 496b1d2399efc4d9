"""A cadre takes visits along, fills them in where there is no signal, and sends them when there is one again."""

import io
import re
from random import Random

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import expect

from engine import identity, journal, worklist
from engine.models.documents import Attachment, SignedPrint
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from registry import areas
from tests.browser.test_journey import sign
from tests.web.world import PASSWORD
from web.demo.answers import strokes

pytestmark = pytest.mark.browser
PIN = "hill-27"
ELEMENT = "verify_township"

ALL_THAT_IS_KEPT = """async () => {
  const text = (bytes) => new TextDecoder('utf-8').decode(bytes) + new TextDecoder('utf-16le').decode(bytes);
  const told = (value) => JSON.stringify(value, (_name, each) =>
    each instanceof ArrayBuffer || ArrayBuffer.isView(each) ? text(each) : each);
  const found = [told({...localStorage}), told({...sessionStorage})];
  for (const {name} of await indexedDB.databases()) {
    const database = await new Promise((done) => { const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result); });
    for (const store of database.objectStoreNames) {
      const asked = database.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { asked.onsuccess = done; });
      found.push(store, told(asked.result));
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
  }
  return found.join('\\n');
}"""


@pytest.fixture
def visits(world):
    """Two households to be verified; all but signature and photograph stands in the cadre's draft."""
    made = []
    for nth in range(2):
        family = world.family(nth)
        case = world.begin(family)
        world.play(case, family, ELEMENT)
        task = world.task(case, ELEMENT)
        answer = {
            name: value
            for name, value in world.answer(task, family).items()
            if not name.endswith("_signature")
        }
        with world.runtime.database.begin() as session:
            person = identity.named(session, "township_cadre")
            worklist.save_draft(session, person, task.key, answer, "", world.clock.now())
        made.append((task, family))
    with world.runtime.database.begin() as session:
        place = areas.parent(world.village)
        identity.add_user(session, "colleague", "包村干部 陈静", PASSWORD, [("township_cadre", place)])
    return made


def photograph(colour):
    """A picture as a phone takes it."""
    kept = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(kept, "JPEG")
    return {"name": "入户.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def take_all(page):
    page.get_by_label("全选").check() if page.get_by_label("全选").count() else page.locator(
        "li input"
    ).check()
    page.click("[data-take]")
    page.fill("#pin", "123456")
    page.fill("#pin-again", "123456")
    page.click("button.primary")
    expect(page.locator("#pin-fault")).to_be_visible()
    page.fill("#pin", PIN)
    page.fill("#pin-again", PIN)
    page.click("button.primary")


def fill_in(person, task, colour):
    """The photograph and the signature; the rest is there."""
    page = person.page
    page.click(f'[data-task="{task.key}"] button')
    page.locator('[data-form] input[type="file"]').first.set_input_files(photograph(colour))
    expect(page.locator("[data-form] .ff-files li")).to_have_count(1)
    sign(page, page.locator("[data-form] canvas"))
    person.picture(f"field-sheet-{colour}")
    page.click("[data-filled]")
    expect(page.locator(f'[data-task="{task.key}"]')).to_have_attribute("data-state", "filled")


def test_visits_without_a_signal(visitor, world, visits):
    (first, family), (second, other) = visits
    person = visitor("phone").sign_in("township_cadre")
    page = person.go("/field/")
    expect(page.locator("[data-ready]")).to_be_visible()
    person.picture("field-to-take")
    assert person.barriers() == []
    take_all(page)
    expect(page.locator("[data-task]")).to_have_count(2)
    assert person.barriers() == []

    page.context.set_offline(True)
    page.reload()
    person.picture("field-locked")
    assert person.barriers() == []
    page.fill("#pin", "not-it-1")
    page.click("button.primary")
    expect(page.locator("#pin-fault")).to_contain_text("4")
    page.fill("#pin", PIN)
    page.click("button.primary")
    expect(page.locator("[data-task]")).to_have_count(2)
    person.picture("field-on-phone")
    fill_in(person, first, "green")
    fill_in(person, second, "blue")
    person.picture("field-filled")
    assert person.barriers() == []
    assert not person.overflows()

    kept = page.evaluate(ALL_THAT_IS_KEPT)
    assert str(first.key) in kept and "/static/build/forms.js" in kept and "<title>下乡" in kept
    secrets = {
        family.head["name"],
        other.head["name"],
        *(m["id_number"] for m in family.members),
        other.reason,
    }
    assert [secret for secret in secrets if secret in kept] == []

    given = {**world.answer(second, other), "verifier_signature": strokes(Random(1))}
    world.do(second, other, "colleague", **given)

    page.context.set_offline(False)
    page.click("[data-send]")
    expect(page.locator("[data-confirm]")).to_be_visible()
    expect(page.locator(f'[data-task="{second.key}"]')).to_have_attribute("data-state", "over")
    expect(page.locator(f'[data-task="{second.key}"]')).to_contain_text("陈静")
    person.picture("field-papers")
    assert person.barriers() == []
    page.click("[data-confirm]")
    expect(page.locator(f'[data-task="{first.key}"]')).to_have_count(0)
    person.picture("field-sent")

    page.click(f'[data-task="{second.key}"] button')  # what he filled in is there to be read
    expect(page.locator("[data-form] .ff-files li")).to_have_count(1)
    person.picture("field-over")
    person.faults[:] = [
        fault for fault in person.faults if "409" not in fault and "ERR_INTERNET" not in fault
    ]
    with world.runtime.database.read() as session:
        done = session.get(UserTask, first.key)
        assert (done.state, done.completed_by) == ("completed", "township_cadre")
        assert session.get(UserTask, second.key).completed_by == "colleague"
        prints = session.scalars(sa.select(SignedPrint.signed_by).where(SignedPrint.task_key == first.key))
        assert list(prints) == ["township_cadre"]
        files = session.scalars(sa.select(Attachment.name).where(Attachment.case_key == first.case_key))
        assert "入户.jpg" in list(files)
        carried = session.scalars(sa.select(Entry).where(Entry.kind == "task_carried")).all()
        assert [entry.actor for entry in carried] == ["township_cadre"] * 2
        assert journal.verify(session) == []


def open_bag(page, pin):
    page.fill("#pin", pin)
    page.click("button.primary")


def test_a_broken_line_a_lost_phone_and_a_sign_out(visitor, world, visits):
    (first, _family), (second, _other) = visits
    person = visitor("phone").sign_in("township_cadre")
    page = person.go("/field/")
    take_all(page)
    fill_in(person, first, "green")
    page.route("**/complete", lambda route: (route.fetch(), route.abort()))
    page.click("[data-send]")
    page.click("[data-confirm]")
    expect(page.locator("[data-told]")).to_contain_text("连不上服务器")
    page.unroute("**/complete")
    page.reload()
    open_bag(page, PIN)
    page.click("[data-send]")  # it had arrived: it is not sent, nor told, as another's
    expect(page.locator("[data-told]")).to_contain_text("办成1件")
    expect(page.locator(f'[data-task="{first.key}"]')).to_have_count(0)

    page.click(f'[data-task="{second.key}"] button')
    sign(page, page.locator("[data-form] canvas"))
    page.click("[data-filled]")
    problem = {"code": "invalid_answer", "detail": "填写有误，共1处。", "errors": {"opinion": "太短"}}
    page.route("**/preview", lambda route: route.fulfill(status=422, json=problem))
    page.click("[data-send]")
    row = page.locator(f'[data-task="{second.key}"]')
    expect(row).to_have_attribute("data-state", "refused")
    expect(row).to_contain_text("填写有误")
    page.unroute("**/preview")
    row.get_by_role("button").click()
    expect(page.locator("main .error-summary")).to_contain_text("核实情况：太短")
    expect(page.locator("[data-form] canvas")).to_have_attribute(
        "aria-label", re.compile("已签名")
    )  # nothing is lost
    page.get_by_label("核实情况").fill("")
    page.click("[data-filled]")
    expect(page.locator("main .error-summary")).to_be_focused()
    person.picture("field-faults")
    assert person.barriers() == []
    page.go_back()
    expect(page.locator(f'[data-task="{second.key}"]')).to_have_attribute("data-state", "refused")

    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    person.go("/")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    assert "1件" in asked[0]
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0
    assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0

    person.sign_in("township_cadre")
    page = person.go("/field/")
    take_all(page)
    expect(page.locator("[data-task]")).to_have_count(1)
    page.reload()
    for left in (4, 3, 2, 1):
        open_bag(page, "not-it-1")
        expect(page.locator("#pin-fault")).to_contain_text(f"{left}次")
    open_bag(page, "not-it-1")
    expect(page.locator("[data-told]")).to_contain_text("已删除")
    assert str(second.key) not in page.evaluate(ALL_THAT_IS_KEPT)

    take_all(page)
    expect(page.locator("[data-task]")).to_have_count(1)
    page.clock.set_fixed_time(world.clock.now().replace(year=2100))
    page.reload()
    open_bag(page, PIN)
    expect(page.locator("[data-take]")).to_be_visible()
    expect(page.locator("[data-task]")).to_have_count(0)
    person.faults[:] = [fault for fault in person.faults if "ERR_FAILED" not in fault and "422" not in fault]
