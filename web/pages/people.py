"""People: who has an account, what he is where; a new one; one person's page with all that can be changed about him."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import identity, people, roles, substitutes, succession
from engine.errors import InvalidInput
from engine.identity import User
from registry import areas, search
from web import people_words
from web.pages.absences import days
from web.pages.sign_in import group_name
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("/")
@requires("user.manage")
def index() -> str:
    """Accounts, found by name, role and area; a new one."""
    asked = {name: request.args.get(name, "").strip() for name in ("q", "role", "area", "state")}
    with runtime().database.read() as session:
        found, after = people.search(
            session,
            asked["q"],
            role=asked["role"],
            area=asked["area"],
            active=asked["state"] != "left",
            after=request.args.get("after", ""),
        )
        return render_template(
            "people.html",
            found=[(each, people_words.granted(session, each.grants)) for each in found],
            after=after,
            asked=asked,
            roles=[(role.key, group_name(role.key)) for role in roles.ROLES.values()],
            groups=list(people_words.groups()),
            areas=areas.full_names(session),
        )


@blueprint.post("/")
@requires("user.manage")
def add() -> str:
    """Make an account; its one-time code is shown once."""
    name, group = request.form.get("name", "").strip(), request.form.get("group", "")
    grants = [(group, _place(group))] if group else []
    with runtime().database.begin() as session:
        shown = request.form.get("display_name", "").strip()
        code = people.add(session, name, shown, grants, viewer().name, runtime().clock.now())
        return _code(session, name, code)


@blueprint.get("/<int:key>")
@requires("user.manage")
def person(key: int) -> str:
    """One person: roles, relations, absences, the account, what was changed."""
    text, now = request.args.get("q", "").strip(), runtime().clock.now()
    with runtime().database.read() as session:
        name = people.name_of(session, key)
        account = people.get(session, name)
        return render_template(
            "person.html",
            account=account,
            granted=people_words.granted(session, account.grants),
            groups=list(people_words.groups()),
            areas=areas.full_names(session),
            relations=[(key, group_name(key)) for key, role in roles.ROLES.items() if role.level is None],
            text=text,
            households=search.households(session, text, areas.ROOT) if text else [],
            absences=substitutes.absences(session, now, account.user),
            colleagues=_colleagues(session, account),
            today=substitutes.day(now),
            changes=people_words.changes(session, people.history(session, name)),
        )


@blueprint.post("/<int:key>/grants")
@requires("user.manage")
def grant(key: int) -> Response:
    """Bind somebody to a role at an area, or to a household."""
    group = request.form.get("group", "")
    with runtime().database.begin() as session:
        new = people.grant(
            session, people.name_of(session, key), group, _place(group), viewer().name, runtime().clock.now()
        )
    flash(_("已授予。") if new else _("本来就有这个角色。"))
    return redirect(url_for("people.person", key=key))


@blueprint.post("/<int:key>/withdrawals")
@requires("user.manage")
def withdraw(key: int) -> Response:
    """Take a role back."""
    group, place = request.form.get("group", ""), request.form.get("place", "")
    with runtime().database.begin() as session:
        people.withdraw(
            session, people.name_of(session, key), group, place, viewer().name, runtime().clock.now()
        )
    flash(_("已收回。"))
    return redirect(url_for("people.person", key=key))


@blueprint.post("/<int:key>/absences")
@requires("user.manage")
def absence(key: int) -> Response:
    """Let anybody stand in for somebody."""
    first, last = days()
    with runtime().database.begin() as session:
        other, now = request.form.get("stand_in", ""), runtime().clock.now()
        substitutes.appoint(session, people.name_of(session, key), other, first, last, viewer().name, now)
    flash(_("已安排代办。"))
    return redirect(url_for("people.person", key=key))


@blueprint.post("/absences/<int:key>/end")
@requires("user.manage")
def end_absence(key: int) -> Response:
    """End an absence."""
    with runtime().database.begin() as session:
        absent = substitutes.get(session, key).absent
        substitutes.end(session, key, viewer().name, runtime().clock.now())
    flash(_("代办已结束。"))
    return redirect(url_for("people.person", key=absent.key))


@blueprint.post("/<int:key>/name")
@requires("user.manage")
def rename(key: int) -> Response:
    """Change what others read of somebody."""
    with runtime().database.begin() as session:
        shown = request.form.get("display_name", "")
        people.rename(session, people.name_of(session, key), shown, viewer().name, runtime().clock.now())
    flash(_("姓名已改。"))
    return redirect(url_for("people.person", key=key))


@blueprint.post("/<int:key>/code")
@requires("user.manage")
def reset(key: int) -> str:
    """A one-time code in place of a password; shown once."""
    with runtime().database.begin() as session:
        name = people.name_of(session, key)
        code = people.reset(session, name, viewer().name, runtime().clock.now())
        return _code(session, name, code)


@blueprint.post("/<int:key>/disable")
@requires("user.manage")
def disable(key: int) -> Response:
    """Let somebody in no more, at once."""
    with runtime().database.begin() as session:
        left = people.disable(session, people.name_of(session, key), viewer().name, runtime().clock.now())
    flash(_("已停用：退出了登录，领取的任务有%(count)s件退回本组。", count=left.released))
    if left.stuck:
        flash(_("还有%(count)s件指名由他办的，请转办。", count=left.stuck))
    return redirect(url_for("people.person", key=key))


@blueprint.post("/<int:key>/successor")
@requires("user.manage")
def succeed(key: int) -> Response:
    """Give all that somebody is and has to another."""
    with runtime().database.begin() as session:
        name, other = people.name_of(session, key), request.form.get("successor", "")
        taken = succession.take_over(session, name, other, viewer().name, runtime().clock.now())
    flash(_("已交接：%(grants)s项角色和结对，%(tasks)s件任务。", grants=taken.grants, tasks=taken.tasks))
    return redirect(url_for("people.person", key=key))


@blueprint.post("/<int:key>/enable")
@requires("user.manage")
def enable(key: int) -> str:
    """Let somebody in again, by a one-time code."""
    with runtime().database.begin() as session:
        name = people.name_of(session, key)
        code = people.enable(session, name, viewer().name, runtime().clock.now())
        return _code(session, name, code)


def _place(group: str) -> str:
    """Where the role of the form is granted: the whole house, a household, or an area."""
    if group == "administrator":
        return ""
    if household := request.form.get("household", type=int):
        return f"={household}"
    if not request.form.get("area"):
        raise InvalidInput("area", detail=_("请选择地区"))
    return request.form["area"]


def _colleagues(session: Session, account: people.Account) -> list[User]:
    """Who may be named to stand in: those of the same county, or everybody's of the city for the city's people."""
    counties = {
        roles.cut(place, roles.COUNTY) for _group, place in account.grants if place[:1] not in ("", "=")
    }
    return [
        other.user
        for other in identity.users(session)
        if other.name != account.user.name
        and not other.is_administrator
        and any(roles.within(county, place) for county in counties for _group, place in other.own)
    ]


def _code(session: Session, name: str, code: str) -> str:
    return render_template("person_code.html", account=people.get(session, name), code=code)
