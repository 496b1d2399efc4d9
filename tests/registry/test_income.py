"""The document's two incomes and what is made of them, at the borders too."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import income
from registry.errors import Impossible
from registry.income import Sums, calculate

LINE = Decimal(4000)
D = Decimal


def test_the_formulas_by_hand():
    this = Sums(D(9000), D(12000), D(500), D(3600), D(5100), D(1320), D(8000), D("2600.50"))
    before = Sums(wage=D(30000), transfer_cost=D(300))
    forecast = Sums(wage=D(20000), transfer_cost=D(500), self_paid=D(3000), reimbursed=D(1000))
    made = calculate({"this_year": this, "previous_year": before, "forecast": forecast}, 3, LINE)
    assert made.net == D("6666.67")  # (9000 + 12000 + 500 + 3600 − 5100) / 3
    assert made.disposable == D("6226.67")  # less 1320 of 转移性支出
    assert made.expected_disposable == D("5833.33")  # (20000 − 500 − (3000 − 1000)) / 3
    assert made.previous == D("9900.00")
    assert made.rigid_expense == D("1799.83")  # (8000 − 2600.50) / 3
    assert made.drop_ratio == D("0.371043771043")  # 1 − 18680 / 29700, cut


def test_what_was_paid_back_beyond_the_expense_is_no_income():
    assert calculate({"this_year": Sums(self_paid=D(100), reimbursed=D(500))}, 1, LINE).rigid_expense == 0


@pytest.mark.parametrize(
    ("this", "before", "ratio"),
    [
        ("7000.00", "10000.00", "0.3"),
        ("7000.01", "10000.00", "0.299999"),
        ("6999.99", "10000.00", "0.300001"),
        ("12000", "10000", "0"),
        ("0", "0", "0"),
        ("5000", "-1", "0"),
    ],
)
def test_a_drop_is_told_to_the_fen(this, before, ratio):
    made = calculate({"this_year": Sums(wage=D(this)), "previous_year": Sums(wage=D(before))}, 1, LINE)
    assert made.drop_ratio == D(ratio)


def test_a_drop_one_fen_short_never_rounds_up_to_the_threshold():
    made = calculate(
        {"this_year": Sums(wage=D("699999999.99")), "previous_year": Sums(wage=D("999999999.98"))}, 1, LINE
    )
    assert made.drop_ratio < D("0.3")


def test_the_same_period_comes_before_the_previous_year():
    periods = {
        "this_year": Sums(wage=D(50)),
        "previous_year": Sums(wage=D(60)),
        "same_period": Sums(wage=D(100)),
    }
    made = calculate(periods, 1, LINE)
    assert (made.drop_ratio, made.previous) == (D("0.5"), D(60))


def test_without_a_forecast_this_year_goes_on():
    made = calculate({"this_year": Sums(wage=D(9000), self_paid=D(2000))}, 1, LINE)
    assert made.expected_disposable == D(7000)


@pytest.mark.parametrize(
    ("wage", "transfer_cost", "trap"),
    [
        ("4000.00", "0", False),  # not above the line
        ("4000.01", "0", True),  # above the line by its net income, below 1.5 times by its disposable income
        ("5999.99", "0", True),
        ("6000.00", "0", False),
        ("6000.00", "0.01", True),
    ],
)
def test_the_trap_between_entry_and_exit(wage, transfer_cost, trap):
    made = calculate({"this_year": Sums(wage=D(wage), transfer_cost=D(transfer_cost))}, 1, LINE)
    assert made.entry_exit_trap is trap


sums = st.builds(Sums, *[st.decimals(0, 100_000, places=2)] * 8)


@given(this=sums, before=sums, population=st.integers(1, 12))
@settings(max_examples=50, deadline=None)
def test_figures_are_whole_fen_and_disposable_never_exceeds_net(this, before, population):
    made = calculate({"this_year": this, "previous_year": before}, population, LINE)
    for figure in (made.net, made.disposable, made.expected_disposable, made.previous, made.rigid_expense):
        assert figure == figure.quantize(D("0.01"))
    assert made.disposable <= made.net
    assert abs(made.net * population - income.net(this)) <= D("0.005") * population
    assert made.drop_ratio >= 0


def test_a_sheet_is_kept_with_the_line_of_its_day_and_read_as_told(session, household):
    told = {
        "this_year": {"wage": 10000.1, "operating_cost": ""},
        "previous_year": {"wage": "20,000"},
        "forecast": None,
    }
    income.assess(session, household.key, 2, told, "认定", LINE)
    session.expire_all()
    sheet = income.latest(session, household.key)
    assert (sheet.line, sheet.net, sheet.population, sheet.phase) == (LINE, D("5000.05"), 2, "认定")
    assert sheet.measured_on == date(2020, 5, 20)
    read = income.as_told(sheet)
    assert set(read) == {"this_year", "previous_year"}
    assert (read["this_year"]["wage"], read["previous_year"]["wage"]) == (10000.1, 20000.0)
    assert income.as_told(None) is None


@pytest.mark.parametrize(
    ("code", "told", "phase", "population"),
    [
        ("no_income", {}, "认定", 1),
        ("no_income", {"forecast": {"wage": 1}}, "认定", 1),
        ("not_money", {"this_year": {"wage": "很多"}}, "认定", 1),
        ("unknown_phase", {"this_year": {"wage": 1}}, "随便", 1),
        ("no_population", {"this_year": {"wage": 1}}, "认定", 0),
    ],
)
def test_what_cannot_be_assessed(session, household, code, told, phase, population):
    with pytest.raises(Impossible) as refused:
        income.assess(session, household.key, population, told, phase, LINE)
    assert refused.value.code == code
    assert income.latest(session, household.key) is None


def test_months_above_the_line_count_back_to_the_last_sheet_that_was_not(session, household, on):
    def measure(month, wage, line="4000"):
        on(2020, month, 20)
        income.assess(session, household.key, 1, {"this_year": {"wage": wage}}, "跟踪", D(line))

    def months(month, day):
        return income.months_above_line(session, household.key, date(2020, month, day))

    assert months(12, 31) == 0
    measure(1, 9000)
    measure(2, 4000)
    assert months(12, 31) == 0, "the line itself is not above it"
    measure(3, "4000.01")
    measure(5, 9000)
    assert (months(5, 20), months(9, 19), months(9, 20)) == (2, 5, 6)
    measure(10, 4200, line="4300")
    assert months(12, 31) == 0, "each sheet is measured by the line of its own day"
