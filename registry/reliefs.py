"""Relief of a household by a decision of its own: approved once, paid by stages (F4.5.6, S12), sums that agree."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import told
from registry.errors import Impossible
from registry.history import acting
from registry.models import Payment, Relief
from registry.money import NotMoney, yuan

KINDS = ("一事一议", "临时救助")
WAITING, PAID, STOPPED = "待发放", "已发放", "停止发放"


def open_one(
    session: Session, household_key: int, kind: str, reason: str, stages: Sequence[Mapping[str, Any]]
) -> Relief:
    """Record what was decided: `stages` of `{planned_amount, fund_source, department, due}`, in the order of payment.

    Their sum is what is approved. Impossible where there is no stage, or one without amount, fund, department or day.
    """
    if kind not in KINDS:
        raise Impossible("unknown_relief_kind", "没有“{kind}”这种救助。", kind=kind)
    planned = [_planned(stage) for stage in stages]
    if not planned:
        raise Impossible("no_stages", "救助没有写明分几个阶段发放。")
    relief = Relief(
        household_key=household_key,
        kind=kind,
        reason=told.text(reason),
        approved_amount=sum((each["planned_amount"] for each in planned), Decimal(0)),
        decided_on=acting(session).day,
    )
    session.add(relief)
    session.flush()
    in_order = sorted(planned, key=lambda each: each["due"])
    session.add_all(
        Payment(household_key=household_key, relief_key=relief.key, stage=number, state=WAITING, **each)
        for number, each in enumerate(in_order, 1)
    )
    session.flush()
    return relief


def get(session: Session, key: int) -> Relief:
    """The relief; Impossible (`unknown_relief`) where there is none."""
    relief = session.get(Relief, key)
    if relief is None:
        raise Impossible("unknown_relief", "没有编号为 {key} 的救助。", key=str(key))
    return relief


def payments(session: Session, relief_key: int) -> list[Payment]:
    """The payments of a relief by stage."""
    wanted = select(Payment).where(Payment.relief_key == relief_key)
    return list(session.scalars(wanted.order_by(Payment.stage)))


def next_payment(session: Session, relief_key: int) -> Payment | None:
    """The first stage that is not paid yet."""
    return next((each for each in payments(session, relief_key) if each.state == WAITING), None)


def pay(session: Session, key: int, facts: Mapping[str, Any]) -> Payment:
    """Record a stage as paid as planned: `paid_on` (today if not told), `note` (voucher). Impossible once it is settled."""
    payment = _waiting(session, key)
    acts = acting(session)
    payment.paid_amount = payment.planned_amount
    payment.paid_on = told.day(facts.get("paid_on")) or acts.day
    payment.paid_by = acts.actor
    payment.note = told.text(facts.get("note"))
    payment.state = PAID
    session.flush()
    return payment


def stop(session: Session, key: int, reason: str) -> None:
    """Pay neither this stage nor the later ones: the household needs it no more. Impossible once it is settled."""
    payment = _waiting(session, key)
    for each in payments(session, payment.relief_key):
        if each.state == WAITING:
            each.state, each.note = STOPPED, told.text(reason)
    session.flush()


def close(session: Session, key: int, result: str) -> Relief:
    """End the relief. Impossible (`stages_left`) while a stage waits to be paid."""
    relief = get(session, key)
    if next_payment(session, key) is not None:
        raise Impossible("stages_left", "还有没有发放的阶段，不能办结。")
    relief.result = told.text(result)
    relief.closed_on = acting(session).day
    session.flush()
    return relief


def of(session: Session, household_key: int) -> list[Relief]:
    """A household's reliefs, newest first."""
    wanted = select(Relief).where(Relief.household_key == household_key)
    return list(session.scalars(wanted.order_by(Relief.decided_on.desc(), Relief.key.desc())))


def shown(payment: Payment) -> dict[str, Any]:
    """A payment as processes carry it."""
    return {
        "key": str(payment.key),
        "stage": payment.stage,
        "fund_source": payment.fund_source,
        "department": payment.department,
        "planned_amount": float(payment.planned_amount),
        "due": payment.due.isoformat(),
        "paid_amount": None if payment.paid_amount is None else float(payment.paid_amount),
        "paid_on": payment.paid_on and payment.paid_on.isoformat(),
        "state": payment.state,
    }


def _planned(stage: Mapping[str, Any]) -> dict[str, Any]:
    try:
        amount = yuan(stage.get("planned_amount"))
    except NotMoney as wrong:
        raise Impossible("not_money", "“{cell}”不是金额。", cell=str(wrong)) from None
    planned = {
        "planned_amount": amount,
        "fund_source": told.text(stage.get("fund_source")),
        "department": told.text(stage.get("department")),
        "due": told.day(stage.get("due")),
    }
    if amount <= 0 or not all(planned.values()):
        raise Impossible("incomplete_stage", "每个阶段都要有金额、资金来源、发放部门和日期。")
    return planned


def _waiting(session: Session, key: int) -> Payment:
    payment = session.get(Payment, key)
    if payment is None:
        raise Impossible("unknown_payment", "没有编号为 {key} 的发放。", key=str(key))
    if payment.state != WAITING:
        raise Impossible("payment_settled", "第{stage}阶段已经办过，不能再改。", stage=payment.stage)
    return payment
