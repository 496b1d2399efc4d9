"""An administrator sees on the diagram where cases wait, goes to what is stuck and puts it back; as pictures too."""

from datetime import timedelta

import pytest


@pytest.fixture
def watched(world, monkeypatch):
    """Two families' applications: one refused after days, one stuck before its household is told."""

    def down(session, inputs):
        raise RuntimeError("the line is down")

    monkeypatch.setitem(world.runtime.operations, "notice.send", down)
    for nth in (0, 1):
        family = world.family(nth)
        case = world.begin(family)
        while (task := world.waiting(case)[0]).element != "county_review":
            world.clock.advance(timedelta(hours=5 + 30 * nth))
            world.do(task, family)
        world.clock.advance(timedelta(days=3 - nth))
        world.do(task, family)
    return case


def test_where_cases_wait_is_seen_and_what_is_stuck_is_put_back(visitor, world, watched):
    person = visitor("desk").sign_in("administrator")
    page = person.go("/watch/?process=application&show=median")
    assert page.locator(".diagram .heat").count() >= 5, "the figure stands beside each element"
    assert page.locator(".diagram .djs-shape.heat-5").count() == 1
    person.picture("watch-desk")
    assert not person.overflows() and person.barriers() == []
    page = person.go("/incidents/")
    page.get_by_role("link", name="处理").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="告知纳入").wait_for()
    person.picture("incident-desk")
    assert person.barriers() == []
    page.get_by_role("link", name="选移回哪一步").click()
    page.get_by_label("移回“县扶贫办审核确认”").check()
    page.get_by_label("原因（记入案卷）").fill("家庭成员有误，请重新审核")
    person.picture("put-back-desk")
    assert person.barriers() == []
    page.get_by_role("button", name="移回所选的步骤").click()
    page.get_by_text("已移回，从这一步重新办。").wait_for()
    person.picture("put-back-story")
    assert page.get_by_text("已作废").count() == 1


def test_it_fits_a_phone_and_reads_in_english(visitor, world, watched):
    person = visitor("phone", "en").sign_in("administrator")
    for path, name in (("/watch/?process=application", "watch"), ("/incidents/", "incidents")):
        page = person.go(path)
        person.picture(f"{name}-phone")
        assert not person.overflows() and person.barriers() == [], name
    page.get_by_role("link", name="Handle").first.click()
    page.wait_for_load_state("networkidle")
    person.picture("incident-phone")
    assert not person.overflows() and person.barriers() == []
