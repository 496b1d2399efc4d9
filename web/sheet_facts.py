"""What a sheet may print of a case: docs/forms.md, "Names in a sheet".

Values are texts ready for paper: dates as 2020年7月1日, money as 4,000.00, signatures as pictures, files by their names.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import identity, values
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from registry import areas, households, id_numbers, measures, monitoring
from web import strokes

CHINA = ZoneInfo("Asia/Shanghai")
FEWEST_ROWS, BLANK_ROWS = 4, 6
"""Rows that a table has on paper even when fewer are filled in, and when none is."""
_MONEY = {
    *("disposable_income", "net_income", "expected_disposable_income", "previous_income", "rigid_expense"),
    *("line", "planned_amount", "paid_amount", "income", "living_expenses"),
    *("asked_amount", "approved_amount", "paid_total"),
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")


def of_case(
    session: Session,
    case: Instance,
    sheet: str,
    *,
    task: UserTask | None = None,
    given: Mapping[str, Any] | None = None,
    actor: str | None = None,
    absent: str | None = None,
    at: datetime,
    full_id_numbers: bool = False,
    wanted: frozenset[str] | None = None,
) -> dict[str, Any]:
    """The names that `sheet` may print of a case; only those steps and variables that are `wanted` (None: all).

    `task` chooses whose answer is the sheet's own (else the last step with this sheet). `given` is what `actor`, in the
    place of `absent` if so, is about to answer to it at the moment `at`: what is signed is shown first.
    """
    last = _last(session, case.key)
    own = task or max((t for t in last.values() if sheet_of(t) == sheet), key=_ended, default=None)
    if own is not None:  # the steps about the same measure or visit go before those about another
        last |= _last(session, case.key, own.instance_key)
    told = [t for t in last.values() if wanted is None or t.element in wanted]
    done = [*told, *filter(None, [own])]
    people = identity.display_names(
        session, {actor, absent, *(t.completed_by for t in done), *(t.completed_for for t in done)} - {None}
    )
    steps = {t.element: _completed(session, t, people) for t in told}
    answer: Mapping[str, Any] = {}
    if own is not None and given is not None:
        answer = steps[own.element] = _step(own, given, people.get(actor), people.get(absent), at)
    elif own is not None and own.state == "completed":
        answer = _completed(session, own, people)
    known = values.variables(session, case, names=wanted)
    if own is not None and own.instance_key != case.key:
        inner = session.get_one(Instance, own.instance_key)
        known.update(values.variables(session, inner, own.token, names=wanted))
    about = own or case  # a case of a list has steps about many households
    facts = _household(session, about.subject, about.area, answer, full_id_numbers)
    return {
        **{name: shown(value, name) for name, value in known.items()},
        **_period(session, about.subject),
        **facts,
        "measures": _measures(session, about.subject, answer.get("measures") or known.get("measures")),
        "measure": _measure(known.get("measure")),
        "answer": answer,
        "steps": steps,
        "today": chinese_date(at),
        "mark": f"案卷{case.key}　{chinese_date(at)}打印",
    }


def blank() -> dict[str, Any]:
    """The names of an empty sheet: ruled rows to write on."""
    return {"members": _rows([], BLANK_ROWS), "measures": _rows([], BLANK_ROWS), "answer": {}, "steps": {}}


def sheet_of(task: UserTask) -> str | None:
    """The name of the sheet that belongs to a task: its own property, else its form's name."""
    return task.properties.get("sheet") or task.form_id


def shown(value: Any, name: str = "") -> Any:
    """A value as paper has it; `name` tells sums of money from other numbers."""
    if strokes.is_signature(value):
        return strokes.picture(value)
    if isinstance(value, Mapping):
        return {key: shown(entry, name if name in _MONEY else key) for key, entry in value.items()}
    if isinstance(value, list):
        return [_file(entry) or shown(entry, name) for entry in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or value is None or name not in _MONEY:
        return value
    return f"{Decimal(str(value)):,.2f}"


def chinese_date(moment: datetime) -> str:
    """2020年7月1日: the day in Shanghai, without leading zeros (GB/T 9704)."""
    local = moment.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日"


def _text(value: str) -> str:
    if not _DATE.fullmatch(value):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return chinese_date(moment if moment.tzinfo else moment.replace(tzinfo=CHINA))


def _file(value: Any) -> str | None:
    return value["name"] if isinstance(value, Mapping) and {"sha256", "name"} <= set(value) else None


def _last(session: Session, case_key: int, instance_key: int | None = None) -> dict[str, UserTask]:
    """Each step's last completed task, by element: of the case, or of one of its instances.

    A case that went through hundreds of rounds has no more of them than one that went through the first.
    """
    completed = [UserTask.case_key == case_key, UserTask.state == "completed"]
    if instance_key is not None:
        completed.append(UserTask.instance_key == instance_key)
    keys = sa.select(sa.func.max(UserTask.key)).where(*completed).group_by(UserTask.element)
    return {t.element: t for t in session.scalars(sa.select(UserTask).where(UserTask.key.in_(keys)))}


def _ended(task: UserTask) -> datetime:
    assert task.ended_at is not None
    return task.ended_at


def _completed(session: Session, task: UserTask, people: Mapping[str | None, str]) -> dict[str, Any]:
    by, absent = people.get(task.completed_by), people.get(task.completed_for)
    return _step(task, values.answer(session, task), by, absent, task.ended_at)


def _step(
    task: UserTask, told: Mapping[str, Any], by: str | None, absent: str | None, at: datetime | None
) -> dict[str, Any]:
    in_place_of = f"代 {absent}" if absent else None
    return {
        **{name: shown(value, name) for name, value in told.items()},
        "step": task.name,
        "by": f"{by} {in_place_of}" if in_place_of else by,
        "in_place_of": in_place_of,
        "at": chinese_date(at) if at else None,
    }


def _household(
    session: Session,
    subject: str | None,
    place: str | None,
    answer: Mapping[str, Any],
    full_id_numbers: bool,
) -> dict[str, Any]:
    """Household, members and place: what the registry knows, and over it what the sheet's own answer tells."""
    known = households.in_full(session, int(subject)) if subject else {}
    household = {**known, **(answer.get("household") or {})}
    people = _people(known.get("members", []), answer.get("members"))
    for person in people:
        if not full_id_numbers:
            person["id_number"] = id_numbers.masked(person.get("id_number"))
    head = next((p for p in people if p.get("relation") == "户主"), {})
    area = answer.get("area") or household.get("area") or place
    names = areas.names(session, area) if area else []
    county, township, village = [*names, None, None, None][:3]
    return {
        "household": {
            **{name: shown(value) for name, value in household.items() if name != "members"},
            "head_name": head.get("name") or household.get("head_name"),
            "population": len(people) or None,
        },
        "members": _rows(people, FEWEST_ROWS),
        "head_id_number": head.get("id_number"),
        "county": county,
        "township": township,
        "village": village,
        "place": "".join(names) or None,
    }


def _period(session: Session, subject: str | None) -> dict[str, Any]:
    """Since when and as what the household is monitored."""
    period = monitoring.open_period(session, int(subject)) if subject else None
    return {"kind": period.kind, "included_on": _text(period.started_on.isoformat())} if period else {}


def _people(known: Iterable[Mapping[str, Any]], told: Any) -> list[dict[str, Any]]:
    by_key = {person["key"]: dict(person) for person in known}
    if not isinstance(told, list):
        return list(by_key.values())
    return [
        {**by_key.get(str(p.get("key")), {}), **{k: v for k, v in p.items() if v not in (None, "")}}
        for p in told
    ]


def _measures(session: Session, subject: str | None, told: Any) -> list[dict[str, Any]]:
    recorded = [
        {
            **measures.shown(measure),
            "plan": measure.plan,
            "delivery": measure.delivery,
            "delivered_on": measure.delivered_on and measure.delivered_on.isoformat(),
            "result": measure.result,
            "closed_on": measure.closed_on and measure.closed_on.isoformat(),
        }
        for measure in (measures.of(session, int(subject)) if subject else [])
    ]
    keys = {measure["key"] for measure in recorded}
    chosen = [dict(m) for m in told or [] if isinstance(m, Mapping) and m.get("key") not in keys]
    for each in chosen:
        each["fund_source"] = each.get("fund_source") or (
            measures.usual_source(session, int(subject), each.get("code")) if subject else ""
        )
    return _rows([_measure(m) for m in (*recorded, *chosen)], FEWEST_ROWS)


def _measure(told: Any) -> dict[str, Any]:
    """A measure for paper; what a choice leaves to the catalogue is filled in from it."""
    if not isinstance(told, Mapping):
        return {}
    row = measures.catalogue().get(str(told.get("code") or ""))
    filled = dict(told)
    if row:
        for name in ("name", "category", "fund_source"):
            filled[name] = filled.get(name) or getattr(row, name)
    category = filled.get("category")
    named = (
        measures.CATEGORIES[int(category) - 1] if category in range(1, len(measures.CATEGORIES) + 1) else None
    )
    return {**{name: shown(value, name) for name, value in filled.items()}, "category_name": named}


def _rows(filled: list[dict[str, Any]], fewest: int) -> list[dict[str, Any]]:
    """Numbered rows, empty ones after them up to `fewest`."""
    padded = filled + [{}] * (fewest - len(filled))
    return [{**row, "number": number} for number, row in enumerate(padded, 1)]
