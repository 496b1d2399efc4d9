"""What the studio's editors say: the page hands these to the script, so that one catalogue holds all text."""

from collections.abc import Iterable

from flask_babel import gettext as _

from engine.roles import ROLES, split_group


def words() -> dict[str, str]:
    """The editors' sentences in the reader's language; `{n}` and the like are filled in the browser."""
    return {
        "opening": _("正在打开……"),
        "checking": _("正在检查……"),
        "changed": _("有改动，稍后保存"),
        "saving": _("正在保存……"),
        "works": _("可以部署"),
        "unchanged": _("没有错误"),
        "faults": _("有 {n} 处错误，改正后才能部署"),
        "error": _("错误"),
        "warning": _("提醒"),
        "unreadable": _("这个文件打不开：{problem}"),
        "offline": _("连不上服务器，改动还没有保存。请检查网络，不要关闭此页；稍后自动再试。"),
        "failed": _("服务器没有完成（{status}）。"),
        "overtaken": _("{by} 于 {at} 另行保存了这个文件，您的改动没有保存。"),
        "nothing": _("没有发现问题。"),
        "requirements": _("关系图"),
        "changed_mark": _("改"),
    }


def roles_named(groups: Iterable[str]) -> str:
    """Candidate groups as people read them: 县扶贫办、责任部门（民政）."""
    named = []
    for group in groups:
        role, detail = split_group(group)
        name = _(ROLES[role].name) if role in ROLES else role
        named.append(name + (f"（{detail}）" if detail else ""))
    return "、".join(named)
