"""The checks that real users run: each finds its case and leaves its neighbour alone."""

from datetime import date
from decimal import Decimal

import pytest

from registry import checks
from registry.checks import Known
from registry.income import Sums
from tests.registry.conftest import member, number

COUPLE = [member(), member("王芳", "配偶", sex="女")]
SICK = Sums(self_paid=Decimal(1))
JOB = {"code": "JY01", "name": "公益岗位安置"}
DAY = date(2020, 5, 20)
IDLE = [member(labour="丧失劳动力")]


@pytest.mark.parametrize(
    ("code", "doubtful", "fine"),
    [
        ("two_spouses", {"members": [*COUPLE, member("赵兰", "配偶", sex="女")]}, {"members": COUPLE}),
        ("spouse_of_same_sex", {"members": [member(), member("王方", "配偶")]}, {"members": COUPLE}),
        ("phone_length", {"phone": "1390000000"}, {"phone": "139-0000-0001"}),
        (
            "no_disabled_member",
            {"causes": ["因残"]},
            {"causes": ["因残"], "members": [member(health=["残疾"])]},
        ),
        (
            "sick_without_expense",
            {"causes": ["因病"], "income": Sums()},
            {"causes": ["因病"], "income": SICK},
        ),
        ("job_without_labour", {"members": IDLE, "measures": [JOB]}, {"measures": [JOB]}),
        (
            "unstable_job_without_labour",
            {"members": IDLE, "causes": ["因务工就业不稳"]},
            {"causes": ["因务工就业不稳"]},
        ),
        ("no_measure", {"included_on": date(2020, 4, 20)}, {"included_on": date(2020, 4, 21)}),
        (
            "no_measure",
            {"included_on": date(2020, 4, 20)},
            {"included_on": date(2020, 4, 20), "measures": [JOB]},
        ),
        (
            "exit_in_month_of_measure",
            {"exited_on": DAY, "measures": [{"closed_on": "2020-05-01"}]},
            {"exited_on": DAY, "measures": [{"closed_on": "2020-04-30"}, {"closed_on": None}]},
        ),
        (
            "income_does_not_add_up",
            {"income": Sums(wage=Decimal(100)), "stated_net": Decimal("100.06")},
            {"income": Sums(wage=Decimal(100)), "stated_net": Decimal("100.05")},
        ),
        ("population_differs", {"stated_population": 3}, {"stated_population": 2}),
    ],
)
def test_a_doubt(code, doubtful, fine):
    def found(**changes):
        return checks.doubts(Known(**{"members": COUPLE, "today": DAY, **changes}))

    assert [doubt.code for doubt in found(**doubtful)] == [code]
    assert all("{" not in str(doubt) and str(doubt).endswith("。") for doubt in found(**doubtful))
    assert found(**fine) == []


@pytest.mark.parametrize(
    ("codes", "members"),
    [
        ([], COUPLE),
        (["one_head"], [member(relation="配偶")]),
        (["no_name"], [member(" ")]),
        (["wrong_id_number"], [member(id_number="220299196801011010")]),
        (["sex_of_id_number"], [member(sex="女", id_number=number("22029919680101101"))]),
        (["id_number_twice"], [member(), member("李二", "之兄弟姐妹")]),
        ([], [member(id_number="")]),
    ],
)
def test_faults(codes, members):
    assert [fault.code for fault in checks.faults(members)] == codes
