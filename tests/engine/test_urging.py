"""Reminding once a day, and what is urgent before all else, on every page of the list."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import journal, urging, worklist
from engine.errors import InvalidInput, NotAllowed, TaskDone
from engine.identity import User, Viewer
from engine.worklist import Filter
from tests.engine.tasks import VILLAGE, case, task

NOW = datetime(2020, 7, 1, 15, tzinfo=UTC)  # an hour before midnight in Shanghai
CLERK = Viewer(User(1, "clerk", "clerk"), (("village_committee", VILLAGE),))
OFFICE = Viewer(User(2, "office", "office"), (("county_office", "2202/220281/"),))
FAR = Viewer(User(3, "far", "far"), (("county_office", "2202/220282/"),))


@pytest.fixture
def session(database):
    with database.begin() as session:
        yield session


def test_a_task_is_reminded_of_once_a_day_and_the_journal_has_each(session):
    made = task(session, case(session, NOW), "accept", ["village_committee"])
    urging.remind(session, OFFICE, made.key, " 请尽快 ", NOW)
    with pytest.raises(urging.RemindedToday) as refused:
        urging.remind(session, CLERK, made.key, "", NOW + timedelta(minutes=59))
    assert refused.value.params == {"who": "office"}
    urging.remind(session, CLERK, made.key, "", NOW + timedelta(minutes=61))  # the next day in Shanghai
    told = [entry for entry in journal.entries(session, made.case_key) if entry.kind == "task_reminded"]
    assert [(entry.actor, entry.body["reason"]) for entry in told] == [("office", "请尽快"), ("clerk", "")]
    assert (made.reminded_by, made.reminded_at) == ("clerk", NOW + timedelta(minutes=61))


def test_who_does_not_see_the_case_urges_nobody_and_a_village_hurries_nobody(session):
    made = task(session, case(session, NOW), "review", ["county_office"])
    for stranger, how in ((FAR, urging.remind), (FAR, urging.hurry), (CLERK, urging.hurry)):
        with pytest.raises(NotAllowed):
            how(session, stranger, made.key, "急", NOW)
    done = task(
        session, case(session, NOW), "d", ["county_office"], state="completed", completed_by="x", ended_at=NOW
    )
    with pytest.raises(TaskDone):
        urging.remind(session, OFFICE, done.key, "", NOW)


def test_what_is_urgent_comes_first_until_it_is_no_more(session):
    of = case(session, NOW)
    made = {
        n: task(session, of, str(n), ["village_committee"], due=NOW + timedelta(days=n)) for n in range(6)
    }
    for n in (4, 2):
        with pytest.raises(InvalidInput):
            urging.hurry(session, OFFICE, made[n].key, " ", NOW)
        urging.hurry(session, OFFICE, made[n].key, "学校开学前要落实", NOW)
    assert _pages(session, 2) == ["2", "4", "0", "1", "3", "5"]
    assert _pages(session, 3, due="week") == ["2", "4", "0", "1", "3", "5"]
    assert worklist.counts(session, CLERK, NOW).week == 6
    urging.relax(session, OFFICE, made[2].key, "已落实", NOW)
    urging.relax(session, OFFICE, made[2].key, "已落实", NOW)  # twice is once
    assert _pages(session, 2) == ["4", "0", "1", "2", "3", "5"]
    worklist.claim(session, CLERK, made[5].key)
    worklist.claim(session, CLERK, made[4].key)
    assert _pages(session, 1, box="mine") == ["4", "5"]
    kinds = [entry.kind for entry in journal.entries(session, of.case_key)]
    assert kinds == ["task_hurried", "task_hurried", "task_relaxed"]


def _pages(session, limit, **wanted):
    """The names of all tasks, page by page."""
    found, after = [], None
    while True:
        page = worklist.search(session, CLERK, Filter(**wanted), NOW, after=after, limit=limit)
        found += [each.name for each in page.tasks]
        after = page.next
        if after is None:
            return found
