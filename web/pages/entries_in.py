"""A plain ledger's workbook, filled in and brought back: what it changes is shown, then made with the reason."""

from collections.abc import Callable
from dataclasses import astuple

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from engine.errors import InvalidInput, Stale
from registry import history, ledger
from registry.ledger import entries_in
from web.pages.ledgers import keeps, named
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("entries_in", __name__, url_prefix="/ledgers")
SHOWN_FOR = 2 * 60 * 60
"""Seconds in which what was shown can be confirmed."""


@blueprint.post("/<name>/workbook")
@requires("ledgers.keep")
def bring_back(name: str) -> str:
    """What a workbook brought back would change: nothing is changed yet."""
    of, sheet = named(name), request.files.get("sheet")
    with runtime().database.read() as session:
        found = entries_in.preview(session, of, sheet.read() if sheet else b"", _keeps(of))
    shown = [name, viewer().user.key, [astuple(each) for each in found.lines]]
    return render_template("entries_in.html", ledger=of, found=found, sealed=_serializer().dumps(shown))


@blueprint.post("/<name>/workbook/confirmed")
@requires("ledgers.keep")
def confirm(name: str) -> Response:
    """Make the changes that were shown, all in one transaction, with the reason in each one's history."""
    of, reason = named(name), request.form.get("reason", "").strip()
    if len(reason) < 2:
        raise InvalidInput("reason", detail=_("请写明为什么更正"))
    try:
        ledger_, who, shown = _serializer().loads(request.form.get("sealed", ""), max_age=SHOWN_FOR)
    except BadData:
        ledger_, who, shown = "", None, []
    if (ledger_, who) != (name, viewer().user.key):
        raise Stale(_("要更正的内容已过时"))
    with runtime().database.begin() as session:
        history.act(session, viewer().name, runtime().clock.now(), reason=reason[:200])
        try:
            made = entries_in.apply(session, of, [entries_in.Line(*each) for each in shown], _keeps(of))
        except ledger.Overtaken as overtaken:
            raise Stale(_("%(entry)s刚才被别人改过", entry=overtaken.head)) from overtaken
    flash(_("已登记和更正 %(count)s 条。", count=made))
    return redirect(url_for("ledgers.page", name=name))


def _keeps(of: ledger.Plain) -> Callable[[str], bool]:
    return keeps(of).holds


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt="entries shown")
