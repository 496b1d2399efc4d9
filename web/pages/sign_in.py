"""Signing in and out, the reader's language, the account's own page."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from engine import codes, identity, people, roles, substitutes
from engine.errors import Refusal
from registry import areas
from web import tour
from web.config import LANGUAGES
from web.pages import absences
from web.refusals import NoSuchPage, told
from web.runtime import runtime
from web.signed_in import Account, public, requires, viewer

blueprint = Blueprint("sign_in", __name__)
limiter = Limiter(get_remote_address, storage_uri="memory://")


def _allowed() -> str:
    return current_app.extensions["fangfan-config"].sign_ins


@blueprint.get("/sign-in")
@public
def page() -> str | Response:
    """Ask for name and password; the demo lists its accounts."""
    if current_user.is_authenticated:
        return redirect(url_for("worklist.page"))
    return _asked(next=_local(request.args.get("next", "")))


@blueprint.post("/sign-in")
@public
@limiter.limit(_allowed)
def enter() -> str | Response | tuple[str, int]:
    """Open a session, or say that name or password is wrong."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        with runtime().database.read() as transaction:
            person = identity.sign_in(transaction, name, password)
    except identity.WrongPassword as refusal:
        asked = _asked(
            name=name,
            next=_local(request.form.get("next", "")),
            refused=told(refusal.message, refusal),
            mend=told(refusal.mend, refusal),
        )
        return asked, 401
    return _opened(person)


@blueprint.get("/sign-in/first")
@public
def first() -> str:
    """Ask for name, one-time code and a password of one's own."""
    return render_template("sign_in_first.html", name="", refused="", mend="")


@blueprint.post("/sign-in/first")
@public
@limiter.limit(_allowed)
def enter_by_code() -> Response | tuple[str, int]:
    """Set the password by a one-time code and open a session."""
    name = request.form.get("name", "").strip()
    try:
        with runtime().database.begin() as transaction:
            person = codes.redeem(
                transaction,
                name,
                request.form.get("code", ""),
                request.form.get("new", ""),
                runtime().clock.now(),
            )
    except (codes.WrongCode, identity.BadUser) as refusal:
        refused, mend = told(refusal.message, refusal), told(refusal.mend, refusal)
        asked = render_template("sign_in_first.html", name=name, refused=refused, mend=mend)
        return asked, refusal.status
    return _opened(person)


@blueprint.post("/sign-out")
@public
def leave() -> Response:
    """Close the session; nothing stays on the phone of who took tasks along."""
    logout_user()
    answer = redirect(url_for("sign_in.page"))
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@blueprint.post("/language/<code>")
@public
def language(code: str) -> Response:
    """Keep the reader's choice of language."""
    if code not in LANGUAGES:
        raise NoSuchPage()
    session["language"] = code
    return redirect(_local(request.form.get("next", "")) or url_for("worklist.page"))


@blueprint.route("/account", methods=["GET", "POST"])
@requires("worklist.see")
def account() -> str | Response:
    """One's own roles, a new password, and where notices come by mail."""
    refused = ""
    if request.method == "POST":
        try:
            if "mail" in request.form:
                return _reached_at(request.form["mail"])
            return _renewed(request.form.get("old", ""), request.form.get("new", ""))
        except Refusal as refusal:
            refused = told(refusal.message, refusal)
    with runtime().database.read() as transaction:
        grants = [
            {"role": group_name(group), "place": _place_name(transaction, place)}
            for group, place in viewer().own
        ]
        mail = request.form.get("mail") or "".join(identity.mails(transaction, [viewer().name]))
        now = runtime().clock.now()
        return render_template(
            "account.html",
            viewer=viewer(),
            grants=grants,
            refused=refused,
            mail=mail,
            absences=substitutes.absences(transaction, now, viewer().user),
            colleagues=absences.colleagues(transaction, viewer()),
            today=substitutes.day(now),
        )


def group_name(group: str) -> str:
    """`department:民政` as people say it: 民政部门."""
    role, code = roles.split_group(group)
    if role == "department":
        return _("%(code)s部门", code=code)
    return _(roles.ROLES[role].name) if role in roles.ROLES else group


def _opened(person: identity.Viewer) -> Response:
    kept = {name: session[name] for name in ("language", tour.KEPT) if name in session}
    session.clear()  # a session of before the sign-in must not live on, but for what the reader chose
    session.update(kept)
    login_user(Account(person))
    return redirect(_local(request.form.get("next", "")) or url_for("worklist.page"))


def _renewed(old: str, new: str) -> Response:
    with runtime().database.begin() as transaction:
        identity.confirm(transaction, viewer(), old)
        people.set_password(transaction, viewer().name, new, viewer().name, runtime().clock.now())
        person = identity.viewer(transaction, viewer().user.key)
    login_user(Account(person))
    flash(_("密码已改。"))
    return redirect(url_for("sign_in.account"))


def _reached_at(mail: str) -> Response:
    with runtime().database.begin() as transaction:
        identity.set_mail(transaction, viewer().name, mail)
    flash(_("邮箱已改。"))
    return redirect(url_for("sign_in.account"))


def _place_name(transaction: object, place: str) -> str:
    if place.startswith("="):
        return _("本户") if viewer().has("applicant") else _("结对的户")
    return " ".join(areas.names(transaction, place)) if place else ""


def _asked(**shown: str) -> str:
    config = current_app.extensions["fangfan-config"]
    accounts: list[identity.User] = []
    if config.demo:
        with runtime().database.read() as transaction:
            accounts = [person.user for person in identity.users(transaction) if _is_first(person.name)]
    blank = {"name": "", "next": "", "refused": "", "mend": ""}
    return render_template(
        "sign_in.html", **{**blank, **shown}, accounts=accounts, password=config.demo_password
    )


def _is_first(name: str) -> bool:
    """Whether a demo account is the first of its role or department: further villages' accounts would drown the list."""
    role, _mark, code = name.partition("department_")
    return name in roles.ROLES or (role == "" and "_" not in code)


def _local(address: str) -> str:
    """The address if it leads into this site, else nothing: a link must not lead a clerk elsewhere after signing in."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    return address if inside else ""
