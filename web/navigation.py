"""What the head of each page leads to, by what the viewer may do."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _

from engine import authority
from web.signed_in import viewer


@dataclass(frozen=True)
class Place:
    """One link in the head of the page."""

    name: str
    url: str
    here: bool


SHOWN, SHOWN_ON_PHONE = 6, 4
"""Links that stand in the head; the others are under 更多, so that it stays one row at a desk and two on a phone."""


def places() -> list[Place]:
    """The links for this viewer, in the order of his day's work."""
    wanted = (
        ("worklist.page", _("待办"), "worklist.see"),
        ("field.page", _("下乡"), "task.carry"),
        ("cases.index", _("案卷"), "case.see"),
        ("households.index", _("农户"), "household.see"),
        ("start.index", _("新事项"), "start.see"),
        ("studio.index", _("图纸"), "drawing.deploy"),
        ("ledgers.index", _("台账"), "ledgers.see"),
        ("figures.page", _("数据"), "figures.see"),
        ("calendar.page", _("日历"), "calendar.see"),
        ("notices.page", _("通知"), "notice.tell"),
        ("funds.page", _("资金"), "funds.see"),
        ("sheets.page", _("数据表"), "sheet.compare"),
        ("problems.page", _("问题清零"), "problem.see"),
        ("clauses.page", _("条款"), "clause.see"),
        ("watch.page", _("运行"), "watch.see"),
        ("people.index", _("人员"), "user.manage"),
        ("incidents.page", _("故障"), "incident.see"),
    )
    return [
        Place(name, url_for(endpoint), _here(endpoint))
        for endpoint, name, verb in wanted
        if endpoint in current_app.view_functions and _concerns(verb)
    ]


def install(app: Flask) -> None:
    """Let templates ask for the places."""
    app.jinja_env.globals.update(places=places, SHOWN_PLACES=SHOWN, SHOWN_ON_PHONE=SHOWN_ON_PHONE)


def _concerns(verb: str) -> bool:
    return any(viewer().has(role) for role in authority.VERBS[verb].who)


def _here(endpoint: str) -> bool:
    """Whether the page is one of the place's: the ledger of households is one of the ledgers."""
    return (request.blueprint or "").removesuffix("s") == endpoint.partition(".")[0].removesuffix("s")
