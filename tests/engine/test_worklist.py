"""What waits for whom, in which order; claiming, handing over, drafts."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import identity, journal, waiting, worklist
from engine.errors import InvalidInput, NotAllowed, NotFound, Stale, TaskDone, TaskGone, TaskTaken
from engine.identity import User, Viewer
from engine.worklist import Filter
from tests.conftest import open_database
from tests.engine.tasks import NEXT_VILLAGE, OTHER_COUNTY, VILLAGE, case, task

NOW = datetime(2020, 7, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def someone(name, *grants):
    return Viewer(User(1, name, name), grants)


CLERK = someone("clerk", ("village_committee", VILLAGE))
COUNTY = someone("county", ("county_office", "2202/220281/"))
HELPER = someone("helper", ("helper", "=71"), ("township_cadre", "2202/220281/220281101/"))


def names(page):
    return [found.name for found in page.tasks]


def found(session, viewer, **wanted):
    return names(worklist.search(session, viewer, Filter(**wanted), NOW))


@pytest.fixture
def session(database):
    with database.begin() as session:
        yield session


def test_a_task_waits_for_its_role_in_its_area_alone(session):
    task(session, case(session, NOW), "accept", ["village_committee"])
    task(session, case(session, NOW, NEXT_VILLAGE), "accept there", ["village_committee"])
    task(session, case(session, NOW, OTHER_COUNTY), "review far away", ["county_office"])
    assert found(session, CLERK) == ["accept"]
    assert found(session, COUNTY) == []


def test_a_relation_waits_by_subject_and_a_task_of_two_groups_comes_once(session):
    task(session, case(session, NOW), "visit", ["helper", "township_cadre"])
    task(session, case(session, NOW, subject="72"), "visit another's", ["helper"])
    assert found(session, HELPER) == ["visit"]


def test_only_the_steps_that_the_drawing_marks_so(session):
    for name, properties in (("visit", {"offline": "true"}), ("accept", {"offline": "false"}), ("file", {})):
        task(session, case(session, NOW), name, ["village_committee"], properties=properties)
    assert found(session, CLERK, marked=("offline", "true")) == ["visit"]


def test_a_task_for_one_user_by_name(session):
    made = task(session, case(session, NOW), "sign", [])
    session.add(worklist.TaskCandidate(group="", place="clerk", task_key=made.key))
    session.flush()
    assert found(session, CLERK) == ["sign"] and found(session, COUNTY) == []


def test_boxes_claimed_by_me_by_nobody_by_others_and_done(session):
    of = case(session, NOW)
    for name, assignee in (("free", None), ("mine", "clerk"), ("theirs", "other")):
        task(session, of, name, ["village_committee"], assignee=assignee)
    task(session, of, "done", ["village_committee"], state="completed", completed_by="clerk", ended_at=NOW)
    assert found(session, CLERK) == ["free", "mine"]
    assert found(session, CLERK, box="mine") == ["mine"]
    assert found(session, CLERK, box="group") == ["free"]
    assert found(session, CLERK, box="done") == ["done"]
    counted = worklist.counts(session, CLERK, NOW)
    assert (counted.open, counted.mine, counted.group, counted.done) == (2, 1, 1, 1)


def test_due_is_overdue_today_or_this_week_by_the_days_of_shanghai(session):
    of = case(session, NOW)
    moments = {
        "late": NOW - timedelta(seconds=1),
        "today": datetime(2020, 7, 1, 15, 59, 59, tzinfo=UTC),
        "tomorrow": datetime(2020, 7, 1, 16, tzinfo=UTC),
        "next week": NOW + 8 * DAY,
        "whenever": None,
    }
    for name, due in moments.items():
        task(session, of, name, ["village_committee"], due=due)
    assert found(session, CLERK, due="overdue") == ["late"]
    assert found(session, CLERK, due="today") == ["today"]
    assert found(session, CLERK, due="week") == ["today", "tomorrow"]
    assert found(session, CLERK) == ["late", "today", "tomorrow", "next week", "whenever"]
    counted = worklist.counts(session, CLERK, NOW)
    assert (counted.overdue, counted.today, counted.week, counted.open) == (1, 1, 2, 5)


def test_filters_by_process_step_area_level_and_text(session):
    zhang = case(session, NOW, title="张三")
    task(
        session, zhang, "grade", ["county_office"], level="红", search="zhangsan zs", process_id="monitoring"
    )
    task(session, case(session, NOW, NEXT_VILLAGE), "review", ["county_office"])
    for wanted, name in (
        ({"process": "monitoring"}, "grade"),
        ({"step": "review"}, "review"),
        ({"area": NEXT_VILLAGE}, "review"),
        ({"level": "红"}, "grade"),
        ({"text": "张"}, "grade"),
        ({"text": "ZS"}, "grade"),
        ({"text": "xiulan"}, "review"),
        ({"subjects": frozenset({"71"}), "step": "grade"}, "grade"),
    ):
        assert found(session, COUNTY, **wanted) == [name], wanted
    assert found(session, COUNTY, text="%") == []
    assert found(session, COUNTY, subjects=frozenset()) == []


@pytest.mark.parametrize("sort", worklist.SORTS)
def test_pages_go_on_where_they_stopped_and_show_each_task_once(session, sort):
    of = case(session, NOW)
    for n in range(25):
        due = NOW + (n % 4) * DAY if n % 5 else None
        level = (None, "蓝", "黄", "红")[n % 4]
        task(
            session,
            of,
            f"step {n % 3}",
            ["helper", "township_cadre"],
            due=due,
            level=level,
            title=f"户{n % 7}",
        )
    whole = worklist.search(session, HELPER, Filter(), NOW, sort, limit=100)
    seen, after = [], None
    while True:
        page = worklist.search(session, HELPER, Filter(), NOW, sort, after, limit=4)
        seen += page.tasks
        after = page.next
        if after is None:
            break
    assert len(whole.tasks) == 25 and whole.next is None
    assert [each.key for each in seen] == [each.key for each in whole.tasks]


def test_done_comes_in_pages_too_the_latest_first(session):
    of = case(session, NOW)
    for n in range(5):
        task(session, of, str(n), [], state="completed", completed_by="clerk", ended_at=NOW + n // 2 * DAY)
    first = worklist.search(session, CLERK, Filter(box="done"), NOW, limit=3)
    rest = worklist.search(session, CLERK, Filter(box="done"), NOW, after=first.next, limit=3)
    assert names(first) + names(rest) == ["4", "3", "2", "1", "0"] and rest.next is None


@pytest.mark.parametrize("after", ["nonsense", "bnVsbA==", "WzEsMiwzXQ==", "WzEsMl0="])
def test_a_cursor_that_is_none(session, after):
    with pytest.raises(InvalidInput):
        worklist.search(session, CLERK, Filter(), NOW, after=after)


def test_claiming_tells_the_second_who_was_first(session):
    made = task(session, case(session, NOW), "accept", ["village_committee"])
    identity.add_user(session, "clerk", "李秀兰", "password", [("village_committee", VILLAGE)])
    worklist.claim(session, CLERK, made.key)
    worklist.claim(session, CLERK, made.key)
    with pytest.raises(TaskTaken) as refused:
        worklist.claim(session, someone("second", *CLERK.grants), made.key)
    assert refused.value.params == {"who": "李秀兰"}
    worklist.release(session, CLERK, made.key)
    worklist.claim(session, someone("second", *CLERK.grants), made.key)


def test_nobody_claims_what_does_not_wait_for_him(session):
    made = task(session, case(session, NOW), "accept", ["village_committee"])
    for stranger in (COUNTY, someone("far", ("village_committee", NEXT_VILLAGE)), someone("nobody")):
        with pytest.raises(NotAllowed):
            worklist.claim(session, stranger, made.key)
    with pytest.raises(NotFound):
        worklist.claim(session, CLERK, 1)


def test_closed_tasks_say_so(session):
    of = case(session, NOW)
    done = task(session, of, "d", [], state="completed", completed_by="wang", ended_at=NOW, assignee="clerk")
    gone = task(session, of, "g", [], state="cancelled", ended_at=NOW, assignee="clerk")
    with pytest.raises(TaskDone) as refused:
        worklist.claim(session, CLERK, done.key)
    assert refused.value.params == {"who": "wang"}
    with pytest.raises(TaskGone):
        worklist.save_draft(session, CLERK, gone.key, {}, "", NOW)


def test_handing_over_goes_to_who_may_and_is_journaled(session):
    made = task(session, case(session, NOW), "accept", ["village_committee"])
    for name, grants in (
        ("other", [("village_committee", VILLAGE)]),
        ("far", [("village_committee", NEXT_VILLAGE)]),
    ):
        identity.add_user(session, name, name, "password", grants)
    worklist.claim(session, CLERK, made.key)
    with pytest.raises(NotAllowed):
        worklist.hand_over(session, someone("x", ("village_committee", VILLAGE)), made.key, "other", NOW)
    with pytest.raises(worklist.CannotReceive):
        worklist.hand_over(session, CLERK, made.key, "far", NOW)
    assert [user.name for user in worklist.receivers(session, CLERK, made)] == ["other"]
    worklist.hand_over(session, CLERK, made.key, "other", NOW)
    session.refresh(made)
    assert made.assignee == "other"
    entry = journal.entries(session, made.case_key)[-1]
    assert (entry.kind, entry.body["from"], entry.body["to"]) == ("task_handed_over", "clerk", "other")
    worklist.hand_over(session, COUNTY, made.key, "other", NOW)  # the county office may move what sticks


def test_a_draft_is_kept_though_invalid_and_sealed(session):
    made = task(session, case(session, NOW), "accept", ["village_committee"])
    assert worklist.draft(session, CLERK, made.key).data == {}
    kept = worklist.save_draft(session, CLERK, made.key, {"id_number": "22020"}, "", NOW)
    assert worklist.draft(session, CLERK, made.key) == kept
    stored = session.scalar(sa.select(worklist.Draft.data))
    assert b"22020" not in stored
    worklist.drop_draft(session, CLERK, made.key)
    assert worklist.draft(session, CLERK, made.key).data == {}


def test_of_two_tabs_the_second_does_not_overwrite_the_first(session):
    made = task(session, case(session, NOW), "accept", ["village_committee"])
    first = worklist.save_draft(session, CLERK, made.key, {"a": 1}, "", NOW)
    with pytest.raises(Stale):
        worklist.save_draft(session, CLERK, made.key, {"a": 2}, "", NOW)
    second = worklist.save_draft(session, CLERK, made.key, {"a": 3}, first.version, NOW)
    assert second.version != first.version
    with pytest.raises(Stale):
        worklist.save_draft(session, CLERK, made.key, {"a": 4}, first.version, NOW)


def test_a_draft_is_its_writers_alone(session):
    made = task(session, case(session, NOW), "accept", ["village_committee"])
    worklist.save_draft(session, CLERK, made.key, {"a": 1}, "", NOW)
    colleague = someone("second", *CLERK.grants)
    assert worklist.draft(session, colleague, made.key).data == {}
    with pytest.raises(NotAllowed):
        worklist.save_draft(session, COUNTY, made.key, {}, "", NOW)


@pytest.mark.parametrize("viewer", [CLERK, COUNTY], ids=["village", "county"])
@pytest.mark.parametrize(("sort", "index"), [("due", "ix_task_candidate_due"), ("created", "task_candidate")])
def test_a_page_is_read_from_an_index_without_sorting_the_tasks(sqlite_database, viewer, sort, index):
    with sqlite_database.begin() as session:
        ranges = list(waiting.waiting(viewer, Filter(), NOW, sort, None, 51))
        for each in ranges:
            sql = each.compile(session.connection(), compile_kwargs={"literal_binds": True})
            plan = " ".join(row[3] for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}")))
            assert "SEARCH task_candidate USING" in plan and index in plan, plan
            assert "TEMP B-TREE" not in plan and "SCAN" not in plan, plan


@pytest.mark.postgres
@pytest.mark.parametrize("sort", ["due", "created"])
def test_postgres_reads_a_page_from_an_index_too(postgres_url, sort):
    database = open_database(postgres_url)
    with database.begin() as session:
        of = case(session, NOW)
        for n in range(300):
            task(session, of, "review", ["county_office"], due=NOW + n * DAY)
        session.execute(sa.text("ANALYZE"))
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))  # 300 rows alone would not need an index
        (each,) = list(waiting.waiting(COUNTY, Filter(), NOW, sort, None, 51))[:1]
        sql = each.compile(session.connection(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(row[0] for row in session.execute(sa.text(f"EXPLAIN {sql}")))
    database.close()
    assert "task_candidate" in plan and "Index" in plan and "Sort" not in plan, plan
