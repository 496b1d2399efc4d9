"""A scenario is recorded in a draft by doing its steps with the draft's own forms, and is played with the others from then on."""

import pytest
from flask.testing import FlaskClient

from engine import background, drafts, scenarios
from engine.models.drafts import DrawingDraft
from engine.runtime import Runtime
from tests.web.test_studio import DRAWINGS, administrator, begun, drawn, saved  # noqa: F401
from web import rehearsal

FILE = "浅井再看.scenario.yaml"


@pytest.fixture(autouse=True)
def one(monkeypatch, tmp_path):
    """One scenario to begin like."""
    file = tmp_path / "wells.yaml"
    file.write_text("""
scenarios:
  - scenario: 报修
    start: well_repair
    with: {area: 2202/220281/220281101/220281101201/, title: 东头的井, well: w1}
    steps:
      - {expect: {tasks: [inspect]}}
""")
    (tmp_path / "answers.yaml").write_text("answers: {}")
    monkeypatch.setattr(rehearsal, "SCENARIOS", file)


def kept(runtime: Runtime, draft: str) -> list[dict]:
    """The recorded scenario's steps."""
    with runtime.database.read() as session:
        row = session.get_one(DrawingDraft, int(draft.rpartition("/")[2]))
        [scenario] = scenarios.parse(FILE, drafts.changes(session, row)[FILE])
    assert scenario.name == "浅井再看"
    return [step.model_dump(by_alias=True, exclude_defaults=True) for step in scenario.steps]


def test_what_one_does_is_the_scenario(drawn: Runtime, administrator: FlaskClient) -> None:  # noqa: F811
    draft = begun(administrator)
    form = {"name": "浅井再看", "like": "报修", "keep": "0"}
    made = administrator.post(f"{draft}/scenarios", data=form)
    assert made.status_code == 302, made.get_data(as_text=True)
    page = administrator.get(f"{draft}/scenarios/{FILE}").get_data(as_text=True)
    assert "查看水井" in page and "村民委员会" in page and 'data-here="inspect"' in page
    again = administrator.post(f"{draft}/scenarios", data=form)
    assert again.status_code == 400

    def answer(**given: object):
        return administrator.post(
            f"{draft}/scenarios/{FILE}/answer", json={"element": "inspect", "nth": 0, "answer": given}
        )

    refused = answer(depth=200, outcome="修")
    assert (refused.status_code, set(refused.get_json()["errors"])) == (422, {"depth"})
    assert answer(depth=3, outcome="再看").status_code == 200
    waited = administrator.post(f"{draft}/scenarios/{FILE}/steps", data={"do": "wait", "days": "3"})
    assert waited.status_code == 302
    assert answer(depth=4, outcome="修").status_code == 200
    page = administrator.get(f"{draft}/scenarios/{FILE}").get_data(as_text=True)
    assert "办完了：不修" in page and "2020年6月4日" in page
    administrator.post(f"{draft}/scenarios/{FILE}/steps", data={"do": "expect"})
    steps = kept(drawn, draft)
    assert steps == [
        {"do": "inspect", "as": "village_committee", "answer": {"depth": 3, "outcome": "再看"}},
        {"wait": "P3D"},
        {"do": "inspect", "as": "village_committee", "answer": {"depth": 4, "outcome": "修"}},
        {"expect": {"ended": "not_needed"}},
    ]
    administrator.post(f"{draft}/scenarios/{FILE}/steps", data={"do": "undo"})
    assert kept(drawn, draft) == steps[:-1]


def test_a_recorded_scenario_is_played_with_the_others(drawn: Runtime, administrator: FlaskClient) -> None:  # noqa: F811
    draft = begun(administrator, "urgency.dmn")
    administrator.post(f"{draft}/scenarios", data={"name": "浅井再看", "like": "报修", "keep": "1"})
    administrator.post(
        f"{draft}/scenarios/{FILE}/answer",
        json={"element": "inspect", "nth": 0, "answer": {"depth": 3, "outcome": "修"}},
    )
    administrator.post(f"{draft}/scenarios/{FILE}/steps", data={"do": "expect"})
    assert played(drawn, administrator, draft) == {"报修": None, "浅井再看": None}
    page = administrator.get(f"{draft}/scenarios/{FILE}").get_data(as_text=True)
    assert "应当如此：结束于不修" in page
    deeper = (DRAWINGS / "urgency.dmn").read_text().replace("&lt; 1", "&lt; 9").replace("&gt;= 1", "&gt;= 9")
    saved(administrator, draft, deeper, file="urgency.dmn")
    assert "结束于 None" in (played(drawn, administrator, draft)["浅井再看"] or "")
    assert administrator.get(f"{draft}/checks").status_code == 200


def test_a_new_procedure_is_begun_with_what_another_scenario_gives(
    drawn: Runtime,  # noqa: F811
    administrator: FlaskClient,  # noqa: F811
) -> None:
    draft = begun(administrator)
    new = (
        (DRAWINGS / "well_repair.bpmn")
        .read_text()
        .replace('"well_repair"', '"well_digging"')
        .replace("修井", "打井")
    )
    saved(administrator, draft, new, file="well_digging.bpmn")
    form = {"name": "浅井再看", "like": "报修", "process": "well_digging", "keep": "1"}
    administrator.post(f"{draft}/scenarios", data=form)
    page = administrator.get(f"{draft}/scenarios/{FILE}").get_data(as_text=True)
    assert "打井" in page and 'data-here="inspect"' in page
    assert kept(drawn, draft) == []


def played(runtime: Runtime, client: FlaskClient, draft: str) -> dict[str, str | None]:
    """What came of each scenario."""
    client.post(f"{draft}/trial")
    with runtime.database.read() as session:
        [job] = background.of(session, "administrator", 1)
    background.run(runtime, job.key)
    with runtime.database.read() as session:
        told = background.get(session, job.key)
    assert told.state == "done", told.error
    return {each["name"]: each["problem"] for each in told.result["outcomes"]}


def test_what_is_no_scenario_is_refused(drawn: Runtime, administrator: FlaskClient) -> None:  # noqa: F811
    draft = begun(administrator)
    bomb = "a: &a [x, x, x, x]\nscenarios: [*a, *a]\n"
    for content in (bomb, "scenarios: [{scenario: x}]", "- ["):
        told = administrator.post(
            f"{draft}/files/bad.scenario.yaml/content", json={"content": content, "revision": 0}
        )
        assert told.status_code == 200
        page = administrator.get(f"{draft}/checks").get_data(as_text=True)
        assert "场景读不懂" in page
        administrator.post(f"{draft}/files/bad.scenario.yaml/revert")
