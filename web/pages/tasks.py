"""The task's page and what it sends: claim, draft, the print to be signed, the answer."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import authority, deployments, forms, identity, instances, journal, worklist
from engine import urging as urged
from engine.errors import InvalidAnswer, InvalidInput, NotAllowed
from engine.models.deployments import Definition
from engine.models.worklist import UserTask
from web import bar, casefile, drawn, places, reading, signing, tour
from web.pages import urging
from web.pictures import pages
from web.refusals import told
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("/<int:key>")
@requires("task.see")
def page(key: int) -> str | Response:
    """The form with what is known, what was said before, and what comes after each outcome."""
    with runtime().database.read() as session:
        task = worklist.get(session, viewer(), key)
        if task.state != "open":
            return _over(session, task)
        process = reading.process_of(session, task)
        schema = reading.schema_of(runtime(), session, task)
        draft = worklist.draft(session, viewer(), key)
        known = reading.known(session, task, schema) if schema else {}
        absent, not_mine = _in_whose_place(session, task)
        return render_template(
            "task.html",
            task=task,
            process=process,
            sent={**_sent(session, task, schema, known, draft), "readonly": bool(not_mine)},
            not_mine=not_mine,
            may_move=worklist.may_move(session, viewer(), task),
            draft=draft,
            said=reading.said(session, task.case_key, subject=task.subject),
            sees_case=reading.may_see_case(session, viewer(), task.case_key),
            onward=drawn.onward(process, task.element),
            known=known,
            bar=bar.of(known, task),
            tour=tour.of(session, viewer(), task.case_key),
            now=runtime().clock.now(),
            receivers=worklist.receivers(session, viewer(), task),
            absent=absent,
            urging=urging.of(session, viewer(), task),
            urged=urged.words(session, task),
            holder=identity.display_names(session, [task.assignee])[task.assignee] if task.assignee else None,
        )


@blueprint.get("/<int:key>/drawing")
@requires("task.see")
def drawing(key: int) -> Response:
    """The drawing's XML for the viewer on the page, also for who does not see the whole case."""
    with runtime().database.read() as session:
        task = worklist.get(session, viewer(), key)
        definition = session.get_one(Definition, task.definition_key)
        xml = deployments.resource(session, definition.deployment_key, definition.resource)
    return Response(xml, mimetype="application/xml")


@blueprint.post("/<int:key>/claim")
@requires("task.do")
def claim(key: int) -> Response:
    """Take the task: the page does so when it is opened."""
    with runtime().database.begin() as session:
        worklist.claim(session, viewer(), key)
    return jsonify({})


@blueprint.post("/<int:key>/release")
@requires("task.see")
def release(key: int) -> Response:
    """Give the task back to its group."""
    with runtime().database.begin() as session:
        worklist.release(session, viewer(), key)
    flash(_("已退回本组，同事可以领取。"))
    return redirect(url_for("worklist.page"))


@blueprint.post("/<int:key>/hand-over")
@requires("task.see")
def hand_over(key: int) -> Response:
    """Give the task to a colleague."""
    with runtime().database.begin() as session:
        worklist.hand_over(session, viewer(), key, request.form.get("to", ""), runtime().clock.now())
    flash(_("已转办。"))
    return redirect(url_for("worklist.page"))


@blueprint.post("/<int:key>/draft")
@requires("task.do")
def draft(key: int) -> Response:
    """Keep what is filled in so far, valid or not."""
    sent = _json()
    with runtime().database.begin() as session:
        kept = worklist.save_draft(
            session,
            viewer(),
            key,
            _object(sent, "answer"),
            str(sent.get("version", "")),
            runtime().clock.now(),
        )
    return jsonify({"version": kept.version})


@blueprint.post("/<int:key>/preview")
@requires("task.do")
def preview(key: int) -> Response:
    """The sheets that this answer would sign, as pictures, with the seal that confirms them."""
    sent = _json()
    answer = _object(sent, "answer")
    request_id = _request_id(sent, key)
    with runtime().database.read() as session:
        task = worklist.get(session, viewer(), key)
        if request_id and journal.seen(
            session, request_id
        ):  # handed in already; the line broke before it was told
            return jsonify({"next": _onward(session, task.case_key)})
        instances.refuse_closed(session, task)
        prints = casefile.prints_of(runtime(), session, viewer(), task, _checked(session, task, answer))
    sealed = signing.seal(viewer(), key, answer, prints)
    return jsonify({"pages": [picture for each in prints for picture in pages(each.pdf)], "shown": sealed})


@blueprint.post("/<int:key>/complete")
@requires("task.do")
def complete(key: int) -> Response:
    """Hand in the answer: checked, signed where the step asks for it, and the case goes on, all in one transaction."""
    sent = _json()
    answer = _object(sent, "answer")
    with runtime().database.read() as session:
        task = worklist.get(session, viewer(), key)
        manner = (task.properties or {}).get("signature")
        if manner == "password":
            identity.confirm(session, viewer(), str(sent.get("password", "")))
        prints = signing.opened(viewer(), key, answer, sent.get("shown")) if manner else []
    request_id = _request_id(sent, key)
    with runtime().database.begin() as session:
        if request_id and journal.seen(session, request_id):  # a bad line sent it twice: it has one effect
            return jsonify({"next": _onward(session, task.case_key)})
        places.refuse_foreign(session, viewer(), task, answer)
        instance = instances.complete(
            runtime(),
            session,
            key,
            answer,
            viewer(),
            request_id=request_id,
            sign=lambda task, _answer: casefile.freeze(runtime(), session, viewer(), task, prints),
        )
        worklist.drop_draft(session, viewer(), key)
        if not sent.get("stays"):  # a page that hands in many tells of each itself
            flash(_("已提交：%(step)s。", step=task.name))
        return jsonify({"next": _onward(session, instance.case_key)})


def _onward(session: Session, case_key: int) -> str:
    """Where one goes on after a step: to the case, or to the list for who does not see the whole case."""
    if reading.may_see_case(session, viewer(), case_key):
        return url_for("cases.page", key=case_key)
    return url_for("worklist.page")


def _in_whose_place(session: Session, task: UserTask) -> tuple[identity.User | None, str]:
    """In whose place the viewer does the task (None: his own), and why he may not, if so."""
    try:
        return authority.permit_task(session, viewer(), task), ""
    except NotAllowed:
        return None, _("这一步不由您办理，您可以看。")
    except authority.Separated as refusal:
        return None, told(refusal.message, refusal)


def _over(session: Session, task: UserTask) -> Response:
    """A task that is no longer open: say who did it, and show the case."""
    if task.state == "completed":
        who = task.completed_by or ""
        flash(_("这一步已由%(who)s办结。", who=identity.display_names(session, [who])[who]))
    else:
        flash(_("这一步已随流程撤销，不必再办。"))
    return redirect(_onward(session, task.case_key))


def _sent(
    session: Session,
    task: UserTask,
    schema: dict[str, Any] | None,
    known: dict[str, Any],
    kept: worklist.Sheet,
) -> dict[str, Any]:
    """What the page's script is given."""
    return {
        "schema": schema,
        "data": {**known, "areas": places.villages(session, viewer(), departments=True)},
        "draft": kept.data,
        "version": kept.version,
        "signature": (task.properties or {}).get("signature", ""),
        "request": f"{task.key}",
    }


def _checked(session: Session, task: UserTask, answer: dict[str, Any]) -> dict[str, Any]:
    schema = reading.schema_of(runtime(), session, task)
    if schema is None:
        return answer
    instance = instances.get(session, task.instance_key)
    seen = instances.variables(session, instance, task.token)
    found = forms.check(runtime().evaluator, schema, answer, seen, runtime().clock.now())
    if found.errors:
        raise InvalidAnswer(found.errors)
    return dict(found.data)


def _json() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise InvalidInput("body", detail=_("应为 JSON 对象"))
    return sent


def _object(sent: dict[str, Any], name: str) -> dict[str, Any]:
    found = sent.get(name)
    if not isinstance(found, dict):
        raise InvalidInput(name, detail=_("应为 JSON 对象"))
    return found


def _request_id(sent: dict[str, Any], key: int) -> str | None:
    """The page's own mark of this hand-in."""
    given = sent.get("request")
    return f"page:{viewer().user.key}:{key}:{given}"[:200] if isinstance(given, str) and given else None
