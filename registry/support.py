"""赡养 (F4.5.5): who owes support to an old person, what was agreed, whether it is performed, what the court said."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import told
from registry.errors import Impossible
from registry.history import acting
from registry.models import SupportDuty
from registry.money import NotMoney, yuan

STATES = ("宣传中", "已履行", "已签协议", "未履行", "已移送", "已了结")


def _amount(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else yuan(value)
    except NotMoney:
        raise Impossible("not_money", "“{cell}”不是金额。", cell=str(value)) from None


_TOLD: dict[str, Callable[[Any], Any]] = {
    "supported": told.text,
    "supporter": told.text,
    "relation": told.text,
    "until": told.day,
    "monthly_amount": _amount,
    "terms": told.text,
    "result": told.text,
}


def record(
    session: Session, household_key: int, key: int | None, state: str, facts: Mapping[str, Any]
) -> SupportDuty:
    """Record how a duty stands and what is told of it; without `key` a new one. Impossible for no such duty or state."""
    if state not in STATES:
        raise Impossible("unknown_support_state", "赡养情况不能是“{state}”。", state=state)
    duty = session.get(SupportDuty, key) if key is not None else SupportDuty(household_key=household_key)
    if duty is None or duty.household_key != household_key:
        raise Impossible("unknown_support_duty", "该户没有编号为 {key} 的赡养事项。", key=str(key))
    told.assign(duty, {name: value for name, value in facts.items() if value is not None}, _TOLD)
    if not duty.supported or not duty.supporter:
        raise Impossible("incomplete_support_duty", "赡养事项要有赡养人和被赡养人。")
    if state == "已签协议" and duty.agreed_on is None:
        duty.agreed_on = acting(session).day
    duty.state = state
    session.add(duty)
    session.flush()
    return duty


def of(session: Session, household_key: int) -> list[SupportDuty]:
    """The duties towards a household's old people, newest first."""
    wanted = select(SupportDuty).where(SupportDuty.household_key == household_key)
    return list(session.scalars(wanted.order_by(SupportDuty.key.desc())))
