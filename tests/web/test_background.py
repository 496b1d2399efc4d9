"""The page of a background job: who sees it, what it says, and what can be done."""

import pytest

from engine import background
from tests.faults import counting


@pytest.fixture
def key(world) -> int:
    with world.runtime.database.begin() as session:
        return background.start(session, "count", {"to": 3, "name": "n"}, "county_office")


def test_who_started_it_and_the_administrator_see_it_nobody_else(world, key):
    codes = {
        name: world.client(name).get(f"/jobs/{key}").status_code
        for name in ("county_office", "administrator", "work_team")
    }
    assert codes == {"county_office": 200, "administrator": 200, "work_team": 403}
    assert world.client("work_team").post(f"/jobs/{key}/cancel").status_code == 403
    assert world.client("county_office").get("/jobs/1").status_code == 404


def test_it_tells_its_progress_whole_and_in_part(world, key):
    client = world.client("county_office")
    assert "等待开始" in client.get(f"/jobs/{key}").text
    assert str(key) in client.get("/jobs/").text
    assert "还没有后台任务" in world.client("administrator").get("/jobs/").text
    background.run(world.runtime, key)
    part = client.get(f"/jobs/{key}?part=1").text
    assert "已完成" in part and "已办 3，共 3" in part and "<html" not in part and "data-going" not in part


def test_it_is_paused_resumed_and_cancelled_by_buttons(world, key):
    client = world.client("county_office")
    for change, said in (("pause", "已暂停"), ("resume", "等待开始"), ("cancel", "已取消")):
        answered = client.post(f"/jobs/{key}/{change}", follow_redirects=True)
        assert said in answered.text
    refused = client.post(f"/jobs/{key}/resume")
    assert refused.status_code == 409 and "已取消" in refused.text
    background.run(world.runtime, key, 2)
    with world.runtime.database.read() as session:
        assert counting.written(session, "n") == []
