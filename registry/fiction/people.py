"""Fictional people: names, ID numbers with a right check digit that belong to nobody, health and work by age."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from registry import id_numbers

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
MALE = [
    "建国", "志强", "永福", "德山", "春林", "玉贵", "海涛", "长河", "守义", "文斌",
    "景田", "宝库", "洪军", "立新", "云鹏", "成才", "大勇", "连生", "万有", "庆丰",
]  # fmt: skip
FEMALE = [
    "桂兰", "秀英", "玉梅", "淑珍", "春花", "丽华", "凤霞", "金莲", "雪梅", "艳玲",
    "翠萍", "素云", "月娥", "彩霞", "红梅", "静怡", "兰芝", "喜凤", "慧敏", "巧云",
]  # fmt: skip
YOUNG = [
    "子涵", "一诺", "思远", "浩然", "雨桐", "佳怡", "明轩", "欣悦", "小川", "晓禾",
    "嘉树", "念慈",
]  # fmt: skip

_NOWHERE = "220299"
"""GB/T 2260 assigns this code to no place: a number that begins with it belongs to nobody."""


def person(random: Random, relation: str, sex: str, age: int, today: date, **facts: Any) -> dict[str, Any]:
    """A member as the forms take him; `facts` override what his age would suggest."""
    birth = today - timedelta(days=age * 365 + age // 4 + random.randrange(1, 300))
    member = {
        "name": random.choice(SURNAMES) + given(random, sex, age),
        "sex": sex,
        "birth": birth.isoformat(),
        "id_number": id_number(random, birth, sex),
        "relation": relation,
        **schooling(age),
        "health": ["健康"],
        "labour": labour(age),
        "medical_insurance": "城乡居民",
    }
    return {**member, **facts}


def given(random: Random, sex: str, age: int) -> str:
    """A given name of the generation."""
    return random.choice(YOUNG if age < 20 else MALE if sex == "男" else FEMALE)


def id_number(random: Random, birth: date, sex: str) -> str:
    """An ID number that nobody has."""
    order = random.randrange(100, 500) * 2 + (sex == "男")
    first = f"{_NOWHERE}{birth:%Y%m%d}{order:03d}"
    return first + id_numbers.check_digit(first)


def schooling(age: int) -> Mapping[str, str]:
    """文化程度 of a grown-up, 在校生状况 of a child."""
    if age >= 18:
        return {"education": "小学" if age > 60 else "初中"}
    stages = (
        (3, "学龄前儿童"),
        (6, "学前教育"),
        (12, "小学"),
        (13, "七年级"),
        (14, "八年级"),
        (15, "九年级"),
    )
    return {"student": next((stage for limit, stage in stages if age < limit), "普通高中一年级")}


def labour(age: int) -> str:
    """劳动技能 by age alone."""
    if age < 16 or age >= 75:
        return "无劳动力"
    return "弱劳动力或半劳动力" if age >= 60 else "普通劳动力"


def phone(random: Random) -> str:
    """A mobile number."""
    return f"1990000{random.randrange(10_000):04d}"
