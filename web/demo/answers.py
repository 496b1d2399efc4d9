"""What the demo's people fill in: each form answered as a clerk of the trade would."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from registry.fiction import Family
from registry.income import disposable, read_sums
from web.demo.filling import filled, strokes
from web.demo.offices import OFFICES
from web.demo.turn import Answer, Turn

__all__ = ["Answer", "Turn", "answer"]

POOR = Decimal(7000)
"""Disposable income a head, yuan a year, below which whoever visits tells of a risk: a little above 1.5 times the line, so
that the rule and the reviewers have something to refuse."""


def answer(form_id: str, turn: Turn) -> Answer:
    """The form answered; what was decided stands above what would be usual.

    Where a form has no answer of its own here, it is filled in as it is drawn.
    """
    if form_id in FAMILIES:
        usual = FAMILIES[form_id](turn)
    else:
        of_its_own = OFFICES[form_id](turn) if form_id in OFFICES else {}
        usual = {**filled(form_id, turn.variables, turn.now, turn.random), **of_its_own}
    made = {**usual, **turn.decided}
    return {name: value for name, value in made.items() if value is not None}


def _application(turn: Turn) -> Answer:
    family = turn.home
    return {
        "area": turn.variables.get("area") or family.area,
        "household": {
            k: v for k, v in turn.household.items() if k in ("address", "phone", "kind", "attribute")
        },
        "on_behalf": True,
        "filed_by": "村文书",
        "members": [_as_told(member) for member in turn.household.get("members") or family.members],
        **_means(turn),
        "shortfalls": list(family.shortfalls),
        "causes": list(family.causes),
        "calamity": family.calamity,
        "reason": family.reason,
        "authorized": True,
        "applicant_signature": strokes(turn.random),
    }


def _as_told(member: Mapping[str, Any]) -> Answer:
    """A member as the form takes him: what is not known is left out."""
    return {
        name: value for name, value in member.items() if name != "id_masked" and value not in ("", None, [])
    }


def _acceptance(turn: Turn) -> Answer:
    return {"outcome": "受理"}


def _verification(turn: Turn) -> Answer:
    return {
        "visited_on": turn.today,
        **_means(turn),
        **_circumstances(turn),
        "outcome": "属实",
        "opinion": f"入户核实，{turn.home.reason}情况属实。",
        "verifier_signature": strokes(turn.random),
    }


def _county_review(turn: Turn) -> Answer:
    judged = turn.variables.get("inclusion") or {}
    return {
        "outcome": "同意纳入",
        "kind": judged.get("kind") or turn.kind,
        "grounds": judged.get("grounds") or [1],
        "opinion": "经集体研究，该户确有返贫致贫风险，同意纳入。",
    }


def _grading(turn: Turn) -> Answer:
    return {"level": "蓝" if turn.rounds else "黄", "opinion": "规则没有给出等级，按入户情况集体研究定级。"}


def _warning_confirmation(turn: Turn) -> Answer:
    return {"outcome": "确认"}


def _measure_choice(turn: Turn) -> Answer:
    advised = [c for c in (turn.variables.get("advice") or {}).get("categories") or [1] if c in USUAL][
        :2
    ] or [1]
    return {
        "outcome": "确定",
        "measures": [{**USUAL[c], "category": c, "due": turn.in_days(60)} for c in advised],
    }


def _measure_plan(turn: Turn) -> Answer:
    return {
        "outcome": "计划",
        "plan": "由县级部门会同乡镇入户核对，按计划落实。",
        "planned_amount": 2000,
        "due": turn.in_days(40),
    }


def _measure_delivery(turn: Turn) -> Answer:
    return {
        "outcome": "已落实",
        "delivered_on": turn.today,
        "paid_amount": 2000,
        "delivery": "已落实到户，农户签收。",
    }


def _measure_result(turn: Turn) -> Answer:
    return {"outcome": "销号", "result": "入户核查，措施已见效。"}


def _overdue(turn: Turn) -> Answer:
    return {"outcome": "已督办", "opinion": "已约谈责任部门，限十日内落实。"}


def _visit(turn: Turn) -> Answer:
    return {
        **_visited(turn),
        "income": _better(turn),
        "effect": "帮扶措施正在落实，收入有所增加。",
    }


def _visit_basic(turn: Turn) -> Answer:
    return {**_visited(turn), "living_expenses": dict(turn.home.living_expenses)}


def _visited(turn: Turn) -> Answer:
    mended = turn.rounds >= 1
    return {
        "outcome": "提交",
        "visited_on": turn.today,
        **_circumstances(turn),
        "shortfalls": [] if mended else list(turn.home.shortfalls),
        "calamity": turn.home.calamity and not mended,
        "living": {"food": "有保障", "clothing": "有保障", "hygiene": "整洁", "activities": "经常参加"},
        "changes": "家庭成员无变化。",
        "needs": "希望继续得到技术指导。",
        "next_step": "建议移出" if turn.spared and turn.rounds >= 3 else "继续跟踪",
        "visitor_signature": strokes(turn.random),
        "household_signature": strokes(turn.random),
    }


def _risk_visit(turn: Turn) -> Answer:
    if not at_risk(turn.home):
        signed = {name: strokes(turn.random) for name in ("visitor_signature", "household_signature")}
        told = "收入稳定，吃穿、上学、看病、住房和饮水都有保障。"
        return {"outcome": "无风险", "visited_on": turn.today, "opinion": told, **signed}
    return {**_visited(turn), **_means(turn), "outcome": "有风险", "opinion": turn.home.reason}


def at_risk(family: Family) -> bool:
    """Whether whoever visits the family sees that it may fall back into poverty."""
    a_head = disposable(read_sums(family.income["this_year"])) / len(family.members)
    return bool(family.shortfalls) or family.calamity or a_head < POOR


def _exit_verification(turn: Turn) -> Answer:
    return {
        "outcome": "达到标准",
        "opinion": "收入稳定，两不愁三保障和饮水安全均有保障。",
        "verifier_signature": strokes(turn.random),
    }


def _exit_judgement(turn: Turn) -> Answer:
    return {"outcome": "移出", "opinion": "收入已连续六个月稳定超过标准，同意移出。"}


def _exit_review(turn: Turn) -> Answer:
    return {"outcome": "同意移出"}


def _means(turn: Turn) -> Answer:
    """Income, or what a spared household needs for living."""
    if turn.spared:
        return {"living_expenses": dict(turn.home.living_expenses)}
    return {"income": {year: dict(sheet) for year, sheet in turn.home.income.items()}}


def _circumstances(turn: Turn) -> Answer:
    family = turn.home
    return {
        "shortfalls": list(family.shortfalls),
        "causes": list(family.causes),
        "calamity": family.calamity,
        **family.circumstances,
    }


def _better(turn: Turn) -> dict[str, dict[str, float]]:
    """Income as measures work: wages rise by a third with each visit."""
    sheets = {year: dict(sheet) for year, sheet in turn.home.income.items()}
    for year in ("this_year", "forecast"):
        sheets[year]["wage"] = round(sheets[year]["wage"] * (1 + turn.rounds / 3) + 3000 * turn.rounds, 2)
    return sheets


USUAL: Mapping[int, Answer] = {
    1: {
        "department": "农业农村",
        "name": "特色养殖扶持",
        "fund_source": "财政专项扶贫资金",
        "planned_amount": 5000,
    },
    2: {
        "department": "民政",
        "name": "农村低保金摸排发放",
        "fund_source": "行业扶贫资金",
        "planned_amount": 3600,
    },
    3: {
        "department": "慈善总会",
        "name": "临时救助",
        "fund_source": "金融和社会资金",
        "planned_amount": 3000,
    },
    4: {"department": "医保", "name": "参保费用代缴", "fund_source": "行业扶贫资金", "planned_amount": 600},
    5: {"department": "宣传部", "name": "扶志扶智宣讲", "fund_source": "不需资金"},
    6: {
        "department": "慈善总会",
        "name": "重大灾害救助",
        "fund_source": "金融和社会资金",
        "planned_amount": 8000,
    },
}
FAMILIES: Mapping[str, Callable[[Turn], Answer]] = {
    "application": _application,
    "acceptance": _acceptance,
    "verification": _verification,
    "county_review": _county_review,
    "grading": _grading,
    "warning_confirmation": _warning_confirmation,
    "measure_choice": _measure_choice,
    "measure_plan": _measure_plan,
    "measure_delivery": _measure_delivery,
    "measure_result": _measure_result,
    "overdue": _overdue,
    "visit": _visit,
    "visit_basic": _visit_basic,
    "risk_visit": _risk_visit,
    "exit_verification": _exit_verification,
    "exit_judgement": _exit_judgement,
    "exit_review": _exit_review,
}
