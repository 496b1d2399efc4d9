"""Fictional families as an export of the national system, for trying out the import."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from registry import national
from registry.fiction.families import Family
from registry.imports.columns import kinds
from registry.income import net, read_sums


def as_lines(families: Iterable[Family], names: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    """One line a person. `names` are the names of 县, 乡, 村 by area path.

    Every second family is monitored: as 脱贫不稳定户 or 边缘易致贫户, some with a level, some with a measure too.
    """
    for number, family in enumerate(families):
        for member in family.members:
            yield {**_household(family, names[family.area], number), **_member(member)}


def as_xlsx(families: Iterable[Family], names: Mapping[str, Sequence[str]]) -> bytes:
    """`as_lines` as the national system's workbook."""
    return national.workbook(kinds()[0], as_lines(families, names))


def _household(family: Family, names: Sequence[str], number: int) -> dict[str, Any]:
    this_year = family.income["this_year"]
    county, township, village = names
    return {
        "area.county": county,
        "area.township": township,
        "area.village": village,
        **{f"household.{name}": value for name, value in family.household.items()},
        **{f"stated.causes.{place}": cause for place, cause in enumerate(family.causes, start=1)},
        "stated.population": len(family.members),
        "stated.net": net(read_sums(this_year)),
        **{f"income.{name}": Decimal(str(amount)) for name, amount in this_year.items()},
        **{
            f"shortfall.{name}": name in family.shortfalls
            for name in ("住房安全", "义务教育", "饮水安全", "基本医疗")
        },
        **dict(_monitored(family, number)),
    }


def _monitored(family: Family, number: int) -> Iterator[tuple[str, Any]]:
    if number % 2:
        return
    once_poor = family.household["kind"] == "脱贫户"
    yield "monitoring.kind", "脱贫不稳定户" if once_poor else "边缘易致贫户"
    yield "monitoring.included_on", "202004"
    yield "monitoring.exited", False
    if number % 4 == 0:
        yield "monitoring.level", ("红", "黄", "蓝")[number // 4 % 3]
    if number % 8 == 0:
        yield "measure.BZ05", "是"


def _member(member: Mapping[str, Any]) -> dict[str, Any]:
    facts = {f"member.{name}": value for name, value in member.items() if name != "medical_insurance"}
    return {
        **facts,
        "member.id_type": "居民身份证",
        "member.resident_insurance": True,
        "member.employee_insurance": False,
    }
