"""Operations of the offices' own procedures: supervision (F5.5, S23), gap checks (F5.4), the year's report (S21)."""

import secrets
from typing import Any

from sqlalchemy.orm import Session

from processes.served import BusinessError, household_in, key_in, operation
from registry import annual, areas, figures, history, households, monitored, problems

LARGEST_SAMPLE = 200


@operation("counties.list")
def counties_list(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """The counties within an area that have households, as a form offers them and as each one's case begins with them."""
    area = str(inputs.get("area") or areas.ROOT)
    found = [county for county in households.counties(session) if county.path.startswith(area)]
    return {
        "area": area,
        "counties": [
            {"label": each.name, "value": each.path, "area": each.path, "name": each.name} for each in found
        ],
    }


@operation("supervision.sample")
def supervision_sample(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Draw cases to be looked at; the seed that is given, or made, lets anybody draw the same again."""
    size = int(inputs.get("sample_size") or 0)
    if not 0 < size <= LARGEST_SAMPLE:
        raise BusinessError("bad_sample", f"抽查户数须在1至{LARGEST_SAMPLE}之间。")
    seed = inputs.get("seed")
    seed = secrets.randbelow(1_000_000) if seed is None else int(seed)
    day = history.acting(session).day
    found = [
        each
        for area in dict.fromkeys(inputs.get("sample_areas") or [])
        for each in monitored.within(session, str(area), day)
    ]
    drawn, sampled_from = monitored.sample(
        found, size, seed, levels=inputs.get("levels") or [], late_only=bool(inputs.get("late_only"))
    )
    return {"sample": [each.as_told() for each in drawn], "sampled_from": sampled_from, "seed": seed}


@operation("gaps.list")
def gaps_list(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """The monitored households of an area whose cases have open shortcomings."""
    most = {level: int(days) for level, days in (inputs.get("visit_days") or {}).items()}
    area = str(inputs.get("area") or "")
    found = monitored.gaps(session, area, history.acting(session).day, most)
    return {"gaps": found, "title": f"{''.join(areas.names(session, area))}查缺补漏"}


@operation("report.figures")
def report_figures(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """The figures of a county's report for the year so far, each counted from the registry."""
    area, day = str(inputs.get("area") or ""), history.acting(session).day
    counted = figures.of(session, area, day, since=day.replace(month=1, day=1))
    names = "".join(areas.names(session, area))
    return {
        "figures": annual.told(counted),
        "year": day.year,
        "title": f"{names}{day.year}年度报告",
    }


@operation("problem.open")
def problem_open(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Put a problem of a household on the list that is to come to nought."""
    return {"problem_key": str(problems.open_one(session, household_in(session, inputs), inputs).key)}


@operation("problem.mend")
def problem_mend(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """Record how a problem was mended."""
    problems.mend(session, key_in(inputs, "problem_key"), inputs)
    return {}


@operation("problem.send_back")
def problem_send_back(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """A problem is not mended yet: open again, until a new day."""
    problems.send_back(session, key_in(inputs, "problem_key"), inputs.get("due"))
    return {}


@operation("problem.close")
def problem_close(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
    """销号 of a problem."""
    problems.close(session, key_in(inputs, "problem_key"))
    return {}
