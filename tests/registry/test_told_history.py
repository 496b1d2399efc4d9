"""The history as people read it: every table and field has a name, secrets are masked, an act is one step."""

from datetime import UTC, datetime

from registry import history, households, ledger, monitoring, told_history
from registry.history import _DERIVED
from registry.ledger import entries
from registry.models import Base, Fact


def test_every_fact_has_a_name():
    facts = {
        mapper.class_.__tablename__: {column.key for column in mapper.column_attrs} - _DERIVED
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Fact)
    }
    told = {table: set(each["fields"]) for table, each in told_history.names().items()}
    assert told == facts, "registry/data/facts.yaml names every table of facts with its fields"


def test_an_act_is_told_with_who_when_where_and_why(session, household):
    history.act(session, "孙伟", datetime(2020, 6, 1, 1, tzinfo=UTC), "7009", "入户核对")
    households.save(session, household.key, None, {"address": "2组9号", "account": "6217000012345678"}, None)
    monitoring.include(session, household.key, "脱贫不稳定户", [1, 2], "农户申请")
    latest, first = told_history.steps(session, household.key)
    assert (latest.actor, latest.task, latest.reason) == ("孙伟", "7009", "入户核对")
    told = {(field.subject, field.name): (field.before, field.after) for field in latest.fields}
    assert told["家庭", "住址"] == ("1组8号", "2组9号")
    assert told["家庭", "一卡通账号"] == ("", "621700******5678")
    assert told["监测", "纳入情形"] == ("", "1、2")
    numbers = [field.after for field in first.fields if field.name == "证件号码"]
    assert len(numbers) == 2 and all("*" in number for number in numbers)
    assert {field.subject for field in first.fields} >= {"李大山", "王芳", "家庭"}


def test_an_entry_of_a_ledger_is_told_field_by_field(session, household):
    of = ledger.ledgers()["dangerous_housing"]
    history.act(session, "孙伟", datetime(2020, 6, 1, 1, tzinfo=UTC))
    told = {"grade": "D级", "group": "低保户", "assessed_on": "2020-05-01"}
    row = entries.add(session, of, told, household=household.key)
    history.act(session, "孙伟", datetime(2020, 6, 2, 1, tzinfo=UTC))
    entries.correct(session, of, row.key, {**told, "grade": "C级"})
    [changed] = told_history.steps(session, household.key)[0].fields
    assert (changed.before, changed.after) == ("D级", "C级")
