"""How a procedure runs: what waits, how long steps took, what was sent back or refused; only of cases that one sees."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine import deployments, dialect, identity, watch
from engine.models.instances import Incident
from engine.runtime import Runtime
from tests.engine.cases import answer, deploy, start
from tests.engine.drawing import Drawing, extension

HERE, THERE = "2202/220281/", "2202/220282/"
DRAWN = Path(__file__).parents[2] / "processes" / "application.bpmn"
WAYS = watch.Ways(back={"flow6": "check"}, refused={"flow7": "check"})


@pytest.fixture
def watched(runtime: Runtime) -> Runtime:
    """Somebody writes; somebody checks, who may send back or refuse; then three days pass."""
    area = '<zeebe:properties><zeebe:property name="attribute.area" value="=area"/></zeebe:properties>'
    drawing = Drawing(extra=extension(area))
    drawing.row("start:s", "user:write", "user:check")
    drawing.xor("told", default="flow4")
    drawing.flow("check", "told")
    drawing.flow("told", drawing.catch("pause", drawing.timer("P3D")), drawing.end("e"))
    assert drawing.flow("told", "write", condition='outcome = "back"') in WAYS.back
    assert drawing.flow("told", drawing.end("no"), condition='outcome = "no"') in WAYS.refused
    deploy(runtime, drawing)
    return runtime


def look(runtime: Runtime, area: str = "", group: str = "administrator", place: str = "", days: int = 30):
    now = runtime.clock.now()
    viewer = identity.Viewer(identity.User(1, "v", "v"), ((group, place),))
    asked = watch.Asked(area, now - timedelta(days=days), now + timedelta(seconds=1))
    with runtime.database.read() as session:
        process = deployments.process(session, deployments.definition(session, "process", "p").key)
        return watch.steps(session, viewer, process, asked, WAYS)


def check_in(runtime: Runtime, minutes: int, outcome: str = "on", area: str = HERE) -> int:
    """A case that is written at once and checked after so many minutes."""
    case = start(runtime, area=area, outcome="on")
    answer(runtime, case, "write")
    runtime.clock.advance(timedelta(minutes=minutes))
    answer(runtime, case, "check", outcome=outcome)
    return case


def test_times_are_ranked_and_outcomes_counted(watched: Runtime):
    for minutes in range(1, 11):
        check_in(watched, minutes * 60)
    check_in(watched, 6000, outcome="no")
    check_in(watched, 30, outcome="back")
    found = look(watched)
    assert found["check"].done == 12
    assert (found["check"].median, found["check"].ninth) == (timedelta(hours=5), timedelta(hours=10))
    assert (found["check"].back, found["check"].refused) == (1, 1)
    assert found["no"].done == 1
    assert (found["write"].done, found["write"].median) == (12, timedelta(0))
    assert not {"s", "told"} & found.keys()


def test_what_waits_is_counted_since_when_and_what_is_stuck(watched: Runtime):
    first = watched.clock.now()
    start(watched, area=HERE, outcome="on")
    check_in(watched, 60)
    case = start(watched, area=HERE, outcome="on")
    with watched.database.begin() as session:
        session.add(
            Incident(key=1, case_key=case, instance_key=case, element="write", token="x", kind="program",
                     message="m", state="open", at=first)
        )  # fmt: skip
    found = look(watched)
    assert (found["write"].waiting, found["write"].oldest, found["write"].stuck) == (2, first, 1)
    assert (found["pause"].waiting, found["pause"].done) == (1, 0)


def test_who_stands_at_an_element_is_told_the_longest_first(watched: Runtime):
    early, late = start(watched, area=HERE, outcome="on"), start(watched, area=THERE, outcome="on")
    viewer = identity.Viewer(identity.User(1, "v", "v"), (("administrator", ""),))

    def standing(area: str = "") -> list[int]:
        with watched.database.read() as session:
            found = watch.standing(session, viewer, "p", "write", area, watched.clock.now(), 10)
            return [each.instance.key for each in found]

    assert standing() == [early, late]
    assert standing(THERE) == [late]
    answer(watched, early, "write")
    assert standing() == [late]


def test_areas_are_told_apart_by_how_long_their_cases_take(watched: Runtime):
    for minutes, area in ((60, HERE), (180, HERE), (600, THERE)):
        check_in(watched, minutes, outcome="no", area=area)
    start(watched, area=f"{THERE}220282101/", outcome="on")
    now = watched.clock.now()
    asked = watch.Asked("", now - timedelta(days=30), now + timedelta(seconds=1))

    def places(group: str, place: str) -> dict[str, watch.Place]:
        viewer = identity.Viewer(identity.User(1, "v", "v"), ((group, place),))
        with watched.database.read() as session:
            return watch.places(session, viewer, "p", asked, len(HERE))

    assert places("county_office", HERE).keys() == {HERE}
    both = places("administrator", "")
    assert both[HERE] == watch.Place(0, 2, timedelta(hours=1), timedelta(hours=3))
    assert both[THERE] == watch.Place(1, 1, timedelta(hours=10), timedelta(hours=10))


def test_only_what_lies_in_the_area_the_period_and_ones_sight_is_told(watched: Runtime):
    check_in(watched, 60)
    check_in(watched, 600, area=THERE)
    assert look(watched)["check"].done == 2
    assert look(watched, area=THERE)["check"].median == timedelta(hours=10)
    assert look(watched, group="county_office", place=HERE)["check"].median == timedelta(hours=1)
    assert look(watched, area=THERE, group="county_office", place=HERE) == {}
    watched.clock.advance(timedelta(days=40))
    later = look(watched)
    assert "check" not in later
    assert later["pause"].waiting == 2


def test_the_drawn_names_tell_which_way_leads_back_and_whose_outcome_it_is():
    process = dialect.read(DRAWN.name, DRAWN.read_bytes()).processes["application"]
    named = watch.ways(process, ["退回"], ["不予"])
    told = {process.flows[flow].name: step for flow, step in (named.back | named.refused).items()}
    assert told["退回申请人补正"] == "county_review"
    assert told["不予受理"] == "accept"
