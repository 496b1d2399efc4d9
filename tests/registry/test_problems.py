"""The list that is to come to nought (S23): found, mended, looked at again, closed; and who is drawn or listed."""

from datetime import date

import pytest

from registry import history, households, measures, monitored, monitoring, problems
from registry.errors import Impossible
from tests.registry.conftest import VILLAGE, member

FOUND = {"source": "督导", "detail": "未参保。", "fixer": "township_cadre", "due": "2020-06-30"}
COUNTY = "2202/220281/"


def test_a_problem_goes_from_finding_to_closing_with_its_history(session, household, on):
    problem = problems.open_one(session, household.key, FOUND)
    assert (problem.state, problem.found_on) == ("待整改", date(2020, 5, 20))
    on(2020, 6, 1)
    problems.mend(session, problem.key, {"fix": "已补缴。"})
    problems.send_back(session, problem.key, "2020-07-05")
    assert (problem.state, problem.due) == ("待整改", date(2020, 7, 5))
    problems.mend(session, problem.key, {"fix": "已补缴，有凭证。", "fixed_on": "2020-06-02"})
    problems.close(session, problem.key)
    assert (problem.state, problem.closed_on, problem.fixed_on) == (
        "已销号",
        date(2020, 6, 1),
        date(2020, 6, 2),
    )
    states = [c.fields["state"] for c in history.changes(session, household.key) if c.subject == "problem"]
    assert states[-1] == ("已整改", "已销号") and len(states) == 5
    with pytest.raises(Impossible, match="已销号"):
        problems.mend(session, problem.key, {"fix": "再改。"})


@pytest.mark.parametrize("missing", ["source", "detail", "fixer", "due"])
def test_a_problem_says_what_who_and_until_when(session, household, missing):
    with pytest.raises(Impossible, match="来源、内容、整改责任和期限"):
        problems.open_one(session, household.key, {**FOUND, missing: None})


def test_the_list_shows_what_is_open_and_late(session, household):
    late = problems.open_one(session, household.key, FOUND)
    problems.close(session, problems.open_one(session, household.key, FOUND).key)
    [listed] = problems.listed(session, COUNTY, date(2020, 7, 1))
    assert (listed.problem, listed.title, listed.village, listed.late) == (late, "李大山", "椴树村", True)
    assert len(problems.listed(session, COUNTY, date(2020, 7, 1), closed=True)) == 2
    assert problems.listed(session, "2202/220282/", date(2020, 7, 1)) == []


@pytest.fixture
def six(session):
    """Six monitored households, three red and three blue; the first has a measure past its day."""
    keys = []
    for n in range(6):
        person = member(f"张{'一二三四五六'[n]}", id_number=None)
        made = households.save(
            session, None, VILLAGE, {"kind": "脱贫户"}, [{**person, "birth": "1960-01-01"}]
        )
        monitoring.include(session, made.key, "脱贫不稳定户", [1], "农户申请")
        monitoring.warn(session, made.key, "红" if n < 3 else "蓝", [], "县扶贫办")
        keys.append(made.key)
    measures.open_one(session, keys[0], {"code": "JY01", "department": "人社", "due": "2020-06-01"})
    return keys


def test_a_sample_is_drawn_again_by_its_seed(session, six):
    found = monitored.within(session, COUNTY, date(2020, 6, 2))
    drawn, of = monitored.sample(found, 3, 7)
    assert (len(drawn), of) == (3, 6)
    again, _of = monitored.sample(list(reversed(found)), 3, 7)
    assert again == drawn
    seeds = {tuple(each.household_key for each in monitored.sample(found, 3, seed)[0]) for seed in range(20)}
    assert len(seeds) > 5, "another seed draws others"


def test_a_sample_is_of_the_levels_and_the_late_ones_asked_for(session, six):
    found = monitored.within(session, COUNTY, date(2020, 6, 2))
    drawn, of = monitored.sample(found, 10, 7, levels=["红"])
    assert ({each.level for each in drawn}, of) == ({"红"}, 3)
    [late], of = monitored.sample(found, 10, 7, late_only=True)
    assert (late.household_key, len(late.late_measures), of) == (six[0], 1, 1)
    everybody, _of = monitored.sample(found, 3, 7)
    without, _of = monitored.sample([e for e in found if e != everybody[0]], 3, 7)
    assert set(everybody[1:]) <= set(without), "who is left out does not change the others' lots"


def test_gaps_are_all_that_is_open_in_a_case(session, six, on):
    monitoring.check_guarantees(session, six[1], ["饮水安全", "吃"], "跟踪")
    on(2020, 7, 1)
    monitoring.check_guarantees(session, six[2], [], "跟踪")
    found = {
        gap["household_key"]: gap["lead"]
        for gap in monitored.gaps(session, COUNTY, date(2020, 7, 5), {"红": 40, "蓝": 100})
    }
    name = measures.catalogue()["JY01"].name
    assert found == {
        str(six[0]): f"措施未落实：{name}；已46天没有走访",
        str(six[1]): "未保障：吃、饮水安全；已46天没有走访",
    }


def test_who_has_left_is_neither_drawn_nor_listed(session, six):
    monitoring.exit_from(session, six[0], ["稳定达标"])
    keys = [each.household_key for each in monitored.within(session, COUNTY, date(2020, 6, 2))]
    assert sorted(keys) == sorted(six[1:])


def test_a_level_of_an_earlier_period_does_not_count(session, six, on):
    monitoring.exit_from(session, six[0], ["稳定达标"])
    on(2020, 8, 1)
    monitoring.include(session, six[0], "脱贫不稳定户", [1], "农户申请")
    again = next(e for e in monitored.within(session, COUNTY, date(2020, 8, 2)) if e.household_key == six[0])
    assert (again.level, again.unseen_days) == ("未定级", 1)
