"""Who may do what: one table for pages and API alike.

A verb names a deed. Its rule says which roles may do it and how far each reaches: `ANYWHERE` (no thing is asked
about), `CASE` (a role's area contains the case's area, the relation is to its subject, or the department has or had a
task in it), `TASK` (a candidate of the task, its assignee, and no separation of duties against it). Administrators
redraw and mend; they see every case and decide none.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import roles
from engine.errors import NotAllowed, Refusal
from engine.identity import Capacity, User, Viewer
from engine.models.worklist import TaskCandidate, UserTask

ANYWHERE, CASE, TASK = "anywhere", "case", "task"

OFFICES = frozenset({"county_office", "city_office"})
PROBLEM_ROOM = OFFICES | {"county_group", "city_group", "township_cadre"}
KEEPERS = frozenset({"village_committee", "work_team", "township_cadre", "county_office"})
VISITORS = frozenset({"village_committee", "work_team", "township_cadre", "helper"})
GROUPS = frozenset({"county_group", "city_group"})
WORKERS = frozenset(roles.ROLES) - {"administrator"}
EVERYONE = frozenset(roles.ROLES)
ADMINISTRATOR = frozenset({"administrator"})
STARTERS = ("applicant", "village_committee", "county_office", "administrator")
"""Who may start a process whose drawing does not say (`start.groups`): administrators try theirs out so."""


@dataclass(frozen=True)
class Verb:
    """One deed: its name in code and API, what a person reads, who may and how far."""

    key: str
    name: str
    who: frozenset[str]
    reach: str


VERBS = {
    verb.key: verb
    for verb in (
        Verb("worklist.see", "看任务列表", EVERYONE, ANYWHERE),
        Verb("task.see", "看任务", EVERYONE, CASE),
        Verb("task.do", "办理任务", WORKERS, TASK),
        Verb("task.carry", "带任务下乡", VISITORS, ANYWHERE),
        Verb("task.hand_over", "转办任务", OFFICES | ADMINISTRATOR, CASE),
        Verb("task.remind", "催办", WORKERS, CASE),
        Verb("task.hurry", "加急", OFFICES | GROUPS | {"township_cadre"}, CASE),
        Verb("case.see", "看案卷", EVERYONE, CASE),
        Verb("start.see", "看新事项", WORKERS, ANYWHERE),
        Verb("case.start", "发起事项", EVERYONE, CASE),
        Verb("case.withdraw", "撤回申请", frozenset({"applicant", "village_committee"}), CASE),
        Verb("case.cancel", "终止流程", frozenset({"county_office"}), CASE),
        Verb("household.see", "看这一户", EVERYONE - {"department"}, CASE),
        Verb("household.reveal", "查看证件号码", WORKERS - {"department"}, CASE),
        Verb("notice.tell", "告知农户", KEEPERS | {"helper", "applicant"}, CASE),
        Verb("ledger.see", "看台账", EVERYONE - {"department", "applicant"}, ANYWHERE),
        Verb("calendar.see", "看日历", EVERYONE - {"applicant"}, ANYWHERE),
        Verb("public.print", "打印公示", KEEPERS, ANYWHERE),
        Verb("doubt.see", "看存疑数据", KEEPERS | {"city_office"}, ANYWHERE),
        Verb("doubt.confirm", "确认存疑数据", KEEPERS, ANYWHERE),
        Verb("figures.see", "看数据", EVERYONE - {"applicant", "helper"}, ANYWHERE),
        Verb("ledgers.see", "看各类台账", EVERYONE - {"applicant", "helper"}, ANYWHERE),
        Verb("ledgers.keep", "登记台账", KEEPERS | {"department", "city_office"}, ANYWHERE),
        Verb("ledger.correct", "更正台账", KEEPERS, ANYWHERE),
        Verb("document.add", "上传附件", WORKERS, ANYWHERE),
        Verb("document.see", "看附件", EVERYONE, CASE),
        Verb("message.send", "发送消息", frozenset({"county_office"}), CASE),
        Verb("decision.evaluate", "试算规则", EVERYONE - {"applicant"}, ANYWHERE),
        Verb("funds.see", "看资金", GROUPS | OFFICES, ANYWHERE),
        Verb("sheet.compare", "比对部门数据表", OFFICES | {"department"}, ANYWHERE),
        Verb("sheet.import", "导入户档", OFFICES, ANYWHERE),
        Verb("problem.see", "看问题清单", PROBLEM_ROOM, ANYWHERE),
        Verb("drawing.see", "看图纸", EVERYONE - {"applicant"}, ANYWHERE),
        Verb("clause.see", "看条款", OFFICES | ADMINISTRATOR, ANYWHERE),
        Verb("drawing.deploy", "部署图纸", ADMINISTRATOR, ANYWHERE),
        Verb("case.migrate", "迁移案卷", ADMINISTRATOR, ANYWHERE),
        Verb("watch.see", "看运行情况", OFFICES | GROUPS | ADMINISTRATOR, ANYWHERE),
        Verb("incident.see", "看故障", ADMINISTRATOR, ANYWHERE),
        Verb("incident.resolve", "处理故障", ADMINISTRATOR, ANYWHERE),
        Verb("job.serve", "处理外部作业", ADMINISTRATOR, ANYWHERE),
        Verb("background.see", "看后台任务", EVERYONE, ANYWHERE),
        Verb("user.manage", "管理用户", ADMINISTRATOR, ANYWHERE),
    )
}


class Separated(Refusal):
    """Separation of duties: whoever did an earlier element of this case may not do this one."""

    status, code = 403, "separated"
    message = "这一步不能由您办理：本案的“{step}”是您办的。"
    mend = "核实与审核、落实与确认须由不同的人办理，请转给同事。"


class OwnRedraw(Refusal):
    """Nobody approves what he redrew or asked for himself."""

    status, code = 403, "own_redraw"
    message = "自己改的、自己提出的，不能由自己批准。"
    mend = "请另一位管理员核对差异后批准。"


class AbsentSeparated(Separated):
    """Separation of duties for the one in whose place somebody acts: he did the earlier element, or it was done for him."""

    message = "这一步不能由您代{who}办理：本案的“{step}”是{who}办的。"


def permit(
    session: Session,
    viewer: Viewer,
    verb: str,
    *,
    area: str | None = None,
    subject: str | None = None,
    case_key: int | None = None,
) -> None:
    """Refuse with `NotAllowed` unless the viewer may do `verb`; a `CASE` verb asks about a case or a subject."""
    if not may(session, viewer, verb, area=area, subject=subject, case_key=case_key):
        raise NotAllowed(VERBS[verb].name)


def may(
    session: Session,
    viewer: Viewer,
    verb: str,
    *,
    area: str | None = None,
    subject: str | None = None,
    case_key: int | None = None,
) -> bool:
    """Whether the viewer may do `verb`: `permit` as a question, for what a page offers."""
    rule = VERBS[verb]
    if rule.reach == TASK:
        raise ValueError(f"{verb} is asked of permit_task")
    grants = [grant for grant in viewer.grants if roles.split_group(grant[0])[0] in rule.who]
    if rule.reach == ANYWHERE:
        return bool(grants)
    if any(_contains(grant, area, subject) for grant in grants):
        return True
    departments = [grant for grant in grants if grant[0].startswith("department:")]
    return bool(departments and case_key) and _took_part(session, case_key, departments)


def areas(viewer: Viewer, verb: str) -> list[str]:
    """Where the viewer may do a `CASE` verb by his place: the whole as [""]."""
    if viewer.is_administrator:
        return [""]
    return [place for group, place in viewer.grants if roles.split_group(group)[0] in VERBS[verb].who]


def starting(viewer: Viewer, groups: Sequence[str] | None) -> list[tuple[str, str]]:
    """The viewer's grants by which he may start a process of these `start.groups`, in their order."""
    wanted = STARTERS if groups is None else groups
    return [
        (group, place)
        for each in wanted
        for group, place in viewer.grants
        if each in (group, roles.split_group(group)[0])
    ]


def starting_as(viewer: Viewer, groups: Sequence[str] | None, area: str | None, subject: str | None) -> str:
    """The group as which the viewer starts a case of this area or subject. NotAllowed."""
    group = may_start(viewer, groups, area, subject)
    if group is None:
        raise NotAllowed(VERBS["case.start"].name)
    return group


def may_start(
    viewer: Viewer, groups: Sequence[str] | None, area: str | None, subject: str | None
) -> str | None:
    """`starting_as` as a question: None where he may not. A department starts what lies in its area."""
    for group, place in starting(viewer, groups):
        inside = place == f"={subject}" if place.startswith("=") else roles.within(place, area)
        if inside or group == "administrator":
            return group
    return None


def permit_owner(viewer: Viewer, verb: str, owner: str) -> None:
    """Refuse unless the thing is the viewer's own, or he is an administrator."""
    if owner != viewer.name and not viewer.is_administrator:
        raise NotAllowed(VERBS[verb].name)


def may_approve(viewer: Viewer, makers: Collection[str]) -> bool:
    """Whether the viewer may approve a redraw of these people's making."""
    return viewer.name not in makers


def permit_approval(viewer: Viewer, makers: Collection[str]) -> None:
    """`may_approve` as a refusal. OwnRedraw."""
    if not may_approve(viewer, makers):
        raise OwnRedraw()


def permit_task(session: Session, viewer: Viewer, task: UserTask) -> User | None:
    """Refuse unless the viewer may claim, draft and complete this task (`task.do`).

    Returns in whose place he does it: None where it is his own, which goes before any other's. Separation of duties
    holds for both.
    """
    refusal: Refusal = NotAllowed(VERBS["task.do"].name)
    if viewer.is_administrator:
        raise refusal
    separated = task.properties.get("separate_from") if task.properties else None
    for capacity in _capacities(session, viewer, task):
        absent = None if capacity.user.name == viewer.name else capacity.user
        try:
            if separated:
                _refuse_separated(session, viewer, absent, task.case_key, separated)
        except Separated as separation:
            refusal = separation
        else:
            return absent
    raise refusal


def may_stand_in(absent: Viewer, other: Viewer) -> bool:
    """Whether somebody may name this other as his own stand-in: a colleague of his place, or below the county one of the
    same role next door."""
    return other.name != absent.name and any(
        place == there or (group == role and roles.is_next_door(place, there))
        for group, place in absent.own
        for role, there in other.own
        if place and not place.startswith("=")
    )


_candidate = TaskCandidate.__table__.c
_WAITS_FOR = sa.select(_candidate.group, _candidate.place).where(_candidate.task_key == sa.bindparam("task"))


def is_candidate(session: Session, viewer: Viewer, task: UserTask) -> bool:
    """Whether the task waits for one of the viewer's roles, or was handed to him or to one in whose place he acts."""
    return any(True for _ in _capacities(session, viewer, task))


def _capacities(session: Session, viewer: Viewer, task: UserTask) -> Iterator[Capacity]:
    """In whose place the viewer may do the task: himself first."""
    rows = session.execute(_WAITS_FOR, {"task": task.key})
    places = {(group, place) for group, place in rows}
    for capacity in viewer.capacities:
        name = capacity.user.name
        if task.assignee == name or places & {*capacity.grants, ("", name)}:
            yield capacity


def _contains(grant: tuple[str, str], area: str | None, subject: str | None) -> bool:
    group, place = grant
    role = roles.split_group(group)[0]
    if role == "administrator":
        return True
    if role == "department":
        return False  # a department is related to the measures it has, not to everybody in the county
    if place.startswith("="):
        return subject is not None and place == f"={subject}"
    return roles.within(place, area)


def _took_part(session: Session, case_key: int | None, departments: list[tuple[str, str]]) -> bool:
    asked = [
        sa.and_(
            sa.cast(UserTask.groups, sa.Text).contains(f'"{group}"', autoescape=True),
            UserTask.area.startswith(place, autoescape=True),
        )
        for group, place in departments
    ]
    found = session.scalar(
        sa.select(UserTask.key).where(UserTask.case_key == case_key, sa.or_(*asked)).limit(1)
    )
    return found is not None


def _refuse_separated(
    session: Session, viewer: Viewer, absent: User | None, case_key: int, separate_from: str
) -> None:
    """Separated where one of the two did one of these elements, or somebody did it in his place."""
    elements = [element.strip() for element in separate_from.split(",") if element.strip()]
    for name in (viewer.name, absent.name if absent else None):
        done = sa.or_(UserTask.completed_by == name, UserTask.completed_for == name)
        of_case = sa.and_(UserTask.case_key == case_key, UserTask.element.in_(elements))
        step = name and session.scalar(sa.select(UserTask.name).where(of_case, done).limit(1))
        if step and absent and name == absent.name:
            raise AbsentSeparated(step=step, who=absent.display_name)
        if step:
            raise Separated(step=step)
