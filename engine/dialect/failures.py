"""What can go wrong when a drawing runs although it was well drawn: it depends on the data."""

from __future__ import annotations

from typing import Any

from engine.errors import Refusal


class DrawingFailed(Refusal):
    """A drawing asked for what cannot be done: an incident. `kind` is a key of `MESSAGES`.

    What a value is like is told, never the value: an incident is read by people who may not see the case's data.
    """

    status = 422
    code = "drawing_failed"
    mend = "请管理员改正图纸或补齐数据后重试。"

    MESSAGES = {
        "no_way": "没有一个条件成立，也没有默认流出",
        "not_boolean": "条件“{setting}”的结果应为 boolean，却是 {found}",
        "not_a_list": "多实例的集合“{setting}”的结果应为 list，却是 {found}",
        "no_correlation_key": "消息“{setting}”的关联值不能是 {found}",
        "bad_timer": "定时“{setting}”的结果不是可用的日期、时长或周期",
        "not_text": "“{setting}”的结果应为 string，却是 {found}",
        "not_texts": "“{setting}”的结果应为 string 的列表，却是 {found}",
        "not_a_number": "“{setting}”的结果应为整数，却是 {found}",
        "not_in_ad_hoc": "“{setting}”不是这个临时子流程里可以先做的一步",
        "bad_count": "多实例的次数“{setting}”应在 0 和 {most} 之间",
        "circles": "连续{steps}个自动步骤没有停下，流程在绕圈",
    }

    def __init__(self, kind: str, **params: Any) -> None:
        self.kind = kind
        self.message = self.MESSAGES[kind]
        if "value" in params:
            params["found"] = _like(params.pop("value"))
        super().__init__(None, **params)


def _like(value: Any) -> str:
    """FEEL's name for the kind of value."""
    kinds = ((bool, "boolean"), (int | float, "number"), (str, "string"), (list, "list"), (dict, "context"))
    return next((word for kind, word in kinds if isinstance(value, kind)), "null")
