"""Cases in the store go over to another version: tasks with their drafts, timers, messages, calls, incidents; and back."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import background, deployments, incidents, instances, invariants, messages, migration, timers
from engine.migration import Mapping, batch
from engine.models.instances import Incident, Instance, Job, Passage, SignalWait, Subscription, Timer
from engine.models.journal import Entry
from engine.models.worklist import Draft, TaskCandidate, UserTask
from tests.engine.cases import answer, at, deploy, get, open_tasks, start
from tests.engine.drawing import Drawing, each


def row(*elements: str, names: dict[str, str] | None = None, **more) -> Drawing:
    """Tasks in a row between a start and an end."""
    drawing = Drawing()
    drawing.start("s")
    for element in elements:
        drawing.user(element, **more)
    drawing.end("e")
    drawing.flow("s", *elements, "e")
    for element, name in (names or {}).items():
        drawing.elements[element].attrs["name"] = name
    return drawing


def version(runtime, number: int, process: str = "p") -> int:
    with runtime.database.read() as session:
        return deployments.definition(session, "process", process, version=number).key


def proposed(runtime, left: int, to: int) -> Mapping:
    with runtime.database.read() as session:
        return migration.propose(deployments.process(session, left), deployments.process(session, to))


def migrate(runtime, case: int, mapping: Mapping | None = None, process: str = "p") -> None:
    """Go over from version 1 to version 2, as proposed unless a mapping is given."""
    to = version(runtime, 2, process)
    mapping = mapping or proposed(runtime, version(runtime, 1, process), to)
    with runtime.database.begin() as session:
        migration.migrate(runtime, session, case, to, mapping, "administrator")
    well(runtime)


def undo(runtime, case: int) -> None:
    with runtime.database.begin() as session:
        migration.undo(runtime, session, case, "administrator")
    well(runtime)


def well(runtime) -> None:
    with runtime.database.read() as session:
        assert invariants.check(session) == []


def everything(runtime) -> dict[str, list]:
    """All that is stored of positions, to compare."""
    tables = (
        Instance,
        Timer,
        Subscription,
        SignalWait,
        Job,
        UserTask,
        TaskCandidate,
        Passage,
        Incident,
        Draft,
    )
    with runtime.database.read() as session:
        return {
            table.__tablename__: sorted(
                repr(
                    {
                        k: v
                        for k, v in vars(row).items()
                        if k not in ("_sa_instance_state", "journal_length", "journal_head")
                    }
                )
                for row in session.scalars(sa.select(table))
            )
            for table in tables
        }


def test_a_case_goes_on_by_the_new_drawing_and_keeps_its_task_with_who_has_it_and_the_draft(runtime):
    deploy(runtime, row("verify", "review", names={"verify": "核实"}))
    case = start(runtime)
    (task,) = open_tasks(runtime, case)
    with runtime.database.begin() as session:
        session.add(Draft(task_key=task.key, user="li", data=b"x", saved_at=runtime.clock.now()))
        session.get_one(UserTask, task.key).assignee = "li"
    deploy(runtime, row("check", "public", "review", names={"check": "核实"}))
    migrate(runtime, case)
    (moved,) = open_tasks(runtime, case)
    assert (moved.key, moved.element, moved.name, moved.assignee) == (task.key, "check", "核实", "li")
    assert (get(runtime, case).version, moved.definition_key) == (2, version(runtime, 2))
    with runtime.database.read() as session:
        assert session.get(Draft, (task.key, "li")).data == b"x"
    answer(runtime, case, "check")
    assert at(runtime, case) == ["public"]
    with runtime.database.read() as session:
        (entry,) = session.scalars(sa.select(Entry).where(Entry.kind == "migrated"))
        assert entry.body == {"instance": str(case), "old_version": 1, "version": 2}


def test_the_tasks_form_and_groups_follow_the_new_drawing(runtime):
    form = json.dumps({"type": "default", "id": "f", "components": []}).encode()
    deploy(runtime, row("a", candidateGroups="village_committee"))
    case = start(runtime)
    asked = row("a", candidateGroups="county_office")
    asked.elements["a"].inner = asked.elements["a"].inner.replace(
        "<zeebe:assign", '<zeebe:formDefinition formId="f"/><zeebe:userTask/><zeebe:assign'
    )
    deploy(runtime, asked, f__form=form)
    migrate(runtime, case)
    (task,) = open_tasks(runtime, case)
    assert (task.form_id, task.groups) == ("f", ["county_office"])
    undo(runtime, case)
    (task,) = open_tasks(runtime, case)
    assert (task.form_id, task.groups) == (None, ["village_committee"])


def test_a_step_that_is_gone_is_told_in_words_and_nothing_is_changed(runtime):
    deploy(runtime, row("verify", "review", names={"verify": "核实"}))
    case = start(runtime)
    deploy(runtime, row("review"))
    before = everything(runtime)
    with pytest.raises(migration.CannotMigrate) as refused:
        migrate(runtime, case)
    assert str(refused.value) == "“核实”在新图纸上没有对应的环节。"
    assert everything(runtime) == before
    migrate(runtime, case, Mapping({"verify": "review"}))
    assert at(runtime, case) == ["review"]


def test_another_kind_of_step_and_another_subprocess_are_refused(runtime):
    deploy(runtime, row("a", "b"))
    case = start(runtime)
    inner = Drawing()
    inner.row("start:s", "sub:box", "service:work", "end:e")
    inner.row("start:s2", "user:a", "end:e2", parent="box")
    deploy(runtime, inner)
    for target, word in (("work", "不是同一类"), ("nowhere", "不存在")):
        with pytest.raises(migration.CannotMigrate, match=word):
            migrate(runtime, case, Mapping({"a": target}))


def waiting(duration: str, message: str = "ask") -> Drawing:
    drawing = row("a")
    drawing.boundary("late", "a", drawing.timer(duration))
    drawing.boundary("told", "a", drawing.message(message), interrupting=False)
    drawing.user("after")
    drawing.end("e2")
    drawing.flow("late", "after", "e2")
    drawing.flow("told", "e2")
    return drawing


def test_a_timer_keeps_its_due_moment_unless_it_shall_begin_anew(runtime, clock):
    deploy(runtime, waiting("P10D"))
    kept, begun = start(runtime), start(runtime)
    due = runtime.clock.now()
    clock.advance(timedelta(days=4))
    deploy(runtime, waiting("P5D"))
    migrate(runtime, kept)
    mapping = proposed(runtime, version(runtime, 1), version(runtime, 2))
    migrate(runtime, begun, Mapping(mapping.elements, frozenset({"late"})))
    with runtime.database.read() as session:
        dues = dict(session.execute(sa.select(Timer.instance_key, Timer.due)).all())
    assert [(dues[key] - due).days for key in (kept, begun)] == [10, 9]
    undo(runtime, begun)
    with runtime.database.read() as session:
        assert (session.scalar(sa.select(Timer.due).where(Timer.instance_key == begun)) - due).days == 10


def test_subscriptions_begin_change_and_end_with_the_drawing(runtime, clock):
    deploy(runtime, waiting("P10D"))
    case, other = start(runtime), start(runtime)
    deploy(runtime, waiting("P10D", "other"))
    migrate(runtime, case)
    with runtime.database.read() as session:
        names = dict(session.execute(sa.select(Subscription.instance_key, Subscription.name)).all())
    assert names == {case: "other", other: "ask"}
    deploy(runtime, row("a"))
    with runtime.database.begin() as session:
        mapping = Mapping({"a": "a"})
        migration.migrate(runtime, session, case, version(runtime, 3), mapping, "administrator")
    well(runtime)
    with runtime.database.begin() as session:  # and back again, by another migration
        migration.migrate(runtime, session, case, version(runtime, 1), mapping, "administrator")
    well(runtime)
    with runtime.database.begin() as session:
        messages.publish(runtime, session, "ask", "k", {}, "clerk")
    clock.advance(timedelta(days=11))
    assert timers.fire_due(runtime) == 2
    assert at(runtime, case) == at(runtime, other) == ["after"]


def fork(ways: int) -> Drawing:
    drawing = Drawing()
    drawing.row("start:s", "par:split")
    drawing.par("join")
    drawing.user("last")
    drawing.end("e")
    for i in range(ways):
        drawing.user(f"way{i}")
        drawing.flow("split", f"way{i}", "join")
    drawing.flow("join", "last", "e")
    return drawing


def test_a_join_that_is_complete_by_the_new_drawing_goes_on_and_then_nothing_is_undone(runtime):
    deploy(runtime, fork(3))
    case = start(runtime)
    answer(runtime, case, "way0")
    answer(runtime, case, "way1")
    deploy(runtime, fork(2))
    with pytest.raises(migration.CannotMigrate, match="way2"):
        migrate(runtime, case)
    answer(runtime, case, "way2")
    assert at(runtime, case) == ["last"]

    case = start(runtime)
    assert at(runtime, case) == ["way0", "way1"]  # the latest version
    both = Drawing()
    both.row("start:s", "par:split", "user:way0", "par:join", "user:last", "end:e")
    both.user("way1")
    both.end("e2")
    both.flow("split", "way1", "e2")
    answer(runtime, case, "way0")
    deploy(runtime, both)
    with runtime.database.begin() as session:
        to = version(runtime, 3)
        migration.migrate(
            runtime, session, case, to, proposed(runtime, version(runtime, 2), to), "administrator"
        )
    well(runtime)
    assert at(runtime, case) == ["last", "way1"]
    with pytest.raises(migration.CannotUndo):
        undo(runtime, case)


def test_members_of_a_multi_instance_and_what_they_know_stay(runtime):
    def many() -> Drawing:
        drawing = row("a")
        drawing.elements["a"].inner += each("=[10, 20, 30]", "item")
        return drawing

    deploy(runtime, many())
    case = start(runtime)
    answer(runtime, case, "a", nth=1)
    more = many()
    more.boundary("late", "a", more.timer("P1D"))
    more.end("e2")
    more.flow("late", "e2")
    deploy(runtime, more)
    migrate(runtime, case)
    assert at(runtime, case) == ["a", "a"]
    with runtime.database.read() as session:
        instance = session.get_one(Instance, case)
        known = [instances.variables(session, instance, t.token)["item"] for t in open_tasks(runtime, case)]
        assert known == [10, 30]
        assert session.scalar(sa.select(sa.func.count()).select_from(Timer)) == 1
    answer(runtime, case, "a")
    answer(runtime, case, "a")
    assert get(runtime, case).state == "completed"


def test_a_called_instance_runs_on_and_its_end_completes_the_call(runtime):
    def caller(*tasks: str) -> Drawing:
        drawing = Drawing("caller")
        drawing.start("s")
        drawing.call("c", "p")
        for task in tasks:
            drawing.user(task)
        drawing.end("e")
        drawing.flow("s", "c", *tasks, "e")
        return drawing

    deploy(runtime, row("a"), caller())
    case = start(runtime, "caller")
    deploy(runtime, caller("thanks"))
    migrate(runtime, case, process="caller")
    answer(runtime, case, "a")
    assert at(runtime, case) == ["thanks"]


def test_a_case_that_stands_before_a_step_that_fails_is_mended_by_a_migration(runtime):
    broken, mended = Drawing(), Drawing()
    for drawing, expression in ((broken, "=nowhere"), (mended, "=1")):
        drawing.row("start:s", "user:a")
        drawing.script("count", expression, "n")
        drawing.user("b")
        drawing.end("e")
        drawing.flow("a", "count", "b", "e")
    deploy(runtime, broken)
    case = start(runtime)
    answer(runtime, case, "a")
    with runtime.database.read() as session:
        (incident,) = incidents.open_of(session, case)
    deploy(runtime, mended)
    migrate(runtime, case)
    with runtime.database.begin() as session:
        assert incidents.retry(runtime, session, incident.key, "administrator").state == "resolved"
    assert at(runtime, case) == ["b"]
    well(runtime)


def test_a_job_is_offered_by_its_new_type_or_done_by_the_program_itself(runtime):
    def works(job: str) -> Drawing:
        drawing = Drawing()
        drawing.start("s")
        drawing.service("w", job=job)
        drawing.user("a")
        drawing.end("e")
        drawing.flow("s", "w", "a", "e")
        return drawing

    deploy(runtime, works("old"))
    case = start(runtime)
    deploy(runtime, works("new"))
    migrate(runtime, case)
    with runtime.database.read() as session:
        assert session.scalars(sa.select(Job.type)).all() == ["new"]
    serving = runtime.__class__(
        runtime.database, runtime.evaluator, {"served": lambda s, i: {}}, runtime.clock
    )
    deploy(serving, works("served"))
    with serving.database.begin() as session:
        migration.migrate(serving, session, case, version(runtime, 3), Mapping({"w": "w"}), "administrator")
    assert at(runtime, case) == ["a"]
    well(runtime)


def test_undo_leaves_everything_as_it_was_until_the_case_moves_on(runtime):
    deploy(runtime, waiting("P10D"))
    case, moved_on = start(runtime), start(runtime)
    before = everything(runtime)
    new = waiting("P5D", "other")
    new.elements["a"].id = "b"
    new.elements["b"] = new.elements.pop("a")
    new.elements["b"].attrs["name"] = "乙"
    for boundary in ("late", "told"):
        new.elements[boundary].attrs["attachedToRef"] = "b"
    new.flows = [(i, *("b" if x == "a" else x for x in (s, t)), w) for i, s, t, w in new.flows]
    deploy(runtime, new)
    mapping = Mapping({"a": "b", "late": "late"})
    migrate(runtime, case, mapping)
    assert everything(runtime) != before
    undo(runtime, case)
    assert everything(runtime) == before
    with pytest.raises(migration.cases.NotFound):
        undo(runtime, case)
    migrate(runtime, moved_on, mapping)
    answer(runtime, moved_on, "b")
    with pytest.raises(migration.CannotUndo):
        undo(runtime, moved_on)


def test_a_plan_counts_who_carries_on_who_stays_and_what_needs_a_choice(runtime):
    deploy(runtime, row("a", "b", "c", names={"a": "甲", "b": "乙", "c": "丙"}))
    for steps in ((), (), ("a",), ("a", "b")):
        case = start(runtime)
        for step in steps:
            answer(runtime, case, step)
    new = row("a", "d", names={"a": "甲"})
    new.service("c")
    deploy(runtime, _with_service(new))
    left, to = version(runtime, 1), version(runtime, 2)
    mapping = proposed(runtime, left, to).but({"c": "c"})
    with runtime.database.read() as session:
        told = migration.plan(session, left, to, mapping)
    assert [(p.name, p.target, p.verdict, p.tokens, p.cases) for p in told.positions] == [
        ("甲", "a", "carries_on", 2, 2),
        ("乙", None, "stays", 1, 1),
        ("丙", "c", "needs_choice", 1, 1),
    ]
    assert (told.moving, told.staying) == (2, 2)


def _with_service(drawing: Drawing) -> Drawing:
    flows = [f for f in drawing.flows if f[2] != "e"]
    drawing.flows = flows
    drawing.flow("d", "c", "e")
    return drawing


def test_a_batch_moves_all_that_can_move_and_tells_the_rest_and_back_again(runtime):
    deploy(runtime, row("a", "b", names={"b": "乙"}))
    cases = [start(runtime) for _ in range(6)]
    answer(runtime, cases[0], "a")
    deploy(runtime, row("a", "c", names={"c": "丙"}))
    left, to = version(runtime, 1), version(runtime, 2)
    mapping = proposed(runtime, left, to)
    with runtime.database.begin() as session:
        key = background.start(
            session, "migrate", batch.arguments(left, to, mapping, "/studio/"), "administrator"
        )
    background.run(runtime, key)
    with runtime.database.read() as session:
        told = background.get(session, key)
    assert (told.state, told.done, told.total) == ("done", 6, 6)
    assert (told.result["moved"], told.result["stayed"], told.result["next"]) == (5, 1, "/studio/")
    assert told.result["reasons"] == [[str(cases[0]), "“乙”在新图纸上没有对应的环节。"]]
    answer(runtime, cases[5], "a")
    with runtime.database.begin() as session:
        key = background.start(session, "migrate_back", batch.arguments(left, to, mapping), "administrator")
    background.run(runtime, key)
    well(runtime)
    assert [get(runtime, case).version for case in cases] == [1, 1, 1, 1, 1, 2]


def test_worklists_show_a_migrated_task_where_it_now_waits(runtime):
    deploy(runtime, row("a", candidateGroups="village_committee"))
    case = start(runtime)
    deploy(runtime, row("a", candidateUsers="wang"))
    migrate(runtime, case)
    with runtime.database.read() as session:
        rows = session.execute(sa.select(TaskCandidate.group, TaskCandidate.place)).all()
    assert [tuple(each) for each in rows] == [("", "wang")]


def test_signals_and_conditions_are_waited_for_as_the_new_drawing_says(runtime):
    def heard(signal: str, condition: str) -> Drawing:
        drawing = row("a")
        drawing.boundary("told", "a", drawing.signal(signal), interrupting=False)
        drawing.boundary("true", "a", drawing.condition(condition))
        drawing.user("b")
        drawing.end("e2")
        drawing.flow("told", "e2")
        drawing.flow("true", "b", "e2")
        return drawing

    deploy(runtime, heard("old", "n = 1"))
    case, other = start(runtime, n=2), start(runtime, n=3)
    deploy(runtime, heard("new", "n = 2"))
    migrate(runtime, case)
    migrate(runtime, other)
    assert (at(runtime, case), at(runtime, other)) == (["b"], ["a"])
    with runtime.database.read() as session:
        assert session.scalars(sa.select(SignalWait.name)).all() == ["new"]
    undo(runtime, other)
    with runtime.database.read() as session:
        assert session.scalars(sa.select(SignalWait.name)).all() == ["old"]


def test_what_is_done_can_be_undone_after_a_migration(runtime):
    def undoable(*tasks: str) -> Drawing:
        drawing = Drawing()
        drawing.row("start:s", "user:book", *(f"user:{task}" for task in tasks))
        drawing.throw("give_up", "<compensateEventDefinition/>")
        drawing.end("e")
        drawing.flow((tasks or ("book",))[-1], "give_up", "e")
        drawing.undo("book", "cancel_it")
        return drawing

    deploy(runtime, undoable("wait"))
    case = start(runtime)
    answer(runtime, case, "book")
    deploy(runtime, undoable("wait", "ask"))
    migrate(runtime, case)
    answer(runtime, case, "wait")
    answer(runtime, case, "ask")
    assert at(runtime, case) == ["cancel_it"]


def boxed(deadline: bool = True, loop: str = "") -> Drawing:
    """The row `a`, `b` with a subprocess around `a`, which may be over after ten days."""
    drawing = Drawing()
    drawing.start("s")
    drawing.sub("box", loop=loop)
    drawing.user("b")
    drawing.end("e")
    drawing.flow("s", "box", "b", "e")
    drawing.row("start:s2", "user:a", "end:e2", parent="box")
    if deadline:
        drawing.boundary("late", "box", drawing.timer("P10D"))
        drawing.user("press")
        drawing.end("e3")
        drawing.flow("late", "press", "e3")
    return drawing


def test_a_subprocess_drawn_around_a_step_holds_the_case_that_is_at_it(runtime, clock):
    deploy(runtime, row("a", "b"))
    case = start(runtime)
    before = everything(runtime)
    deploy(runtime, boxed())
    migrate(runtime, case)
    task = open_tasks(runtime, case)[0]
    with runtime.database.read() as session:
        entered = session.scalars(sa.select(Passage.element).where(Passage.state == "active")).all()
        assert "box" in entered
        assert session.scalars(sa.select(Timer.element)).all() == ["late"]
    assert task.element == "a"
    undo(runtime, case)
    assert everything(runtime) == before
    migrate(runtime, case)
    clock.advance(timedelta(days=10))
    timers.fire_due(runtime)
    assert at(runtime, case) == ["press"]


def test_a_step_goes_on_when_the_subprocess_around_it_is_no_longer_drawn(runtime):
    deploy(runtime, boxed())
    case = start(runtime)
    deploy(runtime, row("a", "b"))
    migrate(runtime, case)
    with runtime.database.read() as session:
        assert session.scalars(sa.select(Timer.element)).all() == []
    answer(runtime, case, "a")
    assert at(runtime, case) == ["b"]


def test_a_subprocess_that_is_more_than_a_box_cannot_be_drawn_around_a_running_step(runtime):
    deploy(runtime, row("a", "b"))
    case = start(runtime)
    deploy(runtime, boxed(deadline=False, loop=each("=people")))
    with pytest.raises(migration.CannotMigrate, match="另一个子流程"):
        migrate(runtime, case, Mapping({"a": "a"}))
