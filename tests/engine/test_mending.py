"""A stuck case is mended by hand, with a reason, and never decided by it."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
import sqlalchemy as sa

from engine import dialect, incidents, invariants, jobs, mending, messages, replay
from engine.clock import MovableClock
from engine.errors import InvalidInput, Stale
from engine.mending.back import NotBack
from engine.mending.failed import NotPassable, NotTyped
from engine.mending.graph import Graph
from engine.models.instances import Instance, Job
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from tests.conftest import open_database
from tests.engine.cases import answer, at, deploy, get, start, values
from tests.engine.drawing import Drawing, each, mapped

ROOT = Path(__file__).parents[2]
WHY = "户籍接口改了字段名"


class Mail:
    """An operation that fails unless it is given where to."""

    sent: list[object]

    def __init__(self) -> None:
        self.sent = []

    def __call__(self, session, inputs):
        if not isinstance(inputs.get("to"), str):
            raise RuntimeError("no address")
        self.sent.append(inputs["to"])
        return {"receipt": len(self.sent)}


@pytest.fixture
def mail() -> Mail:
    return Mail()


@pytest.fixture
def world(sqlite_runtime: Runtime, mail: Mail) -> Runtime:
    return dataclasses.replace(sqlite_runtime, operations={"mail": mail})


@pytest.fixture
def on_each_store(runtime: Runtime, mail: Mail) -> Runtime:
    return dataclasses.replace(runtime, operations={"mail": mail})


def mailing() -> Drawing:
    """A person decides; by that a letter goes to an address, or the case is refused."""
    drawing = Drawing()
    drawing.row("start:s", "user:ask", "user:decide")
    drawing.xor("told", default="flow4")
    drawing.flow("decide", "told")
    letter = mapped({"to": "=address", "text": "=opinion"}, {"receipt": "=receipt"})
    drawing.flow(
        "told", drawing.service("send", job="mail", mappings=letter), drawing.user("file"), drawing.end("e")
    )
    drawing.flow("told", drawing.end("no"), condition='outcome = "no"')
    return drawing


def begun(world: Runtime, **given: object) -> int:
    deploy(world, mailing())
    case = start(world, **{"address": 7, **given})
    answer(world, case, "ask", amount=1)
    answer(world, case, "decide", outcome="yes", opinion="属实")
    return case


def incident(world: Runtime, case: int):
    with world.database.read() as session:
        [found] = incidents.open_of(session, case)
        return found


def edit(world: Runtime, key: int, reason: str = WHY, **given: object) -> None:
    with world.database.begin() as session:
        mending.edit(world, session, key, given, reason, "administrator")


def skip(world: Runtime, key: int, reason: str = WHY, **given: object) -> None:
    with world.database.begin() as session:
        mending.skip(world, session, key, given, reason, "administrator")


def retry(world: Runtime, key: int) -> None:
    with world.database.begin() as session:
        incidents.retry(world, session, key, "administrator")


def back(world: Runtime, case: int, to: str, here: str | None = None) -> None:
    with world.database.begin() as session:
        instance = session.get_one(Instance, case)
        token = next(
            t["id"] for t in instance.tokens["tokens"] if here in (None, t["at"]) and "host" not in t
        )
        mending.put_back(world, session, case, token, to, WHY, "administrator")


def ways(world: Runtime, case: int) -> dict[str, tuple[str, ...]]:
    with world.database.read() as session:
        return {way.element: way.to for way in mending.ways_back(session, session.get_one(Instance, case))}


def written(world: Runtime, case: int) -> Entry:
    with world.database.read() as session:
        assert invariants.check(session) == []
        found = sa.select(Entry).where(Entry.case_key == case).order_by(Entry.number.desc()).limit(1)
        return session.scalars(found).one()


# -- a variable is given another value


def test_what_the_failed_step_reads_is_given_another_value_and_then_tried_again(
    on_each_store: Runtime, mail: Mail
):
    case = begun(on_each_store)
    failed = incident(on_each_store, case)
    edit(on_each_store, failed.key, address="县政务大厅")
    entry = written(on_each_store, case)
    assert (entry.kind, entry.body["names"], entry.body["reason"]) == ("edited", ["address"], WHY)
    assert incident(on_each_store, case).key == failed.key, "only a retry tries it again"
    retry(on_each_store, failed.key)
    assert (at(on_each_store, case), mail.sent) == (["file"], ["县政务大厅"])
    assert values(on_each_store, case)["address"] == "县政务大厅"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("opinion", "结论"), ("outcome", "结论"), ("amount", "结论"), ("never", "读取的")],
)
def test_what_a_person_decided_or_the_step_does_not_read_is_not_typed(world: Runtime, name: str, reason: str):
    case = begun(world)
    before = values(world, case)
    with pytest.raises(NotTyped, match=reason):
        edit(world, incident(world, case).key, **{name: "no"})
    assert values(world, case) == before


def test_the_result_that_failed_to_come_is_not_among_what_the_step_reads(world: Runtime):
    case = begun(world)
    with world.database.read() as session:
        read = mending.readable(world, session, incident(world, case))
    assert [(each.name, each.why) for each in read] == [("address", None), ("opinion", "decided")]


def test_nothing_is_mended_without_a_reason_or_twice(world: Runtime):
    case = begun(world)
    key = incident(world, case).key
    for act in (edit, skip):
        with pytest.raises(InvalidInput):
            act(world, key, reason="  ", address="x") if act is edit else act(world, key, reason=" ")
    skip(world, key)
    with pytest.raises(Stale):
        edit(world, key, address="x")


def test_facts_that_a_rule_or_a_way_looks_at_are_not_typed_nor_what_is_computed_into_them(world: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "user:ask")
    drawing.script("count", "people * 2", "persons")
    drawing.service("send", job="mail", mappings=mapped({"to": "=address", "a": "=people", "b": "=income"}))
    drawing.rule("judge", "judge", "judged")
    drawing.xor("told", default="flow6")
    drawing.flow("ask", "count", "send", "judge", "told")
    drawing.flow("told", drawing.end("e"))
    drawing.flow("told", drawing.end("many"), condition="persons > 4")
    rule = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        '<decision id="judge" name="judge"><variable name="judge"/><literalExpression><text>income &gt; 4000</text>'
        "</literalExpression></decision></definitions>"
    )
    deploy(world, drawing, judge__dmn=rule.encode())
    case = start(world, address=0, people=3, income=3000)
    answer(world, case, "ask")
    key = incident(world, case).key
    with world.database.read() as session:
        told = {
            each.name: (each.why, each.value)
            for each in mending.readable(world, session, incident(world, case))
        }
    assert told == {"address": (None, 0), "people": ("steers", None), "income": ("steers", None)}
    for name in ("people", "income"):
        with pytest.raises(NotTyped, match="走向"):
            edit(world, key, **{name: 9000})


def test_what_was_decided_above_or_steers_the_caller_is_not_typed_below(world: Runtime):
    inner = Drawing("inner")
    taken = mapped({"to": "=address", "a": "=verdict", "b": "=found", "c": "=line"})
    inner.flow(inner.start("s"), inner.service("send", job="mail", mappings=taken), inner.end("e"))
    drawing = Drawing()
    drawing.row("start:s", "user:decide")
    handed = mapped(
        {"verdict": "=outcome", "address": "=address", "found": "=1", "line": "=2"}, {"last": "=found"}
    )
    drawing.call("round", "inner", mappings=handed, propagateAllParentVariables="false")
    drawing.xor("told", default="flow4")
    drawing.flow("decide", "round", "told", drawing.end("e"))
    drawing.flow("told", drawing.end("no"), condition="last > 1")
    deploy(world, drawing, inner)
    case = start(world, address=7)
    answer(world, case, "decide", outcome="yes")
    with world.database.read() as session:
        told = {each.name: each.why for each in mending.readable(world, session, incident(world, case))}
    assert told == {"address": None, "line": None, "verdict": "decided", "found": "steers"}


def test_a_job_that_used_up_its_tries_is_offered_anew_with_what_was_typed(world: Runtime):
    drawing = Drawing()
    drawing.start("s")
    drawing.flow(
        "s", drawing.service("send", job="outside", mappings=mapped({"to": "=address"})), drawing.end("e")
    )
    deploy(world, drawing)
    case = start(world, address=7)

    def take():
        with world.database.begin() as session:
            return jobs.activate(world, session, "outside", "w", timedelta(minutes=1))

    [job] = take()
    with world.database.begin() as session:
        jobs.fail(world, session, job.key, 0, "no address", "w")
    edit(world, incident(world, case).key, address="town")
    [again] = take()
    assert again.variables == {"to": "town"}
    with world.database.read() as session:
        assert not incidents.open_of(session, case)
        assert invariants.check(session) == []


# -- a step is passed over


def test_a_service_is_passed_over_with_what_it_would_have_written(on_each_store: Runtime, mail: Mail):
    case = begun(on_each_store)
    skip(on_each_store, incident(on_each_store, case).key, receipt=41)
    assert (at(on_each_store, case), mail.sent, values(on_each_store, case)["receipt"]) == (["file"], [], 41)
    entry = written(on_each_store, case)
    assert (entry.kind, entry.body["element"], entry.body["reason"]) == ("skipped", "send", WHY)
    with on_each_store.database.read() as session:
        assert not incidents.open_of(session, case)


def test_a_job_that_used_up_its_tries_is_passed_over(world: Runtime):
    drawing = Drawing()
    drawing.start("s")
    drawing.flow("s", drawing.service("send", job="outside"), drawing.user("after"), drawing.end("e"))
    deploy(world, drawing)
    case = start(world)
    with world.database.begin() as session:
        job = session.scalars(sa.select(Job)).one()
        jobs.fail(world, session, job.key, 0, "down", "w")
    skip(world, incident(world, case).key)
    assert at(world, case) == ["after"]
    written(world, case)


def test_only_what_the_step_writes_is_given_in_its_stead(world: Runtime):
    case = begun(world)
    with pytest.raises(NotTyped, match="产生的"):
        skip(world, incident(world, case).key, outcome="no")


def test_a_step_on_whose_result_the_way_hangs_is_not_passed_over(world: Runtime):
    drawing = Drawing()
    drawing.start("s")
    drawing.xor("g", default="flow2")
    drawing.flow(drawing.script("count", "nosuch + 1", "persons"), "g")
    drawing.flow("g", drawing.end("few"))
    drawing.flow("g", drawing.end("many"), condition="persons > 4")
    drawing.flow("s", "count")
    deploy(world, drawing)
    case = start(world)
    with pytest.raises(NotPassable, match="persons"):
        skip(world, incident(world, case).key, persons=5)


@pytest.mark.parametrize("kind", ["rule", "user", "xor"])
def test_no_rule_user_task_or_gateway_is_passed_over(world: Runtime, kind: str):
    drawing = Drawing()
    drawing.start("s")
    if kind == "rule":
        drawing.rule("x", "=nosuch", "judged")
    elif kind == "user":
        drawing.user("x", assignee="=nosuch")
    else:
        drawing.xor("x")
    if kind == "xor":
        drawing.flow("x", drawing.end("e"), condition="nosuch")
        drawing.flow("x", drawing.end("e2"), condition="not(nosuch)")
    else:
        drawing.flow("x", drawing.end("e"))
    drawing.flow("s", "x")
    deploy(world, drawing)
    case = start(world)
    with pytest.raises(NotPassable):
        skip(world, incident(world, case).key)


# -- a token is put back


def test_a_case_goes_back_to_who_decided_and_what_was_decided_since_is_void(on_each_store: Runtime):
    case = begun(on_each_store)
    assert ways(on_each_store, case) == {"send": ("decide", "ask")}
    back(on_each_store, case, "decide")
    assert at(on_each_store, case) == ["decide"]
    entry = written(on_each_store, case)
    with on_each_store.database.read() as session:
        done = sa.select(UserTask).where(UserTask.element == "decide", UserTask.state == "completed")
        void = session.scalars(done).one()
        assert not incidents.open_of(session, case)
    assert (entry.kind, entry.body["element"], entry.body["to"]) == ("put_back", "send", "decide")
    assert entry.body["void"] == [str(void.key)]
    answer(on_each_store, case, "decide", outcome="no")
    assert get(on_each_store, case).end_event == "no"


def test_nobody_is_passed_over_by_going_forward(world: Runtime):
    case = begun(world)
    for to in ("file", "send", "e", "told", "s", "nosuch"):
        with pytest.raises(NotBack):
            back(world, case, to)


def test_what_was_passed_in_an_earlier_round_lies_ahead(world: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "user:ask", "user:check", "user:decide")
    drawing.xor("told", default="flow5")
    drawing.flow("decide", "told", drawing.end("e"))
    drawing.flow("told", "ask", condition='outcome = "back"')
    deploy(world, drawing)
    case = start(world)
    for element in ("ask", "check"):
        answer(world, case, element)
    answer(world, case, "decide", outcome="back")
    assert ways(world, case) == {}
    with pytest.raises(NotBack):
        back(world, case, "decide")
    answer(world, case, "ask")
    assert ways(world, case) == {"check": ("ask",)}


def test_another_way_than_the_one_taken_now_is_no_way_back(world: Runtime):
    drawing = Drawing()
    drawing.start("s")
    drawing.xor("which", default="flow2")
    drawing.xor("again", default="flow6")
    drawing.flow("s", "which")
    drawing.flow("which", drawing.user("a"), drawing.user("end"), "again")
    drawing.flow("which", drawing.user("b"), "end", condition='way = "b"')
    drawing.flow("again", drawing.end("e"))
    drawing.flow("again", "which", condition='outcome = "again"')
    drawing.elements["again"].attrs["default"] = drawing.flows[-2][0]
    deploy(world, drawing)
    case = start(world, way="a")
    answer(world, case, "a", way="b")
    answer(world, case, "end", outcome="again")
    answer(world, case, "b")
    assert ways(world, case) == {"end": ("b",)}


def parallel() -> Drawing:
    drawing = Drawing()
    drawing.row("start:s", "user:first", "par:split", "user:a", "par:join", "user:last", "end:e")
    drawing.flow("split", drawing.user("b1"), drawing.user("b2"), "join")
    return drawing


def test_past_a_split_only_when_its_branches_have_come_together(world: Runtime):
    deploy(world, parallel())
    case = start(world)
    answer(world, case, "first")
    answer(world, case, "b1")
    assert ways(world, case) == {"b2": ("b1",)}
    back(world, case, "b1", "b2")
    assert at(world, case) == ["a", "b1"]
    for element in ("a", "b1", "b2"):
        answer(world, case, element)
    assert ways(world, case) == {"last": ("first",)}, "not into one branch of the join"
    back(world, case, "first")
    answer(world, case, "first")
    assert at(world, case) == ["a", "b1"]
    written(world, case)


def test_members_of_a_multi_instance_stay_where_they_are(world: Runtime):
    drawing = Drawing()
    drawing.start("s")
    inside = drawing.sub("every", loop=each("=list"))
    drawing.row("start:s2", "user:a", "user:b", "end:e2", parent=inside)
    drawing.flow("s", drawing.user("first"), "every", drawing.end("e"))
    deploy(world, drawing)
    case = start(world, list=[1, 2])
    answer(world, case, "first")
    answer(world, case, "a")
    assert ways(world, case) == {"every": ("first",)}
    back(world, case, "first", "every")
    assert at(world, case) == ["first"]
    written(world, case)


def test_a_race_is_given_up_as_a_whole_and_a_called_case_ends(world: Runtime):
    inner = Drawing("inner")
    inner.row("start:s", "user:u", "end:e")
    drawing = Drawing()
    drawing.row("start:s", "user:first", "race:wait")
    drawing.flow(
        "wait", drawing.catch("late", drawing.timer("P3D")), drawing.call("round", "inner"), drawing.end("e")
    )
    drawing.flow(
        "wait", drawing.catch("told", drawing.message("m")), drawing.user("after"), drawing.end("e2")
    )
    deploy(world, drawing, inner)
    case = start(world)
    answer(world, case, "first")
    assert ways(world, case) == {"late": ("wait", "first"), "told": ("wait", "first")}
    back(world, case, "first", "told")
    assert [token["at"] for token in get(world, case).tokens["tokens"]] == ["first"]
    written(world, case)
    answer(world, case, "first")
    with world.database.begin() as session:
        messages.correlate(world, session, "m", "k", {}, "clerk")
    assert ways(world, case) == {"after": ("wait", "first")}, "the race again, not one of its ways alone"


def test_the_real_procedure_lets_a_case_go_back_past_its_three_verifications():
    """`application.bpmn` splits between acceptance and review; the graph alone decides here."""
    file = ROOT / "processes" / "application.bpmn"
    process = dialect.read(file.name, file.read_bytes()).processes["application"]
    graph = Graph(process, "application")
    assert graph.whole("accept", "county_review")
    assert not graph.whole("verify_committee", "county_review")
    assert not graph.whole("accept", "verify_committee")


def test_what_was_done_in_a_called_case_is_void_with_the_call(world: Runtime):
    inner = Drawing("inner")
    inner.row("start:s", "user:x", "user:y", "end:e")
    drawing = Drawing()
    drawing.row("start:s", "user:first")
    drawing.flow("first", drawing.call("round", "inner"), drawing.end("e"))
    deploy(world, drawing, inner)
    case = start(world)
    answer(world, case, "first")
    answer(world, case, "x")
    back(world, case, "first")
    entry = written(world, case)
    with world.database.read() as session:
        done = sa.select(UserTask.key).where(UserTask.case_key == case, UserTask.state == "completed")
        assert {int(key) for key in entry.body["void"]} == set(session.scalars(done))
    assert at(world, case) == ["first"]


def test_a_case_that_was_mended_comes_to_the_same_when_it_is_replayed(
    world: Runtime, mail: Mail, sqlite_template: Path, tmp_path: Path
):
    case = begun(world)
    edit(world, incident(world, case).key, address="县政务大厅")
    retry(world, incident(world, case).key)
    back(world, case, "decide")
    answer(world, case, "decide", outcome="yes", opinion="再核属实")
    answer(world, case, "file")
    second = start(world, address=8)
    answer(world, second, "ask")
    answer(world, second, "decide", outcome="yes", opinion="属实")
    skip(world, incident(world, second).key, receipt=5)
    answer(world, second, "file")
    path = tmp_path / "replay.sqlite"
    copyfile(sqlite_template, path)
    stage = open_database(f"sqlite:///{path}")
    clock = MovableClock(world.clock.now())
    replayed = dataclasses.replace(world, database=stage, clock=clock)
    deploy(replayed, mailing())
    player = replay.Player(replayed, clock)
    for key in (case, second):
        with world.database.read() as session:
            course = replay.read(session, key)
        told = replay.compare(course, player.play(course, world.clock.now()))
        assert (told.outcome, told.ends) == (replay.SAME, ("e", "e"))
    assert len(mail.sent) == 2, "nobody is written to again"
    stage.close()
