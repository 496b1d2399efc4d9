"""The plain ledgers: what their files say holds together, and entries are kept with their history."""

from datetime import date

import pytest

from processes.clauses import clauses
from registry import history, households, ledger
from registry.errors import Impossible
from registry.ledger import entries, plain
from registry.models import LedgerEntry
from tests.registry.ledger.conftest import AT, COUNTY, TOWNSHIP, VILLAGES

CONTRACT = {"enterprise": "青禾合作社", "project": "木耳", "ends_on": "2020-06-30", "households": "12"}


@pytest.mark.parametrize("of", ledger.ledgers().values(), ids=lambda of: of.id)
def test_each_file_holds_together(of):
    keys = [field.key for field in of.fields]
    assert len(set(keys)) == len(keys) and of.about in ("area", "household")
    assert all(field.kind in plain._READ for field in of.fields)
    assert of.clause in clauses() and of.kept_by
    assert not of.due or of.due in keys
    assert not of.marks or of.marks in keys
    assert not any("身份证" in field.name or "证件" in field.name for field in of.fields)


def test_from_entry_to_end_with_every_change(county):
    of = ledger.ledgers()["contracts"]
    row = entries.add(county, of, CONTRACT, area=TOWNSHIP)
    assert row.fields["households"] == 12 and row.fields["ends_on"] == "2020-06-30"
    history.act(county, "孙伟", AT, reason="续签")
    entries.correct(county, of, row.key, {**CONTRACT, "ends_on": "2024-06-30", "renewed_years": 4})
    entries.end(county, of, row.key, "企业注销")
    made, corrected, ended = history.changes(county, row.key)
    assert made.fields["fields"][0] is None
    before, after = corrected.fields["fields"]
    assert (before["ends_on"], after["ends_on"], corrected.reason) == ("2020-06-30", "2024-06-30", "续签")
    assert ended.fields["valid_to"] == (None, "2020-05-20")
    for change in (entries.correct, entries.end):
        with pytest.raises(Impossible, match="已经结束"):
            change(county, of, row.key, CONTRACT if change is entries.correct else "x")
    assert entries.listed(county, of, [COUNTY]).rows == []
    assert [each.key for each in entries.listed(county, of, [COUNTY], ended=True).rows] == [row.key]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"ends_on": ""}, "请填写“到期时间”"),
        ({"ends_on": "明年"}, "不是日期"),
        ({"households": "几户"}, "不是整数"),
        ({"way": "送钱"}, "只能填"),
        ({"enterprise": "长" * 501}, "太长"),
    ],
)
def test_what_cannot_be_entered_says_why(told, why):
    with pytest.raises(Impossible, match=why):
        ledger.ledgers()["contracts"].read({**CONTRACT, **told})


def test_where_and_about_whom(county):
    contracts, housing = ledger.ledgers()["contracts"], ledger.ledgers()["dangerous_housing"]
    with pytest.raises(Impossible, match="没有地区"):
        entries.add(county, contracts, CONTRACT, area="2202/nowhere/")
    told = {"grade": "D级", "group": "低保户", "assessed_on": "2020-05-01"}
    with pytest.raises(Impossible, match="先选农户"):
        entries.add(county, housing, told, area=VILLAGES[0])
    key = households.all_within(county, VILLAGES[0])[0].key
    row = entries.add(county, housing, told, household=key)
    assert (row.area, row.household_key) == (VILLAGES[0], key)
    assert history.changes(county, key)[-1].subject == LedgerEntry.__tablename__
    assert (
        entries.count(county, housing, [VILLAGES[1]]) == 0 and entries.count(county, housing, [COUNTY]) == 1
    )
    with pytest.raises(Impossible, match="没有这一条"):
        entries.get(county, contracts, row.key)


def test_due_counted_and_marked(county):
    of = ledger.ledgers()["contracts"]
    row = entries.add(county, of, CONTRACT, area=TOWNSHIP)
    assert entries.is_due(of, row, date(2020, 5, 1)) and not entries.is_due(of, row, date(2020, 4, 30))
    workshops = ledger.ledgers()["workshops"]
    entries.add(county, workshops, {"name": "刺绣车间"}, area=VILLAGES[0])
    assert entries.by_county(county, workshops)[COUNTY] == 1
    cared = ledger.ledgers()["cared_places"]
    entries.add(county, cared, {"sort": "脱贫攻坚任务重的乡镇"}, area=TOWNSHIP)
    assert entries.marks(county, cared, VILLAGES[0]) == ["脱贫攻坚任务重的乡镇"]
    assert entries.marks(county, cared, VILLAGES[2]) == []
