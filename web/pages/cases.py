"""The case's pages: its way in words, the drawing with its position, household, measures, prints, files."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import authority, deployments, documents, incidents, instances, messages
from engine.errors import InvalidInput, NotFound
from engine.identity import Viewer, display_names
from engine.models.deployments import Definition
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.sight import seen
from registry import households, measures
from web import bar, casefile, drawn, matters, reading, timeline, tour
from web.pages import urging
from web.pages.worklist import place_names, subjects_like
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
SHOWN = 50


@dataclass(frozen=True)
class Tab:
    """One tab of the case's pages."""

    name: str
    url: str
    here: bool


@blueprint.get("/")
@requires("case.see")
def index() -> str:
    """The cases that the viewer may see, the newest first, searched by name, pinyin or last four."""
    text, state = request.args.get("q", "").strip(), request.args.get("state", "")
    after = request.args.get("after", type=int)
    wanted = sa.select(Instance).where(Instance.parent_key.is_(None), seen(viewer(), Instance))
    with runtime().database.read() as session:
        if text:
            like = sa.or_(
                Instance.title.contains(text, autoescape=True),
                Instance.search.contains(text.lower(), autoescape=True),
                Instance.subject.in_(subjects_like(session, viewer(), text)),
            )
            wanted = wanted.where(like)
        if state:
            wanted = wanted.where(Instance.state == state)
        if after:
            wanted = wanted.where(Instance.key < after)
        found = session.scalars(wanted.order_by(Instance.key.desc()).limit(SHOWN + 1)).all()
        return render_template(
            "cases.html",
            cases=found[:SHOWN],
            more=found[SHOWN - 1].key if len(found) > SHOWN else None,
            names=reading.process_names(session, {each.definition_key for each in found}),
            place_names=place_names(session, {each.area for each in found if each.area}),
            text=text,
            state=state,
        )


@blueprint.get("/<int:key>")
@requires("case.see")
def page(key: int) -> str:
    """The way of the case in words: who, what, when, why; what it waits for now."""
    with runtime().database.read() as session:
        case = reading.case(session, viewer(), key)
        waiting = reading.tasks(session, case.key)
        return _tab(
            session,
            case,
            "page",
            told=timeline.of(session, case),
            waiting=waiting,
            urging={task.key: urging.of(session, viewer(), task) for task in waiting},
            stopped=incidents.open_of(session, case.key),
            may_withdraw=_may_withdraw(session, viewer(), case),
        )


@blueprint.get("/<int:key>/diagram")
@requires("case.see")
def diagram(key: int) -> str:
    """The drawing of the case or of what it called, with the position and the way taken, and as text."""
    with runtime().database.read() as session:
        case = reading.case(session, viewer(), key)
        all_of_it = instances.of_case(session, case.key)
        chosen = _chosen(all_of_it, request.args.get("instance", type=int)) or case
        passed = instances.history(session, chosen)
        process = reading.process_of(session, chosen)
        return _tab(
            session,
            case,
            "diagram",
            chosen=chosen,
            parts=all_of_it[-60:],
            names=reading.process_names(session, {each.definition_key for each in all_of_it}),
            process=process,
            here={each.element for each in passed if each.state == "active"},
            been=drawn.been(process, passed),
            twin=drawn.twin(process),
            may_mend=authority.may(session, viewer(), "incident.resolve"),
        )


@blueprint.get("/<int:key>/drawing/<int:instance>")
@requires("case.see")
def drawing(key: int, instance: int) -> Response:
    """The drawing's XML for the viewer on the page, in the version that the case follows."""
    with runtime().database.read() as session:
        case = reading.case(session, viewer(), key)
        found = _chosen(instances.of_case(session, case.key), instance)
        if found is None:
            raise NotFound(_("流程"), instance)
        definition = session.get_one(Definition, found.definition_key)
        xml = deployments.resource(session, definition.deployment_key, definition.resource)
    return Response(xml, mimetype="application/xml")


@blueprint.get("/<int:key>/household")
@requires("case.see")
def household(key: int) -> str:
    """The household of the case, as the registry knows it now."""
    with runtime().database.read() as session:
        case = reading.case(session, viewer(), key)
        facts = households.read(session, int(case.subject)) if case.subject else None
        may = authority.may(session, viewer(), "household.see", area=case.area, subject=case.subject)
        return _tab(session, case, "household", facts=facts, may_open=may)


@blueprint.get("/<int:key>/assistance")
@requires("case.see")
def assistance(key: int) -> str:
    """The measures for the household of the case, and what else was done for it."""
    with runtime().database.read() as session:
        case = reading.case(session, viewer(), key)
        found = measures.of(session, int(case.subject)) if case.subject else []
        shown = [measures.shown(each) for each in found]
        others = matters.of(session, int(case.subject)) if case.subject else None
        return _tab(session, case, "assistance", measures=shown, matters=others)


@blueprint.get("/<int:key>/prints")
@requires("case.see")
def prints(key: int) -> str:
    """Every sheet of the case: blank, as it stands, as signed, by revision."""
    with runtime().database.read() as session:
        case = reading.case(session, viewer(), key)
        papers = casefile.papers(session, case)
        return _tab(
            session,
            case,
            "prints",
            sheets=casefile.sheets(session, case),
            papers=papers,
            people=display_names(session, {each.print.signed_by for each in papers}),
        )


@blueprint.get("/<int:key>/prints/<sheet>.pdf")
@requires("case.see")
def sheet(key: int, sheet: str) -> Response:
    """A sheet as PDF: as the case stands, or empty with `?blank=1`."""
    with runtime().database.read() as session:
        case = reading.case(session, viewer(), key)
        pdf = casefile.pdf(runtime(), session, case, sheet, blank=bool(request.args.get("blank")))
    return _pdf(pdf, sheet)


@blueprint.get("/<int:key>/signed/<int:print_key>.pdf")
@requires("case.see")
def signed(key: int, print_key: int) -> Response:
    """A signed print: the very bytes that were signed."""
    with runtime().database.read() as session:
        case = reading.case(session, viewer(), key)
        found = next(
            (each for each in documents.signed_prints(session, case.key) if each.key == print_key), None
        )
        if found is None:
            raise NotFound(_("签名表"), print_key)
        pdf, _kind = documents.read(session, found.sha256)
    return _pdf(pdf, f"{found.sheet}-{found.revision}")


@blueprint.get("/<int:key>/files")
@requires("case.see")
def files(key: int) -> str:
    """What is attached to the case."""
    with runtime().database.read() as session:
        case = reading.case(session, viewer(), key)
        attached = documents.attachments(session, case.key)
        people = display_names(session, {each.attached_by for each in attached})
        return _tab(session, case, "files", attached=attached, people=people)


@blueprint.post("/<int:key>/withdrawal")
@requires("case.withdraw")
def withdraw(key: int) -> Response:
    """Take an application back: only where the drawing waits for it."""
    with runtime().database.begin() as session:
        case = reading.case(session, viewer(), key, "case.withdraw")
        reason = request.form.get("reason", "").strip()
        if not reason:
            raise InvalidInput("reason", detail=_("请写明撤回的原因"))
        messages.correlate(
            runtime(), session, "withdraw", str(case.subject), {"withdrawal_reason": reason}, viewer().name
        )
    flash(_("申请已撤回。"))
    return redirect(url_for("cases.page", key=key))


def _tab(session: Session, case: Instance, tab: str, /, **more: object) -> str:
    names = (
        ("page", _("经过")),
        ("diagram", _("流程图")),
        ("household", _("家庭")),
        ("assistance", _("帮扶")),
        ("prints", _("表格")),
        ("files", _("附件")),
    )
    return render_template(
        f"case_{tab}.html",
        case=case,
        process_name=reading.process_names(session, {case.definition_key})[case.definition_key],
        bar=bar.of(reading.variables(session, case, bar.NAMES), case, _due(session, case)),
        tabs=[Tab(name, url_for(f"cases.{each}", key=case.key), each == tab) for each, name in names],
        now=runtime().clock.now(),
        tour=tour.of(session, viewer(), case.key),
        **more,
    )


def _due(session: Session, case: Instance) -> datetime | None:
    """When the first of the steps that wait is due."""
    return session.scalar(
        sa.select(sa.func.min(UserTask.due)).where(UserTask.case_key == case.key, UserTask.state == "open")
    )


def _chosen(all_of_it: list[Instance], key: int | None) -> Instance | None:
    return next((each for each in all_of_it if each.key == key), None)


def _may_withdraw(session: Session, person: Viewer, case: Instance) -> bool:
    """Offered to whom it is allowed, and while the drawing listens for it."""
    permitted = authority.may(
        session, person, "case.withdraw", area=case.area, subject=case.subject, case_key=case.key
    )
    return permitted and casefile.listens(session, case, "withdraw")


def _pdf(data: bytes, name: str) -> Response:
    answer = Response(data, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"{name}.pdf")
    return answer
