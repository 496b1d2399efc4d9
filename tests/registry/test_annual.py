"""The year-end report tells what the registry holds, and its parts add up."""

from datetime import date

from registry import annual, figures, measures, monitoring


def test_the_report_counts_what_there_is(session, household, on):
    monitoring.include(session, household.key, "脱贫不稳定户", [1], "农户申请")
    monitoring.warn(session, household.key, "红", [], "县扶贫办")
    household.causes = ["因病"]
    for code, amount in (("JY01", 3000), ("CY02", 1200.5)):
        opened = measures.open_one(
            session, household.key, {"code": code, "department": "人社", "planned_amount": amount}
        )
        measures.deliver(session, opened.key, {"outcome": "已落实", "paid_amount": amount})
    measures.close(session, opened.key, {"result": "有效。"})
    on(2020, 12, 1)
    told = annual.told(figures.of(session, "2202/220281/", date(2020, 12, 1), since=date(2020, 1, 1)))
    assert (told["monitored_households"], told["monitored_people"], told["red"]) == (1, 2, 1)
    assert (told["unstable_households"], told["border_households"]) == (1, 0)
    assert (told["included"], told["exited"], told["share"]) == (1, 0, 100.0)
    assert told["causes"] == [{"cause": "因病", "households": 1}]
    assert (told["measures"], told["closed_measures"], told["planned_amount"]) == (2, 1, 4200.5)
    for part in ("categories", "sources"):
        assert sum(each["paid_amount"] for each in told[part]) == told["paid_amount"] == 4200.5
    assert sum(each["closed"] for each in told["categories"]) == 1


def test_a_county_without_anybody_has_nothing_to_tell(session):
    told = annual.told(figures.of(session, "2202/220281/", date(2020, 12, 1), since=date(2020, 1, 1)))
    assert (told["monitored_households"], told["share"], told["causes"], told["sources"]) == (0, None, [], [])
