"""Replay in the studio: cases are played again on a draft in the background; what goes otherwise is told by place and by case."""

import io
from datetime import timedelta

import pytest
import python_calamine
import sqlalchemy as sa
from flask.testing import FlaskClient

from engine import background, instances, jobs, messages
from engine.models.instances import Instance
from engine.models.journal import Entry
from engine.runtime import Runtime
from tests.engine.cases import open_tasks
from tests.web.test_studio import DRAWINGS, VILLAGE, administrator, begun, drawn, saved, well_repair  # noqa: F401
from web import replays

DMN = (DRAWINGS / "urgency.dmn").read_text()


def well(runtime: Runtime, depth: float, *, over: bool = False) -> int:
    """A well that somebody has looked at; a dry one waits for the crew, or (`over`) was repaired."""
    given = {"area": VILLAGE, "title": f"水深 {depth} 的井", "well": f"w{depth}"}
    with runtime.database.begin() as session:
        case = instances.start(runtime, session, "well_repair", given, "clerk").key
    [task] = open_tasks(runtime, case)
    with runtime.database.begin() as session:
        instances.complete(runtime, session, task.key, {"depth": depth, "outcome": "修"}, "clerk")
    if over:
        with runtime.database.begin() as session:
            [job] = jobs.activate(runtime, session, "pump-crew", "crew", timedelta(minutes=1))
            jobs.complete(runtime, session, job.key, {"crew": "水利二队"}, "crew")
            messages.correlate(runtime, session, "water_runs", f"w{depth}", {"litres": 30}, "clerk")
    return case


def replayed(
    runtime: Runtime, client: FlaskClient, draft: str, **form: object
) -> tuple[background.Progress, str]:
    """What came of the job, and the page that tells it."""
    assert client.post(f"{draft}/replay", data=form).status_code == 302
    with runtime.database.read() as session:
        [job] = background.of(session, "administrator", 1)
    background.run(runtime, job.key)
    with runtime.database.read() as session:
        return background.get(session, job.key), client.get(f"{draft}/replay").get_data(as_text=True)


def everything(runtime: Runtime) -> tuple[int, int]:
    """How much is stored: a replay adds nothing."""
    with runtime.database.read() as session:
        return tuple(session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (Instance, Entry))


def test_a_changed_threshold_names_the_cases_that_it_reaches(
    drawn: Runtime,  # noqa: F811
    administrator: FlaskClient,  # noqa: F811
) -> None:
    repaired = well(drawn, 0.7, over=True)
    for depth in (0.5, 1.5, 3):
        well(drawn, depth)
    draft = begun(administrator, "urgency.dmn")
    saved(
        administrator,
        draft,
        DMN.replace("&lt; 1", "&lt; 2").replace("&gt;= 1", "&gt;= 2"),
        file="urgency.dmn",
    )
    before = everything(drawn)
    job, page = replayed(drawn, administrator, draft)
    assert job.state == "done", job.error
    assert everything(drawn) == before
    told = {name: job.result[name] for name in ("same", "unreached", "otherwise", "needs_answers", "failed")}
    assert told == {"same": 3, "unreached": 0, "otherwise": 1, "needs_answers": 0, "failed": 0}
    [case] = job.result["cases"]
    assert (case["where_name"], case["kind"], case["then"], case["now"]) == (
        "修井 · 定轻重",
        "decision",
        ["缓"],
        ["急"],
    )
    assert case["ends"] == ["不修", None]
    assert case["needs"] == ["通知水利队"]  # nobody told then whether a crew would come
    assert "结果：缓 → 急" in page
    assert "水深 1.5 的井" in page
    assert f"/cases/{repaired}" not in page
    assert "1 件会不同" in administrator.get(f"{draft}/deploy").get_data(as_text=True)
    sheet = administrator.get(f"{draft}/replay.xlsx").get_data()
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows] == ["户主或标题", "水深 1.5 的井"]
    saved(administrator, draft, DMN, 1, file="urgency.dmn")
    assert "改以前的结果" in administrator.get(f"{draft}/replay").get_data(as_text=True)


def test_a_new_step_and_a_new_question_need_answers(
    drawn: Runtime,  # noqa: F811
    administrator: FlaskClient,  # noqa: F811
) -> None:
    well(drawn, 0.7, over=True)
    well(drawn, 3)
    draft = begun(administrator)
    form = (DRAWINGS / "inspection.form").read_text()
    asks = '{"type": "checkbox", "id": "signed_field", "key": "signed", "label": "已签字", "validate": {"required": true}},'
    asked = form.replace('"components": [', f'"components": [{asks}')
    saved(administrator, draft, asked, file="inspection.form")
    job, page = replayed(drawn, administrator, draft)
    assert (job.result["needs_answers"], job.result["otherwise"]) == (2, 0), job.result["cases"]
    assert "走到了记录里没有答复的步骤" in page
    assert {tuple(case["needs"]) for case in job.result["cases"]} == {("查看水井",)}


def test_cases_that_the_change_does_not_reach_are_not_played_and_time_is_kept(
    drawn: Runtime,  # noqa: F811
    administrator: FlaskClient,  # noqa: F811
) -> None:
    for _ in range(2):
        well(drawn, 3)
    draft = begun(administrator)
    sheet = (DRAWINGS / "inspection.html").read_text()
    saved(administrator, draft, sheet + "<p>x</p>", file="other.html")
    job, _page = replayed(drawn, administrator, draft)
    assert (job.result["unreached"], job.result["same"]) == (2, 0)
    assert administrator.post(f"{draft}/replay", data={"minutes": "0"}).status_code == 400


def test_it_stops_in_time_and_a_run_that_was_broken_off_is_gone_on_with(
    drawn: Runtime,  # noqa: F811
    administrator: FlaskClient,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replays, "UNIT", 0.0)  # a report after each case
    newest = [well(drawn, depth) for depth in (1.5, 3, 1.6)][::-1]
    draft = begun(administrator, "urgency.dmn")
    deeper = DMN.replace("&lt; 1", "&lt; 2").replace("&gt;= 1", "&gt;= 2")
    saved(administrator, draft, deeper, file="urgency.dmn")
    given = {"draft": draft.rpartition("/")[2], "minutes": 1e-6}
    with drawn.database.begin() as session:
        short = background.start(session, replays.KIND, given, "administrator")
        whole = background.start(session, replays.KIND, {**given, "minutes": 9}, "administrator")
    background.run(drawn, short)
    units = iter([False, False, True])
    background.run(drawn, whole, 1, lambda: next(units, True))  # its worker ends after two cases
    background.run(drawn, whole, 2)
    with drawn.database.read() as session:
        first, all_of_it = background.get(session, short), background.get(session, whole)
    assert (first.done, first.total, [case["case"] for case in first.result["cases"]]) == (
        1,
        3,
        [str(newest[0])],
    )
    assert (all_of_it.done, all_of_it.result["same"], all_of_it.result["otherwise"]) == (3, 1, 2)
    assert "还没有重演" not in administrator.get(f"{draft}/deploy").get_data(as_text=True)
