"""What the national system wants back (F5.2): its own columns, by the same data that its export is read by.

One row a person, the household's columns repeated; every household within an area that is or was monitored. What was
read from its export and not changed since is written so that reading it again changes nothing.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import areas, households, income, measures, monitoring
from registry.imports import cells
from registry.imports.columns import Columns, kinds
from registry.income import COMPONENTS, net
from registry.models import Household, Member, Monitoring
from registry.monitoring import GUARANTEES


def as_xlsx(session: Session, area: str) -> tuple[bytes, int]:
    """The workbook, and how many households are in it. It carries ID numbers in full."""
    found = list(
        session.scalars(
            select(Household)
            .where(
                areas.within(Household.area, area),
                select(Monitoring.key).where(Monitoring.household_key == Household.key).exists(),
            )
            .order_by(Household.area, Household.head_name)
        )
    )
    columns = kinds()[0]
    return workbook(columns, (line for each in found for line in _lines(session, columns, each))), len(found)


def workbook(columns: Columns, lines: Iterable[Mapping[str, Any]]) -> bytes:
    """Lines of {fact: value} under the sheet's headings, every cell a text as in the real export."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet("户信息")
    sheet.write_row(0, 0, columns.written.values())
    for place, line in enumerate(lines, start=1):
        for column, fact in enumerate(columns.written):
            sheet.write_string(place, column, _cell(line.get(fact)), text)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def _cell(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else cells.shown(value)


def _lines(session: Session, columns: Columns, household: Household) -> Iterator[dict[str, Any]]:
    facts = {
        **_household(session, household),
        **_monitoring(session, household.key),
        **_income(session, household.key),
        **_measures(session, columns, household.key),
    }
    for member in _people(household):
        yield {**facts, **_member(member)}


def _household(session: Session, household: Household) -> dict[str, Any]:
    county, township, village = areas.names(session, household.area)
    own = {name: getattr(household, name) for name in Household.__table__.c.keys() if name != "key"}  # noqa: SIM118
    return {
        "area.county": county,
        "area.township": township,
        "area.village": village,
        **{f"household.{name}": value for name, value in own.items()},
        **{f"stated.causes.{place}": cause for place, cause in enumerate(household.causes, start=1)},
        "stated.population": len(_people(household)),
    }


def _people(household: Household) -> list[Member]:
    """Who lives there; of a household that is no more, who left last: that its risk is over has to be told, too."""
    return households.present(household) or households.last_to_leave(household)


def _monitoring(session: Session, key: int) -> dict[str, Any]:
    period = session.scalars(
        select(Monitoring)
        .where(Monitoring.household_key == key)
        .order_by(Monitoring.started_on.desc(), Monitoring.key.desc())
    ).first()
    check, lacking = monitoring.last_check(session, key), monitoring.shortfalls(session, key)
    return {
        "monitoring.kind": period.kind if period else "",
        "monitoring.included_on": period.started_on if period else "",
        "monitoring.level": monitoring.level(session, key),
        "monitoring.exited": bool(period and period.ended_on),
        "monitoring.exited_on": period.ended_on if period else "",
        **{f"shortfall.{name}": name in lacking for name in GUARANTEES if check},
    }


def _income(session: Session, key: int) -> dict[str, Any]:
    sheet = income.latest(session, key)
    of_this_year = [each for each in sheet.periods if each.period == "this_year"] if sheet else []
    if not of_this_year:
        return {}
    told = {name: getattr(of_this_year[0], name) for name in COMPONENTS}
    return {
        **{f"income.{name}": amount for name, amount in told.items()},
        "stated.net": net(income.read_sums(told)),
    }


def _measures(session: Session, columns: Columns, key: int) -> dict[str, Any]:
    codes = [measure.code for measure in measures.of(session, key) if measure.code]
    return {
        fact: any(code.startswith(tuple(columns.covers.get(fact, ()))) for code in codes)
        for fact in columns.headings
        if fact.startswith("measure.")
    }


def _member(member: Member) -> dict[str, Any]:
    own = {name: getattr(member, name) for name in Member.__table__.c.keys()}  # noqa: SIM118
    insurance = member.medical_insurance
    return {
        **{f"member.{name}": value for name, value in own.items()},
        "member.resident_insurance": insurance == "城乡居民" if insurance else "",
        "member.employee_insurance": insurance == "城镇职工" if insurance else "",
    }
