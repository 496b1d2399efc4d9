"""Every fact keeps who changed it, when, in which task, before and after."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from registry import areas, history, households, monitoring
from registry.models import Base, Fact, FactChange
from tests.registry.conftest import START, VILLAGE, member


def test_a_change_says_who_when_where_before_and_after(session, household):
    later = datetime(2020, 6, 1, 3, tzinfo=UTC)
    history.act(session, "张伟", later, task="7055")
    households.save(
        session, household.key, None, {"phone": "13900000009", "kind": "一般农户", "address": "1组8号"}, None
    )
    first, *_, last = history.changes(session, household.key)
    assert (first.subject, first.actor, first.task, first.at) == ("household", "周敏", "7001", START)
    assert first.fields["kind"] == (None, "脱贫户")
    assert (last.actor, last.task, last.at) == ("张伟", "7055", later)
    assert last.fields == {"phone": ("13900000001", "13900000009"), "kind": ("脱贫户", "一般农户")}


def test_telling_the_same_again_is_no_change(session, household):
    before = len(history.changes(session, household.key))
    people = [member(), member("王芳", "配偶", sex="女", phone="13900000002")]
    households.save(session, household.key, VILLAGE, {"kind": "脱贫户", "phone": "13900000001"}, people)
    assert len(history.changes(session, household.key)) == before


def test_each_table_of_facts_is_kept(session, household):
    monitoring.include(session, household.key, "脱贫不稳定户", [2, 1, 2], "农户申请")
    monitoring.warn(session, household.key, "红", ["F4.4.1"], "周敏")
    subjects = {change.subject for change in history.changes(session, household.key)}
    assert {"household", "member", "monitoring", "warning"} <= subjects
    unkept = {m.class_ for m in Base.registry.mappers if not issubclass(m.class_, Fact)}
    assert {model.__tablename__ for model in unkept} == {
        "area",
        "column_set",
        "compared_sheet",
        "fact_change",
        "hidden_problem",
        "notice",
    }


def test_a_change_that_is_rolled_back_is_no_history(session, household):
    session.commit()
    with pytest.raises(RuntimeError), session.begin_nested():
        households.save(session, household.key, None, {"phone": "13900000009"}, None)
        raise RuntimeError
    assert all(
        "13900000009" not in change.fields.get("phone", ())
        for change in history.changes(session, household.key)
    )


def test_a_value_that_was_not_loaded_is_still_known_before(session, household):
    """The session of a later step has not read what it changes."""
    session.commit()
    household.address = "2组1号"
    session.flush()
    assert history.changes(session, household.key)[-1].fields == {"address": ("1组8号", "2组1号")}


def test_facts_are_never_deleted(session, household):
    session.delete(household.members[1])
    with pytest.raises(TypeError, match="never deleted"):
        session.flush()


def test_where_nobody_said_who_acts_the_system_does(engine):
    with Session(engine) as session:
        areas.load(session)
        saved = households.save(session, None, VILLAGE, {}, [member()])
        assert {change.actor for change in history.changes(session, saved.key)} == {"系统"}
        assert session.query(FactChange).first().task is None
