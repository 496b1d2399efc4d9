"""A draft is tried: the scenarios are played against its files, and what goes otherwise is told with its step and way."""

import pytest

from engine import background, drafts
from web import rehearsal


@pytest.fixture
def few(monkeypatch, tmp_path):
    """Two of the scenarios: all would take minutes, and are played by tests of their own."""
    file = tmp_path / "few.yaml"
    file.write_text("""
scenarios:
  - scenario: 查无名单的走访
    start: follow_up
    with: {household_key: "1", area: 2202/220281/220281101/220281101201/, title: 户, search: 户, income_exempt: false, level: 红, measures_open: 0}
    steps:
      - {expect: {tasks: [visit]}}
  - scenario: 跟踪周期
    decision: follow_up_interval
    cases:
      - {with: {level: 红}, expect: 30}
""")
    (tmp_path / "answers.yaml").write_text("answers: {}")
    monkeypatch.setattr(rehearsal, "SCENARIOS", file)


def begun(world, file: str, before: str, after: str) -> int:
    """A draft with one replacement in one file."""
    with world.runtime.database.begin() as session:
        draft = drafts.begin(session, "试", "administrator", world.clock.now())
        text = (drafts.in_force(session, file) or b"").decode()
        assert before in text
        data = text.replace(before, after).encode()
        drafts.save(session, draft, file, data, 0, "administrator", world.clock.now())
        return draft.key


def tried(world, client, draft: int) -> str:
    """The page after the trial."""
    assert client.post(f"/studio/drafts/{draft}/trial").status_code == 302
    with world.runtime.database.read() as session:
        job = int(drafts.get(session, draft).tried["job"])
    background.run(world.runtime, job)
    return client.get(f"/studio/drafts/{draft}/trial").get_data(as_text=True)


def test_scenarios_are_played_by_the_draft_and_not_by_what_is_in_force(world, few):
    client = world.client("administrator")
    draft = begun(world, "follow_up.bpmn", 'name="入户走访"', 'name="两人入户走访"')
    page = tried(world, client, draft)
    assert "2 个场景都走完" in page, page[page.index("<table") :][:1500]
    way = client.get(f"/studio/drafts/{draft}/trial?scenario=查无名单的走访").get_data(as_text=True)
    assert 'data-been="' in way and " visit" in way
    assert 'data-here="visit"' in way
    assert "没有场景走到的" in page  # two scenarios enter little
    with world.runtime.database.read() as session:
        assert drafts.get(session, draft).tried["failed"] == 0


def test_what_goes_otherwise_is_told_and_a_later_change_makes_the_trial_old(world, few):
    client = world.client("administrator")
    draft = begun(
        world,
        "settings.yaml",
        "follow_up_red, valid_from: 2020-01-01, value: 30",
        "follow_up_red, valid_from: 2020-01-01, value: 20",
    )
    page = tried(world, client, draft)
    assert "1 个场景没有照写的走" in page and "却得出 20" in page
    with world.runtime.database.begin() as session:
        drafts.save(
            session, drafts.get(session, draft), "new.html", b"<p>", 0, "administrator", world.clock.now()
        )
    assert "试办以后又改过" in client.get(f"/studio/drafts/{draft}/trial").get_data(as_text=True)


def test_a_draft_that_does_not_work_is_not_tried(world, few):
    client = world.client("administrator")
    draft = begun(world, "follow_up.bpmn", 'formId="visit"', 'formId="nowhere"')
    assert "图纸有" in tried(world, client, draft)
