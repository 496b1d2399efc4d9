"""Checks that real users run on the data. Faults make a record impossible; doubts are shown and may be confirmed.

A check is a function of what is known (`Known`) that yields what it finds; its docstring says why a clerk cares.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from registry import id_numbers, told
from registry.dates import whole_months
from registry.income import Sums, net

HEAD, SPOUSE = "户主", "配偶"
LABOUR = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力")
_TOLERANCE = Decimal("0.05")


@dataclass(frozen=True)
class Doubt:
    """Something found by a check: its `code`, and a Chinese sentence with `{params}`."""

    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.params)


Fault = Doubt


@dataclass(frozen=True)
class Known:
    """What the checks look at. Members and measures have the keys of docs/forms.md and `measures.shown`."""

    members: Sequence[Mapping[str, Any]]
    phone: str = ""
    causes: Sequence[str] = ()
    income: Sums | None = None
    stated_net: Decimal | None = None
    """家庭纯收入 as a sheet states it, to be compared with its components."""
    stated_population: int | None = None
    measures: Sequence[Mapping[str, Any]] = ()
    included_on: date | None = None
    exited_on: date | None = None
    today: date | None = None


def faults(members: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """What makes a list of members impossible: no name, not exactly one 户主, an ID number that is wrong or twice in
    it or says another sex. Whether a number is in another household only the registry knows."""
    return [*_heads(members), *_id_numbers(members)]


def doubts(known: Known) -> list[Doubt]:
    """What all checks find doubtful."""
    return [doubt for check in CHECKS for doubt in check(known)]


def _heads(members: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    count = sum(member.get("relation") == HEAD for member in members)
    if count != 1:
        yield Fault("one_head", "每户要有且只有一名户主，现在有 {count} 名。", {"count": count})


def _id_numbers(members: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for member in members:
        name = told.text(member.get("name"))
        number = id_numbers.normalized(told.text(member.get("id_number")))
        if not name:
            yield Fault("no_name", "家庭成员要有姓名。")
        if not number:
            continue
        if not id_numbers.valid(number):
            yield Fault("wrong_id_number", "{name}的证件号码有误，请对照证件核对。", {"name": name})
        elif member.get("sex") and member["sex"] != id_numbers.sex(number):
            yield Fault("sex_of_id_number", "{name}的性别与证件号码第17位不符。", {"name": name})
        if number in seen:
            yield Fault("id_number_twice", "{name}的证件号码在本户中重复。", {"name": name})
        seen.add(number)


def _spouse(known: Known) -> Iterator[Doubt]:
    """Two spouses, or one of the same sex: mostly a wrong relation."""
    spouses = [member for member in known.members if member.get("relation") == SPOUSE]
    heads = [member for member in known.members if member.get("relation") == HEAD]
    if len(spouses) > 1:
        yield Doubt("two_spouses", "户主有 {count} 名配偶，请核对与户主关系。", {"count": len(spouses)})
    elif spouses and heads and spouses[0].get("sex") and spouses[0].get("sex") == heads[0].get("sex"):
        yield Doubt("spouse_of_same_sex", "户主与配偶同性别，请核对。")


def _phone(known: Known) -> Iterator[Doubt]:
    """A number that cannot be called."""
    digits = "".join(filter(str.isdigit, known.phone))
    if known.phone and len(digits) != 11:
        yield Doubt("phone_length", "联系电话应为11位，现为 {length} 位。", {"length": len(digits)})


def _disabled(known: Known) -> Iterator[Doubt]:
    """因残 without a disabled member."""
    if "因残" in known.causes and not any("残疾" in (m.get("health") or ()) for m in known.members):
        yield Doubt("no_disabled_member", "风险为“因残”，但没有残疾的家庭成员。")


def _sick(known: Known) -> Iterator[Doubt]:
    """因病 without anything paid."""
    if "因病" in known.causes and known.income is not None and known.income.self_paid == 0:
        yield Doubt("sick_without_expense", "风险为“因病”，但合规自付支出为0。")


def _labour(known: Known) -> Iterator[Doubt]:
    """A job for a household in which nobody can work."""
    if any(member.get("labour") in LABOUR for member in known.members):
        return
    if "因务工就业不稳" in known.causes:
        yield Doubt("unstable_job_without_labour", "风险为“因务工就业不稳”，但家中没有劳动力。")
    for measure in known.measures:
        if str(measure.get("code") or "").startswith("JY"):
            yield Doubt(
                "job_without_labour",
                "家中没有劳动力，却有就业类措施“{measure}”。",
                {"measure": measure.get("name", "")},
            )


def _unhelped(known: Known) -> Iterator[Doubt]:
    """No measure a month after identification."""
    if known.included_on and not known.exited_on and known.today and not known.measures:
        months = whole_months(known.included_on, known.today)
        if months >= 1:
            yield Doubt("no_measure", "纳入监测已满 {months} 个月，还没有帮扶措施。", {"months": months})


def _exit(known: Known) -> Iterator[Doubt]:
    """移出 in the month of the last measure: it cannot have worked yet."""
    days = [told.day(measure.get("closed_on")) for measure in known.measures]
    last = max((day for day in days if day), default=None)
    if known.exited_on and last and (last.year, last.month) == (known.exited_on.year, known.exited_on.month):
        yield Doubt("exit_in_month_of_measure", "移出与最后一项帮扶措施在同一个月，成效是否稳定请核对。")


def _sums(known: Known) -> Iterator[Doubt]:
    """Components that do not add up to the total that the sheet states."""
    if known.income is None or known.stated_net is None:
        return
    made = net(known.income)
    if abs(made - known.stated_net) > _TOLERANCE:
        yield Doubt(
            "income_does_not_add_up",
            "家庭纯收入写为 {stated} 元，各项合计为 {made} 元。",
            {"stated": known.stated_net, "made": made},
        )


def _population(known: Known) -> Iterator[Doubt]:
    """More or fewer people listed than counted."""
    if known.stated_population is not None and known.stated_population != len(known.members):
        yield Doubt(
            "population_differs",
            "家庭人口数写为 {stated} 人，名单有 {listed} 人。",
            {"stated": known.stated_population, "listed": len(known.members)},
        )


CHECKS: tuple[Callable[[Known], Iterator[Doubt]], ...] = (
    _spouse,
    _phone,
    _disabled,
    _sick,
    _labour,
    _unhelped,
    _exit,
    _sums,
    _population,
)
