"""Public notices: who was taken in or left, and never a word of what must not be shown."""

from datetime import date

import pytest

from registry import monitoring, public
from registry.errors import Impossible
from tests.registry.conftest import VILLAGE

SINCE, UNTIL = date(2020, 5, 1), date(2020, 6, 30)


def test_only_what_may_be_shown(session, household, on):
    household.causes, household.account, household.village_group = ["因病"], "6217000012345", "2组"
    monitoring.include(session, household.key, "脱贫不稳定户", [1], "农户申请")
    [line] = public.listed(session, VILLAGE, "纳入", SINCE, UNTIL)
    assert line == {
        "number": 1,
        "village": "椴树村",
        "village_group": "2组",
        "head_name": "李大山",
        "population": 2,
        "kind": "脱贫不稳定户",
        "day": date(2020, 5, 20),
    }
    assert public.listed(session, VILLAGE, "移出", SINCE, UNTIL) == []
    on(2020, 6, 20)
    monitoring.exit_from(session, household.key, ["收入稳定"])
    assert public.listed(session, VILLAGE, "移出", SINCE, UNTIL)[0]["day"] == date(2020, 6, 20)
    assert public.listed(session, "2202/220202/", "纳入", SINCE, UNTIL) == []
    with pytest.raises(Impossible):
        public.listed(session, VILLAGE, "健康", SINCE, UNTIL)


def test_the_list_of_public_facts_holds_nothing_else():
    assert not {"id_number", "phone", "account", "health", "causes", "disability", "measures"} & set(
        public.FACTS
    )
