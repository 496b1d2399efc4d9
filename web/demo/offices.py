"""What the offices and a household's other procedures fill in where it matters what; the rest is filled in as drawn."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from engine.clock import SHANGHAI
from registry.fiction.people import given, id_number
from web.demo.turn import Answer, Turn


def _round(turn: Turn) -> Answer:
    return {
        "scope": "全部村",
        "visit_kinds": ["脱贫户", "一般农户"],
        "focus": "看务工收入是否稳定，冬季取暖和饮水有没有保障。",
    }


def _lead(turn: Turn) -> Answer:
    return {"outcome": "入户核实", "opinion": "线索不能单独认定，请村里入户核实。"}


def _inclusion(turn: Turn) -> Answer:
    judged = turn.variables.get("inclusion") or {}
    if judged.get("outcome") == "不符合":
        return {"outcome": "不予纳入", "opinion": "收入和保障情况不符合纳入条件。"}
    return {
        "outcome": "纳入",
        "kind": judged.get("kind") or turn.kind,
        "grounds": judged.get("grounds") or [1],
        "opinion": "经研究，该户确有返贫致贫风险，同意纳入。",
    }


def _supervision(turn: Turn) -> Answer:
    return {
        "sample_areas": [county["value"] for county in turn.variables["counties"]],
        "levels": [],
        "late_only": False,
        "sample_size": 12,
        "seed": turn.random.randrange(1_000_000),
        "focus": "看台账与实际是否一致，措施有没有落实到户。",
        "inspect_by": turn.in_days(15),
    }


def _inspection(turn: Turn) -> Answer:
    return {"detail": "台账写已参保，查无缴费记录。", "opinion": "已入户核对台账、凭证和家庭实际情况。"}


def _sudden(turn: Turn) -> Answer:
    return {"cause": "因意外事故", "detail": "户主务工途中受伤住院，家里当月没有收入。"}


def _sudden_closing(turn: Turn) -> Answer:
    return {"result": "救助金已到账，基本生活有保障。", "level": "黄"}


def _relief(turn: Turn) -> Answer:
    return {
        "relief_reason": "住院自付费用大，医保和低保都落实后仍有缺口。",
        "asked_amount": 6000,
        "consulted": ["民政", "医保"],
    }


def _relief_decision(turn: Turn) -> Answer:
    stage = {"fund_source": "市县财政自有资金", "department": "民政", "planned_amount": 3000}
    return {
        "opinion": "一次审批，分两次发放。",
        "stages": [{**stage, "due": turn.in_days(days)} for days in (10, 70)],
    }


def _relief_payment(turn: Turn) -> Answer:
    return {"note": f"凭证{turn.now:%Y%m%d}号"}


def _persuasion(turn: Turn) -> Answer:
    return {
        "supported": turn.home.head["name"],
        "supporter": f"{turn.home.head['name'][0]}志远",
        "supporter_relation": "之子",
        "outcome": "同意签订协议",
        "opinion": "村干部上门宣讲，赡养人同意按月给付赡养费。",
    }


def _support(turn: Turn) -> Answer:
    return {"monthly_amount": 300, "terms": "每月十日前给付，农忙时帮助收割。"}


def _registration(turn: Turn) -> Answer:
    return {"shortfalls": list(turn.home.shortfalls) or ["住房安全"]}


def _birth(turn: Turn) -> Answer:
    sex = turn.random.choice("男女")
    born = turn.now.astimezone(SHANGHAI).date() - timedelta(days=turn.random.randrange(5, 60))
    return {
        "event": "出生",
        "happened_on": born.isoformat(),
        "newcomer": {
            "name": turn.household["head_name"][0] + given(turn.random, sex, 0),
            "sex": sex,
            "id_number": id_number(turn.random, born, sex),
            "birth": born.isoformat(),
            "relation": "之子" if sex == "男" else "之女",
            "student": "学龄前儿童",
            "health": ["健康"],
            "labour": "无劳动力",
            "medical_insurance": "城乡居民",
        },
        "detail": "有出生医学证明。",
    }


def _report(turn: Turn) -> Answer:
    return {
        "work_done": "全年按月走访，按季比对，逐户建档。",
        "shortcomings": "部分措施到户不够及时。",
        "next_steps": "加强部门数据共享，提前预警。",
    }


OFFICES: Mapping[str, Callable[[Turn], Answer]] = {
    "visit_round": _round,
    "lead_review": _lead,
    "inclusion_review": _inclusion,
    "supervision_plan": _supervision,
    "case_inspection": _inspection,
    "sudden_report": _sudden,
    "sudden_closing": _sudden_closing,
    "relief_proposal": _relief,
    "relief_decision": _relief_decision,
    "relief_payment": _relief_payment,
    "support_persuasion": _persuasion,
    "support_agreement": _support,
    "registration_proposal": _registration,
    "annual_report": _report,
    "household_event": _birth,
}
"""By form."""
