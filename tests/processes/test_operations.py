"""The operations that drawings call: exactly the table of processes/README.md."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.operations import OPERATIONS, BusinessError
from registry import areas, history, households, notices
from registry.fiction import families
from tests.registry.conftest import in_memory

README = (Path(__file__).parents[2] / "processes" / "README.md").read_text("utf-8")
VILLAGE = "2202/220281/220281101/220281101201/"
FAMILY = next(families(1, [VILLAGE]))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = in_memory()
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A transaction that is rolled back after the test."""
    with Session(engine) as session:
        session.info["step"] = {"actor": "李村书记", "task": "42", "at": datetime(2020, 5, 20, 1, tzinfo=UTC)}
        areas.load(session)
        yield session


def call(session: Session, task_type: str, **inputs) -> dict:
    """As the engine calls: what goes in and comes out are JSON values."""
    outputs = OPERATIONS[task_type](session, json.loads(json.dumps(inputs)))
    assert json.loads(json.dumps(outputs)) == outputs
    return outputs


def save(session: Session, **changes) -> dict:
    told = {"household_key": None, "area": VILLAGE, "household": FAMILY.household, "members": FAMILY.members}
    return call(
        session, "household.save", **{**told, "causes": FAMILY.causes, "filed_by": "李村书记", **changes}
    )


@pytest.fixture
def key(session) -> str:
    return save(session)["household_key"]


def table() -> dict[str, tuple[str, str]]:
    """Task type → (inputs, outputs) of the contract."""
    rows = re.findall(
        r"^\| (`[a-z_.]+`(?: / `[a-z_.]+`)*) \| (.+?) \| (.+?) \|$",
        README.partition("## Operations")[2],
        re.M,
    )
    return {
        name: (inputs, outputs) for names, inputs, outputs in rows for name in re.findall(r"`([^`]+)`", names)
    }


def test_the_contract_and_the_operations_name_the_same_types():
    assert set(table()) == set(OPERATIONS)
    assert all(operation.__doc__ for operation in OPERATIONS.values())


def test_outputs_are_those_of_the_contract(session, key):
    made = {
        "household.save": save(session),
        "household.read": call(session, "household.read", household_key=key),
        "income.assess": call(
            session, "income.assess", household_key=key, income=FAMILY.income, line=4000, phase="认定"
        ),
    }
    for task_type, outputs in made.items():
        told = re.sub(r"\(.*?\)|（.*?）", "", table()[task_type][1])
        assert set(outputs) == {name.strip() for name in told.split(",")}, task_type


def test_a_household_is_saved_and_read(session):
    saved = save(session)
    assert saved["title"] == FAMILY.head["name"]
    assert saved["area"] == VILLAGE
    assert saved["household"]["population"] == len(FAMILY.members)
    name, full, initials = saved["search"].split()
    assert (name, full.startswith(initials[0])) == (saved["title"], True)
    read = call(session, "household.read", household_key=saved["household_key"])
    assert read["household"] == saved["household"]
    assert (read["income"], read["shortfalls"], read["destitute"]) == (None, [], False)
    assert FAMILY.head["id_number"] not in json.dumps(read), "process variables carry no ID number"


def test_saving_again_without_a_key_finds_the_household(session, key):
    assert save(session)["household_key"] == key


def test_income_is_assessed_and_read_back_as_told(session, key):
    shortfalls = ["饮水安全"]
    income = {
        "this_year": {"wage": 8000, "self_paid": 100.01},
        "previous_year": {"wage": 10000},
        "forecast": {"wage": 9000},
    }
    made = call(
        session,
        "income.assess",
        household_key=key,
        income=income,
        shortfalls=shortfalls,
        phase="认定",
        line=4000,
    )
    people = len(FAMILY.members)
    assert made == {
        "disposable_income": round(8000 / people, 2),
        "net_income": round(8000 / people, 2),
        "expected_disposable_income": round(9000 / people, 2),
        "previous_income": round(10000 / people, 2),
        "income_drop_ratio": 0.2,
        "rigid_expense": 50.01,
        "months_above_line": 0,
        "entry_exit_trap": False,
    }
    read = call(session, "household.read", household_key=key)
    assert (read["income"]["this_year"]["self_paid"], read["shortfalls"]) == (100.01, shortfalls)


def test_a_household_of_s12_is_not_asked_for_income(session, key):
    told = {"household_key": key, "shortfalls": ["吃"], "living_expenses": {"food": 1200}, "phase": "跟踪"}
    assert call(session, "guarantees.record", **told) == {}
    assert call(session, "household.read", household_key=key)["shortfalls"] == ["吃"]


def test_monitoring_from_inclusion_to_exit(session, key):
    kind = {"kind": "脱贫不稳定户", "grounds": [1], "channel": "农户申请"}
    included = call(session, "monitoring.include", household_key=key, **kind)
    assert included == {"included_on": "2020-05-20", "newly_included": True}
    again = call(session, "monitoring.include", household_key=key, **{**kind, "channel": "部门筛查"})
    assert again == {"included_on": "2020-05-20", "newly_included": False}
    warning = {"level": "红", "reasons": ["F4.4.1"], "decided_by": "县扶贫办"}
    assert call(session, "warning.record", household_key=key, **warning) == {
        "level": "红",
        "reasons": ["F4.4.1"],
    }
    household = call(session, "household.read", household_key=key)["household"]
    assert (household["monitored"], household["level"]) == (True, "红")
    assert call(session, "monitoring.exit", household_key=key, reasons=["F4.3.6"]) == {
        "exited_on": "2020-05-20"
    }
    with pytest.raises(BusinessError) as refused:
        call(session, "monitoring.exit", household_key=key, reasons=[])
    assert refused.value.code == "not_monitored"


def test_measures_from_choice_to_close(session, key):
    chosen = [
        {
            "category": 4,
            "name": "临时救助",
            "department": "民政",
            "fund_source": "行业扶贫资金",
            "planned_amount": 800,
            "due": "2020-06-30",
        },
        {"category": 1, "code": "JY01", "name": "公益岗位", "department": "人社", "due": "2020-06-30"},
    ]
    opened = call(session, "measures.open", household_key=key, measures=chosen)["measures"]
    assert [(m["name"], m["department"], m["due"]) for m in opened] == [
        ("临时救助", "民政", "2020-06-30"),
        ("公益岗位", "人社", "2020-06-30"),
    ]
    assert call(session, "measures.open", household_key=key, measures=opened)["measures"] == opened
    assert call(session, "measures.count_open", household_key=key) == {"open_measures": 2}
    first = opened[0]["key"]
    call(session, "measure.plan", measure_key=first, plan="分两次发放", planned_amount=None, due="2020-06-20")
    call(
        session,
        "measure.deliver",
        measure_key=first,
        outcome="已落实",
        delivered_on="2020-06-10",
        paid_amount=800,
        delivery="已发放",
    )
    call(session, "measure.close", measure_key=first, result="基本生活有保障")
    assert call(session, "measures.count_open", household_key=key) == {"open_measures": 1}


def test_no_measures_are_none(session, key):
    assert call(session, "measures.open", household_key=key, measures=None) == {"measures": []}


def test_a_notice_waits_for_delivery(session, key):
    assert call(session, "notice.send", household_key=key, kind="受理", text="已受理") == {}
    ((notice, _),) = notices.waiting(session, [VILLAGE])
    assert (str(notice.household_key), notice.kind, notice.text) == (key, "受理", "已受理")


def test_doubts_come_with_the_household(session):
    people = [{**member, "health": ["健康"]} for member in FAMILY.members]
    assert [doubt["code"] for doubt in save(session, members=people, causes=["因残"])["doubts"]] == [
        "no_disabled_member"
    ]


def test_the_history_says_who_and_in_which_task(session, key):
    changes = history.changes(session, int(key))
    assert {(change.actor, change.task) for change in changes} == {("李村书记", "42")}
    assert households.get(session, int(key)).filed_by == "李村书记"


@pytest.mark.parametrize(
    ("code", "task_type", "inputs"),
    [
        ("no_household_key", "household.read", {}),
        ("no_household_key", "household.read", {"household_key": "1; DROP TABLE area"}),
        ("unknown_household", "household.read", {"household_key": "404"}),
        (
            "unknown_household",
            "monitoring.include",
            {"household_key": "404", "kind": "脱贫不稳定户", "channel": "农户申请"},
        ),
        ("unknown_household", "measures.open", {"household_key": "404", "measures": [{"code": "JY01"}]}),
        ("no_measure_key", "measure.close", {}),
        ("unknown_measure", "measure.close", {"measure_key": "404"}),
    ],
)
def test_what_is_missing_is_a_business_error(session, code, task_type, inputs):
    with pytest.raises(BusinessError) as refused:
        call(session, task_type, **inputs)
    assert refused.value.code == code
    assert str(refused.value) == refused.value.message


@pytest.mark.parametrize(
    "inputs",
    [{"income": None}, {"income": {}}, {"income": {"this_year": None}}, {"line": "x"}, {"line": None}],
)
def test_an_assessment_without_income_or_line_is_an_error_not_a_zero(session, key, inputs):
    told = {"household_key": key, "income": FAMILY.income, "line": 4000, "phase": "认定", **inputs}
    with pytest.raises(BusinessError) as refused:
        call(session, "income.assess", **told)
    assert refused.value.code in ("no_income", "no_line")
