"""Monitoring of a household: when it began and why, its warnings, its guarantees, and 移出."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import told
from registry.errors import Impossible
from registry.history import SHANGHAI, acting
from registry.models import GuaranteeCheck, Household, LivingExpenses, Monitoring, Warning
from registry.money import NotMoney, yuan

LEVELS = ("红", "黄", "蓝")
KINDS = ("脱贫不稳定户", "边缘易致贫户")
CHANNELS = ("农户申请", "走访排查", "部门筛查", "数据比对", "入户走访", "接管")
GUARANTEES = {
    "吃": "food",
    "穿": "clothing",
    "义务教育": "education",
    "基本医疗": "medical",
    "住房安全": "housing",
    "饮水安全": "water",
}
EXPENSES = ("food", "clothing", "housing", "heating", "utilities", "medical", "education", "other")


def open_period(session: Session, household_key: int) -> Monitoring | None:
    """The period in which the household is monitored now."""
    return session.scalars(
        select(Monitoring).where(Monitoring.household_key == household_key, Monitoring.ended_on.is_(None))
    ).first()


def kind(session: Session, household_key: int) -> str:
    """As what the household is monitored; one that is not, as what it would be."""
    period = open_period(session, household_key)
    if period is not None:
        return period.kind
    once_poor = session.get_one(Household, household_key).kind == "脱贫户"
    return KINDS[0] if once_poor else KINDS[1]


def include(
    session: Session,
    household_key: int,
    kind: str,
    grounds: Sequence[int],
    channel: str,
    on: date | None = None,
) -> Monitoring:
    """Take the household into monitoring (F4.3) from `on`, today if not said. One that is in already stays as it is."""
    _one_of("monitoring_kind", "监测对象类别", kind, KINDS)
    _one_of("channel", "发现渠道", channel, CHANNELS)
    period = open_period(session, household_key)
    if period is None:
        period = Monitoring(
            household_key=household_key,
            kind=kind,
            grounds=sorted({int(ground) for ground in grounds}),
            channel=channel,
            started_on=on or acting(session).day,
        )
        session.add(period)
        session.flush()
    return period


def exit_from(session: Session, household_key: int, reasons: Sequence[str]) -> date:
    """End the monitoring of the household (移出, F4.3.6) today; Impossible (`not_monitored`) where it is not monitored."""
    period = open_period(session, household_key)
    if period is None:
        raise Impossible("not_monitored", "该户不在监测范围内，不能移出。")
    period.ended_on = acting(session).day
    period.end_reasons = told.texts(reasons)
    session.flush()
    return period.ended_on


def warn(
    session: Session, household_key: int, level: str, reasons: Iterable[str], decided_by: str
) -> Warning:
    """Record the warning level (F4.4) in force from now."""
    _one_of("level", "预警级别", level, LEVELS)
    acts = acting(session)
    warning = Warning(
        household_key=household_key,
        level=level,
        reasons=told.texts(list(reasons)),
        decided_by=told.text(decided_by) or acts.actor,
        since=acts.at,
    )
    session.add(warning)
    session.flush()
    return warning


def warnings(session: Session, household_key: int) -> list[Warning]:
    """The household's warnings, oldest first."""
    query = select(Warning).where(Warning.household_key == household_key)
    return list(session.scalars(query.order_by(Warning.since, Warning.key)))


def level(session: Session, household_key: int) -> str:
    """The level in force; empty where the household is not monitored or, since it is, not graded yet."""
    period = open_period(session, household_key)
    warning = session.scalars(
        select(Warning)
        .where(Warning.household_key == household_key)
        .order_by(Warning.since.desc(), Warning.key.desc())
        .limit(1)
    ).first()
    graded = period and warning and warning.since.astimezone(SHANGHAI).date() >= period.started_on
    return warning.level if warning and graded else ""


def check_guarantees(
    session: Session,
    household_key: int,
    shortfalls: Iterable[str],
    phase: str,
    on: date | None = None,
) -> GuaranteeCheck:
    """Record which of the six guarantees were found lacking `on` that day, today if not said; not on a day to come."""
    lacking = set(shortfalls)
    unknown = lacking - GUARANTEES.keys()
    if unknown:
        raise Impossible("unknown_shortfall", "没有“{name}”这项保障。", name="、".join(sorted(unknown)))
    today = acting(session).day
    if on and on > today:
        raise Impossible("visit_to_come", "上次走访时间不能晚于今天。")
    check = GuaranteeCheck(
        household_key=household_key,
        phase=phase,
        checked_on=on or today,
        **{column: name in lacking for name, column in GUARANTEES.items()},
    )
    session.add(check)
    session.flush()
    return check


def last_check(session: Session, household_key: int) -> GuaranteeCheck | None:
    """The last time that the household's guarantees were looked at."""
    return session.scalars(
        select(GuaranteeCheck)
        .where(GuaranteeCheck.household_key == household_key)
        .order_by(GuaranteeCheck.checked_on.desc(), GuaranteeCheck.key.desc())
        .limit(1)
    ).first()


def shortfalls(session: Session, household_key: int) -> list[str]:
    """Which guarantees were lacking at the last check, in the document's order."""
    check = last_check(session, household_key)
    return [name for name, column in GUARANTEES.items() if getattr(check, column)] if check else []


def keep_expenses(
    session: Session, household_key: int, expenses: Mapping[str, Any], phase: str
) -> LivingExpenses:
    """Record 生活必需支出 as told today, yuan a year: all that S12 lets one ask of 未脱贫户, 低保 and 特困."""
    try:
        sums = {name: yuan(expenses.get(name)) for name in EXPENSES}
    except NotMoney as wrong:
        raise Impossible("not_money", "“{cell}”不是金额。", cell=str(wrong)) from None
    kept = LivingExpenses(household_key=household_key, phase=phase, checked_on=acting(session).day, **sums)
    session.add(kept)
    session.flush()
    return kept


def _one_of(code: str, what: str, value: str, offered: Sequence[str]) -> None:
    if value not in offered:
        raise Impossible(
            f"unknown_{code}",
            "{what}不能是“{value}”，只能是：{offered}。",
            what=what,
            value=value,
            offered="、".join(offered),
        )
