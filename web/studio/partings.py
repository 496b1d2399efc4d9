"""Where a case and its replay part, in words and as a workbook."""

import io
from datetime import datetime
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from web.studio.words import roles_named
from web.words import moment

OUTCOMES = {"otherwise": "会不同", "needs_answers": "要人作答"}
"""What came of a case that is not the same: msgids."""


NAMED = {"level": "等级", "reasons": "理由", "outcome": "意见", "grounds": "依据"}
"""Entries of results that people know by another name: msgids."""


def manner(case: dict[str, Any]) -> str:
    """In which way cases part, for many that part at one element: what differs from case to case is left out."""
    if case["kind"] == "decision":
        return _("规则得出的结果不同")
    if case["kind"] == "due":
        return _("办理期限不同")
    return sentence(case)


def sentence(case: dict[str, Any]) -> str:
    """How the two part, at the element that is named beside it."""
    then, now, kind = case["then"], case["now"], case["kind"]
    if kind == "path":
        if now is None:
            return _("原走到“%(then)s”，按草稿到不了", then=then)
        if then is None:
            return _("原没有走到，按草稿走到“%(now)s”", now=now)
        return _("原走到“%(then)s”，按草稿走到“%(now)s”", then=then, now=now)
    if kind == "decision":
        pairs = _differing(then, now)
        return "；".join(
            _("%(name)s：%(then)s → %(now)s", name=_(NAMED.get(name, name)), then=before, now=after)
            for name, before, after in pairs
        )
    if kind == "people":
        return _(
            "原由%(then)s办，按草稿由%(now)s办",
            then=roles_named(then) or _("无人"),
            now=roles_named(now) or _("无人"),
        )
    if kind == "due":
        return _("办理期限：%(then)s → %(now)s", then=_moment(then), now=_moment(now))
    if kind == "refused":
        return _("表单不收原来的答复：%(names)s", names="、".join(now))
    if kind == "value":
        return _("写下的数不同：%(names)s", names="、".join(now))
    return _("不能开始：%(reason)s", reason=now)


def summary(result: dict[str, Any]) -> list[tuple[str, int]]:
    """The report's counts, named."""
    return [
        (_("案卷"), result["total"]),
        (_("相同"), result["same"]),
        (_("改动没有涉及"), result["unreached"]),
        (_("会不同"), result["otherwise"]),
        (_("要人作答"), result["needs_answers"]),
        (_("没能重演"), result["failed"]),
    ]


def as_xlsx(cases: list[dict[str, Any]], counts: list[tuple[str, int]]) -> bytes:
    """The report as a workbook; nothing in it is a formula, whatever it begins with."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(_("重演结果"))
    headings = [
        *(
            _("案卷"),
            _("户主或标题"),
            _("流程"),
            _("版本"),
            _("在办"),
            _("结果"),
            _("从哪一步起"),
            _("怎样不同"),
        ),
        *(_("原等级"), _("按草稿的等级"), _("原结局"), _("按草稿的结局"), _("要人作答的步骤")),
    ]
    sheet.write_row(0, 0, headings, bold)
    for number, case in enumerate(cases, 1):
        for column, value in enumerate(_row(case)):
            sheet.write_string(number, column, value, wrapped)
    for column, width in enumerate((22, 14, 16, 6, 6, 10, 28, 48, 10, 14, 16, 16, 28)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(cases), 1), len(headings) - 1)
    counted = book.add_worksheet(_("合计"))
    for number, (name, count) in enumerate(counts):
        counted.write_string(number, 0, name)
        counted.write_number(number, 1, count)
    book.close()
    return buffer.getvalue()


def _row(case: dict[str, Any]) -> list[str]:
    return [
        *(case["case"], case["title"] or "", case["process_name"], str(case["version"])),
        *(_("是") if case["running"] else _("否"), _(OUTCOMES[case["outcome"]])),
        *(case["where_name"], sentence(case)),
        *(value or "" for value in (*case["levels"], *case["ends"])),
        "、".join(case["needs"]),
    ]


def _differing(then: Any, now: Any, name: str = "") -> list[tuple[str, str, str]]:
    """The entries in which two results differ, down to single values."""
    if isinstance(then, dict) and isinstance(now, dict):
        return [
            pair
            for key in [*then, *(key for key in now if key not in then)]
            for pair in _differing(then.get(key), now.get(key), key)
        ]
    if isinstance(then, list) and isinstance(now, list):
        if len(then) == len(now) == 1:
            return _differing(then[0], now[0], name)
        gone = [each for each in then if each not in now]
        come = [each for each in now if each not in then]
        return [(name or _("结果"), _shown(gone), _shown(come))] if gone or come else []
    return [(name or _("结果"), _shown(then), _shown(now))] if then != now else []


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(_shown, value)) or _("无")
    if value is None:
        return _("无")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


def _moment(value: str | None) -> str:
    return moment(datetime.fromisoformat(value)) if value else _("无")
