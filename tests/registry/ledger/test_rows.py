"""The ledger's rows: found, sorted, paged, grouped and summed up, within what the reader sees."""

from datetime import date
from decimal import Decimal

import pytest

from registry import households, ledger, monitoring
from registry.errors import Impossible
from tests.registry.ledger.conftest import COUNTY, VILLAGES, wanted


def names(page):
    return [row["head"] for row in page.rows]


def test_every_column_can_be_read(county):
    everything = wanted(*ledger.monitored().by_key)
    one = next(row for row in ledger.page(county, everything).rows if row["head"] == "赵一")
    assert (one["village"], one["level"], one["level_since"]) == ("椴树村", "红", date(2020, 5, 20))
    assert (one["population"], one["labour"], one["measures"], one["measures_late"]) == (
        1,
        1,
        "特色养殖扶持",
        1,
    )
    assert (one["net"], one["planned"], one["paid"]) == (Decimal("3900.00"), Decimal(0), Decimal(0))
    assert (one["id_number"][:6], "*" in one["id_number"], one["address"]) == ("220299", True, "=0组")


def test_every_column_sorts_and_groups_or_says_why_not(county):
    for key, column in ledger.monitored().by_key.items():
        if column.source.sealed:
            with pytest.raises(Impossible, match="加密"):
                ledger.page(county, wanted(sort=key))
            continue
        for sort in (key, f"-{key}"):
            whole, paged, after = ledger.page(county, wanted(sort=sort)).rows, [], ""
            while after is not None:
                page = ledger.page(county, wanted(sort=sort), after, limit=2)
                paged += page.rows
                after = page.next
            assert paged == whole and len(whole) == 5, key
        groups = ledger.grouped(county, wanted(), column)
        assert sum(group["count"] for group in groups) == 5, key


def test_sorted_by_money_below_zero_and_nothing(county):
    assert names(ledger.page(county, wanted(sort="net"))) == ["李四", "孙三", "赵一", "钱二", "周五"]
    assert names(ledger.page(county, wanted(sort="-net"))) == ["周五", "钱二", "赵一", "孙三", "李四"]


def test_looked_for(county):
    assert names(ledger.page(county, wanted(has={"level": "黄"}))) == ["钱二", "孙三"]
    assert names(ledger.page(county, wanted(has={"causes": "因病"}, within=COUNTY))) == ["赵一", "李四"]
    assert names(ledger.page(county, wanted(least={"net": "3900"}, most={"net": "4100"}))) == ["赵一", "钱二"]
    assert names(ledger.page(county, wanted(least={"started_on": "2020-01-04"}))) == ["周五", "李四"]
    assert len(ledger.page(county, wanted(most={"level_since": "2020-05-20"})).rows) == 4
    assert ledger.page(county, wanted(most={"level_since": "2020-05-19"})).rows == []
    assert ledger.page(county, wanted(has={"address": "%"})).rows == []


def test_what_cannot_be_looked_for_is_refused(county):
    for more in (
        {"has": {"phone": "139"}},
        {"has": {"nothing": "1"}},
        {"least": {"net": "1 or 1"}},
        {"sort": "key; drop"},
    ):
        with pytest.raises(Impossible):
            ledger.page(county, wanted(**more))


def test_a_cursor_that_is_none_is_refused(county):
    for cursor in ("x", "W10=", "WyJ4IiwgMV0=", "bnVsbA=="):
        with pytest.raises(Impossible, match="没有这一页"):
            ledger.page(county, wanted(sort="net"), cursor)


def test_nobody_sees_beyond_his_reach(county):
    village = wanted(seen_areas=(VILLAGES[1],))
    assert names(ledger.page(county, village)) == ["孙三", "李四"]
    assert ledger.totals(county, village)["count"] == 2
    assert names(ledger.page(county, wanted(seen_areas=(VILLAGES[1],), within=VILLAGES[0]))) == []
    own = next(each.key for each in households.all_within(county, VILLAGES[2]))
    assert names(ledger.page(county, wanted(seen_areas=(), seen_households=(own,)))) == ["周五"]
    assert names(ledger.page(county, wanted(seen_areas=()))) == []


def test_totals_and_groups(county):
    both = wanted("head", "population", "planned", "net")
    assert ledger.totals(county, both) == {"count": 5, "population": 5, "planned": Decimal(10000)}
    by = ledger.monitored().by_key
    counties = ledger.grouped(county, both, by["county"])
    assert [(each["value"], each["count"], each["planned"]) for each in counties] == [
        ("蛟河市", 4, Decimal(6000)),
        ("昌邑区", 1, Decimal(4000)),
    ]
    assert [each["value"] for each in ledger.grouped(county, both, by["level"])] == ["黄", "", "红", "蓝"]


def test_who_left_monitoring_is_in_the_ledger_of_those(county):
    key = households.all_within(county, VILLAGES[2])[0].key
    monitoring.exit_from(county, key, ["收入稳定"])
    county.flush()
    assert "周五" not in names(ledger.page(county, wanted()))
    [gone] = ledger.page(county, wanted("head", "ended_on", "end_reasons", state="已移出")).rows
    assert (gone["head"], gone["ended_on"], gone["end_reasons"]) == ("周五", date(2020, 5, 20), "收入稳定")
    assert len(ledger.page(county, wanted(state="全部")).rows) == 5
