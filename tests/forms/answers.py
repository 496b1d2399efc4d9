"""A complete answer for each form, as a careful clerk gives it."""

from typing import Any

CASE = {
    "household_key": "7",
    "area": "2202/220281/220281101/220281101201/",
    "areas": [{"label": "蛟河市 某镇 某村", "value": "2202/220281/220281101/220281101201/"}],
    "income_exempt": False,
    "household": {
        "key": "7",
        "kind": "脱贫户",
        "attribute": "一般脱贫户",
        "address": "三社",
        "phone": "",
        "members": [],
    },
}
"""What a case knows when a form is shown."""

MEMBER = {
    "name": "张三",
    "sex": "男",
    "id_number": "220281196503120010",
    "birth": "1965-03-12",
    "relation": "户主",
    "education": "初中",
    "health": ["患有大病"],
    "labour": "弱劳动力或半劳动力",
    "medical_insurance": "城乡居民",
}
SUMS = {
    "wage": 8000,
    "operating": 6500.5,
    "property": 0,
    "transfer": 2400,
    "operating_cost": 2000,
    "transfer_cost": 640,
    "self_paid": 12000,
    "reimbursed": 3000,
}
INCOME = {"this_year": SUMS, "previous_year": SUMS, "forecast": SUMS}
EXPENSES = {
    "food": 6000,
    "clothing": 800,
    "heating": 1500,
    "medical": 4000,
    "education": 0,
    "housing": 0,
    "utilities": 600,
    "other": 0,
}
STROKES = {
    "width": 400,
    "height": 160,
    "strokes": [[[40, 60, 0], [80, 90, 20], [120, 50, 40], [160, 100, 60]], [[200, 40, 90], [210, 120, 120]]],
}
FACTS: dict[str, Any] = {
    "shortfalls": ["基本医疗"],
    "causes": ["因病", "因疫"],
    "calamity": False,
    "destitute": False,
    "labour": "部分丧失",
    "income_sources": ["工资性"],
    "income_stable": False,
    "startup_ability": False,
    "can_run_business": True,
    "willing_to_work": True,
    "motivation": True,
    "unpaid_subsidies": False,
    "supporters_refuse": False,
}
VISIT: dict[str, Any] = {
    "visited_on": "2020-06-30",
    "companions": "李四",
    **FACTS,
    "living": {"food": "有保障", "clothing": "有保障", "hygiene": "整洁", "activities": "经常参加"},
    "changes": "长子考入大专。",
    "needs": "",
    "files": [],
    "next_step": "继续跟踪",
    "visitor_signature": STROKES,
    "household_signature": STROKES,
}
MEASURE = {"code": "JY01", "department": "人社", "due": "2020-06-30", "planned_amount": 3000}
OTHER_MEASURE = {
    "category": 4,
    "fund_source": "行业扶贫资金",
    "name": "临时救助",
    "department": "民政",
    "due": "2020-06-30",
}
COMPLETE: dict[str, dict[str, Any]] = {
    "application": {
        "area": CASE["area"],
        "household": {
            "address": "三社",
            "phone": "13844220001",
            "kind": "脱贫户",
            "attribute": "一般脱贫户",
        },
        "on_behalf": True,
        "filed_by": "李村官",
        "members": [MEMBER],
        "income": INCOME,
        "shortfalls": [],
        "causes": ["因病"],
        "calamity": False,
        "reason": "户主住院，自付两万余元，不能外出务工。",
        "files": [{"sha256": "a" * 64, "name": "收据.jpg", "media_type": "image/jpeg", "size": 9}],
        "authorized": True,
        "applicant_signature": STROKES,
    },
    "acceptance": {"outcome": "受理"},
    "verification": {
        "visited_on": "2020-06-30",
        "companions": "李四",
        "income": INCOME,
        **FACTS,
        "files": [],
        "outcome": "属实",
        "opinion": "与申请一致。",
        "verifier_signature": STROKES,
    },
    "county_review": {
        "outcome": "同意纳入",
        "kind": "脱贫不稳定户",
        "grounds": [1, 2],
        "opinion": "情况属实。",
    },
    "grading": {"level": "黄", "opinion": "F4.4.2，无劳动力，仅靠分红。"},
    "warning_confirmation": {"outcome": "改判", "level": "红", "opinion": "医疗没有保障。"},
    "measure_choice": {"measures": [MEASURE, OTHER_MEASURE]},
    "measure_plan": {"plan": "六月签约，七月上岗。", "planned_amount": 3000, "due": "2020-06-30"},
    "measure_delivery": {
        "outcome": "已落实",
        "delivered_on": "2020-06-20",
        "paid_amount": 2999.99,
        "delivery": "已上岗。",
        "files": [],
    },
    "measure_result": {"outcome": "销号", "result": "月增收800元。"},
    "overdue": {"opinion": "七日内落实。"},
    "visit": {**VISIT, "income": INCOME, "effect": "公益岗工资按月到账。"},
    "visit_basic": {**VISIT, "living_expenses": EXPENSES},
    "exit_verification": {"outcome": "达到标准", "opinion": "收入稳定。", "verifier_signature": STROKES},
    "exit_judgement": {"outcome": "移出", "opinion": "两项条件都符合，收入稳定。"},
    "exit_review": {"outcome": "继续监测", "opinion": "房屋尚未修缮。"},
    "lead_review": {"outcome": "纳入", "kind": "边缘易致贫户", "grounds": [2], "opinion": "票据属实。"},
    "risk_visit": {
        "visited_on": "2020-06-30",
        "companions": "李四",
        "outcome": "有风险",
        "opinion": "户主住院，停工三个月。",
        "income": INCOME,
        **FACTS,
        "living": VISIT["living"],
        "files": [],
        "visitor_signature": STROKES,
        "household_signature": STROKES,
    },
    "inclusion_review": {"outcome": "不予纳入", "opinion": "收入稳定，医疗有保障。"},
    "visit_round": {
        "scope": "选定的村",
        "visit_area": CASE["area"],
        "visit_kinds": ["脱贫户"],
        "focus": "看务工是否稳定。",
    },
    "round_report": {"opinion": "及时跟进。"},
    "screening_report": {
        "screening": "系统数据",
        "screened": [
            {
                "name": "张三",
                "id_number": "220281196503120010",
                "area": CASE["area"],
                "risk": "支出骤增",
                "detail": "住院自付两万元。",
            }
        ],
        "alert_to": ["民政", "卫健"],
        "files": [],
    },
    "department_alert": {"opinion": "纳入临时救助。"},
    "sudden_report": {"cause": "因灾", "found_on": "2020-06-01", "detail": "暴雨冲毁房屋。", "files": []},
    "sudden_check": {"outcome": "不属实", "opinion": "房屋完好。"},
    "sudden_closing": {"outcome": "销号", "result": "已安置，基本生活有保障。"},
    "relief_proposal": {
        "relief_kind": "一事一议",
        "relief_reason": "户主重病，自付八万元。",
        "asked_amount": 30000,
        "consulted": ["民政", "医保"],
        "files": [],
    },
    "relief_opinion": {"outcome": "同意", "opinion": "已按政策报销。"},
    "relief_decision": {
        "outcome": "同意",
        "opinion": "分两次发放。",
        "stages": [
            {
                "planned_amount": 15000.5,
                "due": "2020-06-10",
                "fund_source": "市县财政自有资金",
                "department": "民政",
            }
        ],
    },
    "relief_payment": {"outcome": "已发放", "paid_on": "2020-06-10", "note": "一卡通001", "files": []},
    "relief_closing": {"result": "资金到户。"},
    "sheet_handover": {"outcome": "本季无数据", "opinion": "每年鉴定一次。"},
    "comparison_check": {"outcome": "比对完成", "opinion": "数据齐全。"},
}
