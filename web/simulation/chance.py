"""What chance has in a simulated year: answers that are not the usual ones, and people who are late."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from engine.models.worklist import UserTask
from registry.fiction import Family
from web.demo.life import Life

LATE = 0.06
"""How many of the tasks are done only days after they were due."""
MEND = {"outcome": "退回补正", "mend": "材料不全，请补齐。"}
OTHERWISE: Mapping[str, tuple[tuple[float, Mapping[str, Any]], ...]] = {
    "accept": (
        (0.05, MEND),
        (0.04, {"outcome": "不予受理", "opinion": "户籍不在本村，请到户籍地申请。"}),
    ),
    "verify_work_team": ((0.02, {**MEND, "opinion": None}),),
    "verify_township": ((0.03, {"outcome": "不属实", "opinion": "有稳定务工收入，与申请不符。"}),),
    "county_review": (
        (0.04, {**MEND, "return_to": "verify"}),
        (0.02, {**MEND, "return_to": "apply"}),
        (0.06, {"outcome": "不予纳入", "opinion": "家庭收入稳定，不符合纳入条件。"}),
    ),
    "confirm_warning": ((0.05, {"outcome": "改判", "level": "红", "opinion": "住院费用还会增加。"}),),
    "deliver": ((0.04, {"outcome": "无法落实", "opinion": "农户外出务工，暂不需要。"}),),
    "confirm_result": ((0.06, MEND),),
    "visit": ((0.08, {"next_step": "新增措施"}),),
    "verify_exit_village": ((0.05, {"outcome": "未达到", "opinion": "收入还不稳定。"}),),
    "verify_exit_township": ((0.05, {"outcome": "未达到", "opinion": "住房尚在修缮。"}),),
    "judge_exit": ((0.3, {"outcome": "继续监测", "opinion": "再看一个季度。"}),),
    "confirm_exit": ((0.08, {"outcome": "继续监测", "opinion": "再看一个季度。"}),),
    "review_lead": (
        (0.2, {"outcome": "不予纳入", "opinion": "费用已由保险理赔。"}),
        (0.2, {"outcome": "纳入", "opinion": "部门数据属实。"}),
    ),
    "confirm": ((0.08, {"outcome": "不属实"}), (0.08, MEND)),
    "confirm_county": ((0.08, {"outcome": "不属实"}), (0.08, MEND)),
    "inspect": ((0.4, {"outcome": "有问题"}),),
    "check_fix": ((0.15, MEND),),
    "check_report": ((0.15, {"outcome": "不属实", "opinion": "亲友已接济。"}),),
    "close_risk": ((0.15, {"outcome": "继续处置", "result": "还在住院。"}),),
    "propose": ((0.4, {"relief_kind": "临时救助"}),),
    "give_opinion": ((0.2, {"outcome": "不同意"}),),
    "decide_group": ((0.15, {"outcome": "不予救助"}), (0.08, MEND)),
    "decide_civil": ((0.15, {"outcome": "不予救助"}), (0.08, MEND)),
    "pay": ((0.08, {"outcome": "停止发放", "opinion": "农户已不需要。"}),),
    "persuade": ((0.2, {"outcome": "已履行"}), (0.2, {"outcome": "拒不履行"})),
    "check_support": ((0.25, {"outcome": "未履行"}),),
    "settle": ((0.3, {"outcome": "判决"}),),
    "investigate": ((0.2, {"outcome": "不属实"}),),
    "hear": ((0.4, {"outcome": "不陈述"}),),
    "decide": ((0.2, {"outcome": "不予取消"}), (0.1, {"outcome": "退回补查", "mend": "请补充证据。"})),
    "appeal": ((0.5, {"outcome": "不申诉"}),),
    "review_appeal": ((0.4, {"outcome": "撤销"}),),
    "end_notice": ((0.1, {"outcome": "有异议", "opinion": "有村民反映该户有车。"}),),
    "verify_registration": ((0.1, MEND),),
    "review_county": ((0.1, {"outcome": "不同意"}),),
    "register_comment": ((0.2, MEND),),
    "handle_comment": ((0.4, {"outcome": "部分采纳"}),),
    "hand_in": ((0.1, {"outcome": "本季无数据", "opinion": "本季没有新增数据。"}),),
    "confirm_comparison": ((0.2, {"outcome": "补充数据"}),),
    "approve_report": ((0.3, MEND),),
    "receive_report": ((0.2, {"outcome": "退回补充", "mend": "请补充资金情况。"}),),
}
"""By step (element id): how often it is answered how, instead of as usual."""


@dataclass
class Ordinary(Life):
    """A life as it mostly goes, and sometimes not. What is drawn for a step depends on how often the step has come up and
    on nothing else, so that one case more does not change what befalls the others."""

    name: str = ""
    _come_up: Counter[str] = field(default_factory=Counter)

    def decides(self, task: UserTask) -> Mapping[str, Any]:
        """What is answered otherwise than usual, by chance."""
        drawn = self._chance(task.element).random()
        for share, answer in OTHERWISE.get(task.element, ()):
            if drawn < share:
                return answer
            drawn -= share
        return {}

    def takes(self, task: UserTask, now: datetime) -> timedelta:
        """A day or a few; some only when the day is past."""
        chance = self._chance(f"{task.element} in time")
        if task.due is not None and chance.random() < LATE:
            return max(task.due - now, timedelta()) + timedelta(days=chance.randrange(1, 25))
        return super().takes(task, now)

    def _chance(self, of: str) -> Random:
        self._come_up[of] += 1
        return Random(f"{self.name} {of} {self._come_up[of]}")  # noqa: S311 - stories, not secrets


def ordinary(name: str, family: Family | None = None) -> Ordinary:
    """A life of this name, which its chance comes from."""
    return Ordinary(Random(name), family, name=name)  # noqa: S311 - stories, not secrets


class Lives(dict[str, Life]):
    """Lives by household key; one that nobody planned, made when a household splits, lives as the first does."""

    def __missing__(self, key: str) -> Life:
        [model, *_] = self.values()
        self[key] = ordinary(f"split {len(self)}", model.family)
        return self[key]
