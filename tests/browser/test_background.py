"""A background job's page in a browser: it renews itself, keeps the focus, and is accessible."""

import pytest

from engine import background
from tests.faults import counting

pytestmark = pytest.mark.browser


def test_progress_renews_itself_while_the_page_is_open(visitor, world):
    with world.runtime.database.begin() as session:
        key = background.start(session, "count", {"to": 40, "name": "n"}, "county_office")
    person = visitor("phone").sign_in("county_office")
    page = person.go(f"/jobs/{key}")
    person.picture("job_waiting")
    assert (person.barriers(), person.overflows()) == ([], False)
    page.focus("text=取消任务")
    background.run(world.runtime, key)
    page.wait_for_selector("text=已办 40，共 40")
    person.picture("job_done")
    assert (person.barriers(), person.overflows()) == ([], False)
    with world.runtime.database.read() as session:
        assert counting.written(session, "n") == list(range(40))
