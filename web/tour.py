"""The demo's tour: one farmer's real case, followed from role to role until its papers are signed.

Where the reader stands is read from the case itself, so that it survives every change of who is signed in.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from flask import session as browser
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from sqlalchemy.orm import Session

from engine import authority, identity, worklist
from engine.errors import NotAllowed, NotFound
from engine.identity import Viewer
from engine.models.instances import Instance
from engine.models.worklist import UserTask

KEPT = "tour_done"
"""The browser's mark that its reader has put the tour away; it outlives a sign-in."""
FARMER = "applicant"
"""The demo's account of the farmer whose case it is."""
STOPS = (
    (
        ("apply", FARMER, lazy("农户填写申请表")),
        lazy("附件1已经填好大半。看一遍，在框里签名，交之前先看到要签的那张表。"),
    ),
    (
        ("accept", "village_committee", lazy("村两委受理")),
        lazy("表单旁边是申请人填了什么、办完以后去哪里。选“受理”，输入密码就是签名。"),
    ),
    (
        ("verify_committee", "village_committee", lazy("村两委核实")),
        lazy("三方同时核实，谁先谁后都行。核对收支，选核实结果，签名。"),
    ),
    (
        ("verify_work_team", "work_team", lazy("驻村工作队核实")),
        lazy("同一张入户核查表，驻村工作队自己填、自己签，单独存一份。"),
    ),
    (
        ("verify_township", "township_cadre", lazy("包村干部核实")),
        lazy("第三方交了，流程自己往下走：汇总意见、测算收入、按规则判断。"),
    ),
    (
        ("county_review", "county_office", lazy("县扶贫办审核")),
        lazy("三方意见、测算和规则结果并列在一页。选“同意纳入”；核实过这一户的人不能审核。"),
    ),
    (
        ("confirm_warning", "county_office", lazy("县扶贫办确认预警级别")),
        lazy("等级是规则给的，每一条依据都列着。确认以后附件2定稿。"),
    ),
    (
        ("choose_measures", "township_cadre", lazy("包村干部定措施")),
        lazy("规则建议了哪几类，从目录里选一两项，定责任部门和时限。"),
    ),
    (
        ("plan", "", lazy("责任部门定计划")),
        lazy("每项措施是一条任务线，各归各的部门；到期没落实会督办。"),
    ),
    (("deliver", "", lazy("责任部门落实")), lazy("填落实情况和到户金额。")),
    (("confirm_result", "", lazy("县扶贫办销号")), lazy("落实的人不能自己销号。退回补正就回到部门。")),
)
"""((element, account that the demo has for it, what happens), what to look at), in the order of the drawing."""


@dataclass(frozen=True)
class Stop:
    """One step of the way. `state`: done, here (it waits) or ahead; where it waits, `task` and who signs in for it."""

    name: str
    look: str
    state: str
    task: int | None = None
    account: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Tour:
    """The way of the farmer's case. `over`: nothing of it waits for anybody today."""

    case: int
    title: str
    stops: list[Stop]
    over: bool
    password: str


def of(session: Session, viewer: Viewer, case_key: int | None = None) -> Tour | None:
    """The tour as far as it has come, on the page of `case_key` only where that is its case; None outside the demo."""
    config = current_app.extensions["fangfan-config"]
    if not config.demo or browser.get(KEPT):
        return None
    case = _case(session)
    if case is None or case_key not in (None, case.key):
        return None
    stops = [*_stops(session, viewer, case)]
    return Tour(
        case.key,
        case.title or "",
        stops,
        over=all(stop.state != "here" for stop in stops),
        password=config.demo_password,
    )


def put_away() -> None:
    """Show the tour no more in this browser."""
    browser[KEPT] = True


def _case(session: Session) -> Instance | None:
    """The farmer's latest case."""
    try:
        subjects = [subject for _role, subject in identity.named(session, FARMER).relations]
    except NotFound:
        return None
    cases = sa.select(Instance).where(Instance.parent_key.is_(None), Instance.subject.in_(subjects))
    return session.scalar(cases.order_by(Instance.key.desc()).limit(1))


def _stops(session: Session, viewer: Viewer, case: Instance) -> Iterator[Stop]:
    tasks = list(
        session.scalars(sa.select(UserTask).where(UserTask.case_key == case.key).order_by(UserTask.key))
    )
    waiting = [task for task in tasks if task.state == "open"]
    done = {task.element for task in tasks if task.state == "completed"}
    known = {element for (element, _account, _name), _look in STOPS}
    for (element, account, name), look in STOPS:
        here = [task for task in waiting if task.element == element]
        for task in here:
            yield _here(session, viewer, task, account, str(look))
        if element in done and not here:
            yield Stop(str(name), str(look), "done")
        elif not here and case.state == "active":
            yield Stop(str(name), str(look), "ahead")
    for task in waiting:  # what the drawing asks besides, as when the rule leaves the level to people
        if task.element not in known:
            yield _here(session, viewer, task, "", _("流程走到了这一步。"))


def _here(session: Session, viewer: Viewer, task: UserTask, account: str, look: str) -> Stop:
    who = _who(session, viewer, task, account)
    return Stop(
        task.name,
        look,
        "here",
        task.key,
        who.name if who else "",
        who.user.display_name if who else "",
    )


def _who(session: Session, viewer: Viewer, task: UserTask, account: str) -> Viewer | None:
    """Who does it: the reader as he is signed in, else the account of the tour, else the first who may."""
    holders = identity.holding(session, worklist.waiting_places(session, task))
    able = [each for each in holders if _may(session, each, task)]
    first = {each.name: each for each in reversed(able)}
    return first.get(viewer.name) or first.get(account) or (able[0] if able else None)


def _may(session: Session, viewer: Viewer, task: UserTask) -> bool:
    try:
        authority.permit_task(session, viewer, task)
    except (NotAllowed, authority.Separated):
        return False
    return True
