"""What the studio's editor says: the page hands these to the script, so that one catalogue holds all text."""

from flask_babel import gettext as _


def words() -> dict[str, str]:
    """The editor's sentences in the reader's language; `{n}` and the like are filled in the browser."""
    return {
        "opening": _("正在打开……"),
        "checking": _("正在检查……"),
        "changed": _("有改动，稍后检查"),
        "works": _("可以部署"),
        "unchanged": _("没有错误"),
        "faults": _("有 {n} 处错误，改正后才能部署"),
        "error": _("错误"),
        "warning": _("提醒"),
        "deploying": _("正在部署……"),
        "note_needed": _("请写明改了什么，为什么。"),
        "unreadable": _("这个文件不是能读懂的流程图：{problem}"),
        "offline": _("连不上服务器，改动仍在此浏览器里。请检查网络后再试。"),
        "failed": _("服务器没有完成（{status}）。"),
    }
