"""A county reviewer does several reviews from one page, and signs what was shown."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from engine.models.worklist import UserTask
from tests.web.world import PASSWORD

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("phone", "en-US")])
def test_reviews_are_shown_signed_and_the_refused_stay(visitor, world, size, language):
    tasks = []
    for nth in range(3):
        family = world.family(nth)
        tasks.append(world.play(world.begin(family), family, "county_review"))
    first, second, third = (str(task.key) for task in tasks)
    person = visitor(size, language).sign_in("county_office")
    page = person.go("/")
    for key in (first, second, third):
        page.check(f'input[name="task"][value="{key}"]')
    page.click("form[action='/together/'] button")
    page.wait_for_url("**/together/**")
    go = page.locator("[data-go]")
    go.click()
    expect(page.locator("[data-told]")).not_to_be_empty()  # nothing is decided yet
    page.select_option("#outcome", "同意纳入")
    page.fill("#opinion", "情况属实。")
    page.select_option(
        f"#outcome-{third}", "不予纳入"
    )  # by rule the second has no grounds: its own page asks for them
    go.click()
    expect(page.locator("[data-papers] > section")).to_have_count(2)
    expect(page.locator(f"#why-{second}")).to_be_visible()
    assert "纳入依据" in page.locator(f"#why-{second}").inner_text()
    expect(page.locator("#papers-title")).to_be_focused()
    person.picture(f"together-{size}")
    assert person.barriers() == []
    assert not person.overflows()

    page.fill(f"#opinion-{third}", "同意。")  # what was shown was shown for another answer
    expect(page.locator("[data-papers] > section")).to_have_count(1)
    page.fill("#password", "not it")
    go.click()
    expect(page.locator("#password-error")).to_be_visible()
    page.fill("#password", PASSWORD)
    go.click()
    expect(page.locator(f'[data-task="{first}"]')).to_have_count(0)
    go.click()  # the third, shown anew; the second is refused again
    expect(page.locator("[data-papers] > section")).to_have_count(1)
    go.click()
    expect(page.locator(f'[data-task="{third}"]')).to_have_count(0)
    expect(page.locator(f'[data-task="{second}"]')).to_have_count(1)
    person.picture(f"together-done-{size}")
    person.faults[:] = [fault for fault in person.faults if "422" not in fault and "401" not in fault]
    with world.runtime.database.read() as session:
        states = {
            str(task.key): task.state
            for task in session.scalars(
                sa.select(UserTask).where(UserTask.key.in_([task.key for task in tasks]))
            )
        }
    assert states == {first: "completed", second: "open", third: "completed"}
