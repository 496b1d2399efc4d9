"""Urging: a reminder to those for whom a task waits, and what is urgent, from the task's and the case's page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import authority, urging
from engine.identity import Viewer, display_names
from engine.models.worklist import UserTask
from web import reading
from web.delivery import reminders
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("urging", __name__, url_prefix="/tasks")


@dataclass(frozen=True)
class Urging:
    """What a page shows of a task's urging: who reminded last, and what the viewer may do now."""

    by: str
    may_remind: bool
    may_hurry: bool


def of(session: Session, person: Viewer, task: UserTask) -> Urging:
    """What to show this person: nobody is offered to remind himself."""
    asked = {"area": task.area, "subject": task.subject, "case_key": task.case_key}
    by = task.reminded_by
    return Urging(
        display_names(session, [by])[by] if by else "",
        may_remind=authority.may(session, person, "task.remind", **asked)
        and not authority.is_candidate(session, person, task)
        and not urging.reminded_today(task, runtime().clock.now()),
        may_hurry=authority.may(session, person, "task.hurry", **asked),
    )


@blueprint.post("/<int:key>/remind")
@requires("task.remind")
def remind(key: int) -> Response:
    """Remind those for whom the task waits."""
    return _urge(remind_of, key, _("已催办，经办人的待办里看得到。"))


@blueprint.post("/<int:key>/hurry")
@requires("task.hurry")
def hurry(key: int) -> Response:
    """Make the task urgent."""
    return _urge(urging.hurry, key, _("已加急，排在待办最前面。"))


@blueprint.post("/<int:key>/relax")
@requires("task.hurry")
def relax(key: int) -> Response:
    """Let the task be urgent no more."""
    return _urge(urging.relax, key, _("已取消加急。"))


def remind_of(session: Session, person: Viewer, key: int, words: str, now: datetime) -> UserTask:
    """Remind of the task, by mail too where that is set up."""
    task = urging.remind(session, person, key, words, now)
    if current_app.extensions["fangfan-config"].mails:
        reminders.post(session, task, now)
    return task


def _urge(how: Callable[..., UserTask], key: int, done: str) -> Response:
    with runtime().database.begin() as session:
        task = how(session, viewer(), key, request.form.get("reason", ""), runtime().clock.now())
        flash(done)
        if reading.may_see_case(session, viewer(), task.case_key):
            return redirect(url_for("cases.page", key=task.case_key))
    return redirect(url_for("tasks.page", key=key))
