"""What may befall a fictional family: who lives in it, its causes, and how it answers the rules' questions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from registry.fiction.people import person

Members = list[dict[str, Any]]
ABLE = {
    "destitute": False,
    "labour": "有",
    "startup_ability": False,
    "can_run_business": False,
    "willing_to_work": True,
    "income_sources": ["工资性", "生产经营性"],
    "income_stable": True,
    "motivation": True,
    "unpaid_subsidies": False,
    "supporters_refuse": False,
}
"""A family that can work and does: what a story says overrides it."""


@dataclass(frozen=True)
class Story:
    """A kind of trouble. `drop` is this year's income as a part of last year's; `burden` what illness, school or
    damage cost without being paid back, as a part of last year's income."""

    name: str
    reason: str
    causes: Sequence[str]
    members: Callable[[Random, date], Members]
    circumstances: Mapping[str, Any] = field(default_factory=dict)
    shortfalls: Sequence[str] = ()
    calamity: bool = False
    drop: float = 1.0
    burden: float = 0.0
    attribute: str = "一般脱贫户"


def _couple(random: Random, today: date, age: int = 0, **head: Any) -> Members:
    age = age or random.randrange(38, 58)
    return [
        person(random, "户主", "男", age, today, **head),
        person(random, "配偶", "女", age - random.randrange(0, 4), today),
    ]


def _sick(random: Random, today: date) -> Members:
    return _couple(random, today, health=["患有大病"], labour="丧失劳动力")


def _disabled(random: Random, today: date) -> Members:
    disabled: dict[str, Any] = {"health": ["残疾"], "disability": "肢体二级", "labour": "弱劳动力或半劳动力"}
    return [*_couple(random, today, **disabled), person(random, "之子", "男", 17, today)]


def _studying(random: Random, today: date) -> Members:
    student = {"education": "", "student": "本科二年级", "labour": "无劳动力"}
    return [*_couple(random, today, 47), person(random, "之女", "女", 20, today, **student)]


def _family(random: Random, today: date) -> Members:
    return [*_couple(random, today, 36), person(random, "之女", "女", 9, today)]


def _workers(random: Random, today: date) -> Members:
    away = {"work_place": "长春市", "work_months": 3}
    return [*_couple(random, today, 42, **away), person(random, "之子", "男", 13, today)]


def _old_alone(random: Random, today: date) -> Members:
    sex = random.choice("男女")
    facts = {"health": ["长期慢性病"], "labour": "丧失劳动力", "destitute": True}
    return [person(random, "户主", sex, random.randrange(70, 84), today, **facts)]


def _old_couple(random: Random, today: date) -> Members:
    return _couple(random, today, random.randrange(68, 78), labour="无劳动力", health=["长期慢性病"])


def _three_generations(random: Random, today: date) -> Members:
    return [
        *_couple(random, today, 44),
        person(random, "之子", "男", 15, today),
        person(random, "之母", "女", 71, today, health=["长期慢性病"]),
    ]


STORIES: tuple[Story, ...] = (
    Story(
        "大病",
        "户主患大病住院，自付费用超过上年收入。",
        ["因病"],
        _sick,
        {"labour": "部分丧失"},
        drop=0.8,
        burden=1.2,
    ),
    Story(
        "残疾",
        "户主肢体残疾，收入来源不稳定。",
        ["因残"],
        _disabled,
        {
            "labour": "部分丧失",
            "income_stable": False,
            "motivation": False,
            "income_sources": ["产业带动", "包保帮扶"],
        },
    ),
    Story("就学", "子女读大学，学费和生活费负担重。", ["因学"], _studying, burden=0.5),
    Story(
        "受灾",
        "洪水冲毁房屋和庄稼。",
        ["因灾"],
        _family,
        {},
        ["住房安全"],
        calamity=True,
        drop=0.4,
        burden=0.6,
    ),
    Story(
        "停工",
        "受新冠肺炎疫情影响不能外出务工，收入大幅减少。",
        ["因疫", "因务工就业不稳"],
        _workers,
        {"income_stable": False},
        drop=0.5,
    ),
    Story(
        "特困",
        "孤寡老人，完全丧失劳动能力。",
        ["缺劳动力"],
        _old_alone,
        {"destitute": True, "labour": "完全丧失", "willing_to_work": False, "income_sources": ["转移性"]},
        attribute="特困供养脱贫户",
    ),
    Story(
        "老年夫妇",
        "老两口没有劳动能力，靠分红和帮扶资金生活。",
        ["缺劳动力"],
        _old_couple,
        {
            "labour": "无",
            "willing_to_work": False,
            "income_sources": ["资金帮扶", "产业分红"],
            "unpaid_subsidies": True,
        },
        attribute="低保脱贫户",
    ),
    Story("饮水", "村里水源干涸，饮水没有保障。", ["其他"], _family, {}, ["饮水安全"]),
    Story(
        "辍学",
        "孩子休学在家，家里供不起。",
        ["因学"],
        _workers,
        {"motivation": False},
        ["义务教育"],
        burden=0.1,
    ),
    Story(
        "产业失败",
        "养殖的牛病死，贷款没有还清。",
        ["因产业失败"],
        _family,
        {"can_run_business": True, "startup_ability": True},
        drop=0.6,
    ),
    Story(
        "赡养",
        "儿子分户后不尽赡养义务。",
        ["缺劳动力"],
        _old_couple,
        {"labour": "无", "supporters_refuse": True},
    ),
    Story("平稳", "收入刚过标准，担心返贫。", ["其他"], _three_generations),
)
