"""Operations of the channels by which a household at risk is found (F4.3.2 to F4.3.5)."""

from typing import Any

from sqlalchemy.orm import Session

from processes.served import BusinessError, operation
from registry import areas, comparison, history, households, screening, visits
from registry.comparison import quarters


@operation("visits.list")
def visits_list(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """The households of an area to be visited; those monitored already are followed up anyway and left out."""
    area = inputs.get("area") or ""
    listed, left_out = visits.to_visit(session, area, inputs.get("kinds") or [])
    return {"visits": listed, "left_out": left_out, "title": f"{_place(session, area)}入户走访"}


@operation("screening.enter")
def screening_enter(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Find each person whom a department reports; one whom the registry does not know gets a record of his own."""
    department = inputs.get("department") or ""
    leads = screening.enter(session, department, inputs.get("screened") or [])
    return {"leads": leads, "title": f"{department}部门筛查{len(leads)}户"}


@operation("comparison.counties")
def comparison_counties(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """What the comparison of this quarter begins with in each county that has households."""
    quarter = quarters.of(history.acting(session).day)
    counties = [
        {
            "area": county.path,
            "title": f"{county.name}{quarter.name}数据比对",
            "quarter": quarter.name,
            "due": quarter.due.isoformat(),
            "handover_due": quarter.handover_due.isoformat(),
            "departments": list(comparison.departments()),
        }
        for county in households.counties(session)
    ]
    return {"area": areas.ROOT, "title": f"{quarter.name}数据比对", "counties": counties}


@operation("comparison.problems")
def comparison_problems(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Which sheets were compared in a quarter, whose are missing, and the hidden problems found in a county."""
    area, quarter = _in_quarter(inputs)
    sheets = comparison.sheets(session, quarter)
    problems = comparison.problems(session, area, quarter)
    there = {sheet["department"] for sheet in sheets}
    return {
        "sheets": sheets,
        "missing": [name for name in inputs.get("departments") or [] if name not in there],
        "problems": problems,
        "problem_count": len(problems),
    }


@operation("comparison.hand_out")
def comparison_hand_out(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """The households with hidden problems in a county, handed out to be checked: each once."""
    area, quarter = _in_quarter(inputs)
    return {"leads": comparison.hand_out(session, area, quarter)}


def _in_quarter(inputs: dict[str, Any]) -> tuple[str, str]:
    area, quarter = str(inputs.get("area") or ""), str(inputs.get("quarter") or "")
    if not area or not quarter:
        raise BusinessError("no_quarter", "缺少地区或季度，不能比对。")
    return area, quarter


def _place(session: Session, area: str) -> str:
    return "".join(areas.names(session, area))
