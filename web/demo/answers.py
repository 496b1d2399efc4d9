"""What the demo's people fill in: each form answered for one family as a clerk of the trade would."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sin
from random import Random
from typing import Any

from engine.clock import SHANGHAI
from registry.fiction import Family

Answer = dict[str, Any]
SPARED = ("未脱贫户", "低保脱贫户", "特困供养脱贫户")  # S12: not asked for income


@dataclass
class Turn:
    """What is known when a form is answered: the family, how it has fared, whose turn it is."""

    family: Family
    random: Random
    now: datetime
    element: str
    variables: Mapping[str, Any]
    rounds: int = 0  # follow-up visits so far: things get better with each
    decided: Mapping[str, Any] = field(default_factory=dict)  # what the plan wants at this step

    @property
    def today(self) -> str:
        """The day in Jilin."""
        return self.now.astimezone(SHANGHAI).date().isoformat()

    def in_days(self, days: int) -> str:
        """A day from now."""
        return (self.now + timedelta(days=days)).astimezone(SHANGHAI).date().isoformat()

    @property
    def spared(self) -> bool:
        """Whether the household is not asked for income."""
        return self.family.household["attribute"] in SPARED


def answer(form_id: str, turn: Turn) -> Answer:
    """The form answered; what the plan decided stands above what would be usual."""
    made = {**FORMS[form_id](turn), **turn.decided}
    return {name: value for name, value in made.items() if value is not None}


def strokes(random: Random) -> dict[str, Any]:
    """A signature, drawn by a hand that is never quite the same: three strokes across the box."""
    lines = []
    for start in (30, 130, 230):
        lean, height = random.uniform(0.2, 0.5), random.uniform(18, 34)
        lines.append(
            [
                [round(start + step * 4, 1), round(70 + height * sin(step * lean + start), 1), step * 16]
                for step in range(20)
            ]
        )
    return {"width": 340, "height": 140, "strokes": lines}


def _application(turn: Turn) -> Answer:
    family = turn.family
    return {
        "area": family.area,
        "household": {
            k: v for k, v in family.household.items() if k in ("address", "phone", "kind", "attribute")
        },
        "on_behalf": True,
        "filed_by": "村文书",
        "members": [dict(member) for member in family.members],
        **_means(turn),
        "shortfalls": list(family.shortfalls),
        "causes": list(family.causes),
        "calamity": family.calamity,
        "reason": family.reason,
        "authorized": True,
        "applicant_signature": strokes(turn.random),
    }


def _acceptance(turn: Turn) -> Answer:
    return {"outcome": "受理"}


def _verification(turn: Turn) -> Answer:
    return {
        "visited_on": turn.today,
        **_means(turn),
        **_circumstances(turn),
        "outcome": "属实",
        "opinion": f"入户核实，{turn.family.reason}情况属实。",
        "verifier_signature": strokes(turn.random),
    }


def _county_review(turn: Turn) -> Answer:
    judged = turn.variables.get("inclusion") or {}
    kind = judged.get("kind") or (
        "脱贫不稳定户" if turn.family.household["kind"] == "脱贫户" else "边缘易致贫户"
    )
    return {
        "outcome": "同意纳入",
        "kind": kind,
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
    return {**_visited(turn), "living_expenses": dict(turn.family.living_expenses)}


def _visited(turn: Turn) -> Answer:
    mended = turn.rounds >= 1
    return {
        "outcome": "提交",
        "visited_on": turn.today,
        **_circumstances(turn),
        "shortfalls": [] if mended else list(turn.family.shortfalls),
        "calamity": turn.family.calamity and not mended,
        "living": {"food": "有保障", "clothing": "有保障", "hygiene": "整洁", "activities": "经常参加"},
        "changes": "家庭成员无变化。",
        "needs": "希望继续得到技术指导。",
        "next_step": "建议移出" if turn.spared and turn.rounds >= 3 else "继续跟踪",
        "visitor_signature": strokes(turn.random),
        "household_signature": strokes(turn.random),
    }


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
        return {"living_expenses": dict(turn.family.living_expenses)}
    return {"income": {year: dict(sheet) for year, sheet in turn.family.income.items()}}


def _circumstances(turn: Turn) -> Answer:
    family = turn.family
    return {
        "shortfalls": list(family.shortfalls),
        "causes": list(family.causes),
        "calamity": family.calamity,
        **family.circumstances,
    }


def _better(turn: Turn) -> dict[str, dict[str, float]]:
    """Income as measures work: wages rise by a third with each visit."""
    sheets = {year: dict(sheet) for year, sheet in turn.family.income.items()}
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
FORMS: Mapping[str, Callable[[Turn], Answer]] = {
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
    "exit_verification": _exit_verification,
    "exit_judgement": _exit_judgement,
    "exit_review": _exit_review,
}
