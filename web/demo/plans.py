"""How far each family's case has come, and what happens to it on the way: together they show every stage."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any


@dataclass(frozen=True)
class Plan:
    """`begins` is days ago; `twists` are answers that are not the usual ones, each given once, the first time its step
    comes up; `stops` names the steps (element ids) that are left open once every twist has happened.
    """

    name: str
    begins: int
    stops: frozenset[str] = frozenset()
    twists: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


MEND = {"outcome": "退回补正", "mend": "缺少住院费用票据，请补齐。"}
REFUSED = {"outcome": "不予纳入", "opinion": "经审核，家庭收入稳定，不符合纳入条件。"}
NOT_ACCEPTED = {"outcome": "不予受理", "opinion": "户籍不在本村，请到户籍地申请。"}
NOT_TRUE = {"outcome": "不属实", "opinion": "入户了解，家庭有稳定务工收入，与申请不符。"}
NOT_YET = {"outcome": "未达到", "opinion": "住房尚在修缮，暂不具备移出条件。"}
UNDELIVERED = {"outcome": "无法落实", "opinion": "农户外出务工，暂不需要。"}

PLANS = (
    Plan("刚提出申请", 3, frozenset({"apply"})),
    Plan("等村里受理", 6, frozenset({"accept"})),
    Plan("被村里退回补正", 12, frozenset({"apply"}), {"accept": MEND}),
    Plan("三方核实中", 14, frozenset({"verify_work_team", "verify_township"})),
    Plan("等县里审核", 25, frozenset({"county_review"})),
    Plan(
        "县里退回核实",
        30,
        frozenset({"verify_committee"}),
        {"county_review": {**MEND, "return_to": "verify"}},
    ),
    Plan("核实意见不一", 28, frozenset({"county_review"}), {"verify_township": NOT_TRUE}),
    Plan("审核未通过", 90, twists={"county_review": REFUSED}),
    Plan("不予受理", 60, twists={"accept": NOT_ACCEPTED}),
    Plan("等确认等级", 35, frozenset({"grade_by_hand", "confirm_warning"})),
    Plan("等选措施", 40, frozenset({"choose_measures"})),
    Plan("部门制定计划", 48, frozenset({"plan"})),
    Plan("措施落实中", 60, frozenset({"deliver"})),
    Plan("等销号", 75, frozenset({"confirm_result"})),
    Plan("措施逾期督办", 170, frozenset({"deliver", "press_county", "press_city"})),
    Plan(
        "措施被退回",
        110,
        frozenset({"deliver"}),
        {"confirm_result": {"outcome": "退回补正", "mend": "请补落实凭证。"}},
    ),
    Plan("等第一次走访", 130, frozenset({"visit", "visit_basic"})),
    Plan("走访两轮以上", 300),
    Plan("长期监测", 390),
    Plan("等村里核实移出", 380, frozenset({"verify_exit_village"})),
    Plan("等县里批移出", 385, frozenset({"judge_exit", "confirm_exit"})),
    Plan("移出被退回", 390, twists={"verify_exit_township": NOT_YET}),
    Plan("已移出", 395),
    Plan("措施无法落实", 150, twists={"deliver": UNDELIVERED}),
)


def plans(count: int) -> Iterator[Plan]:
    """`count` plans, each kind as often as the others."""
    return islice(cycle(PLANS), count)
