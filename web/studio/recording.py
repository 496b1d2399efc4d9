"""A scenario recorded in a draft: begun like another one, done click by click with the draft's own forms, kept with the draft."""

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import drafts, scenarios
from engine.errors import InvalidInput, NotFound
from engine.models.drafts import DrawingDraft
from engine.scenarios import CaseScenario
from engine.scenarios.reading import Expect, Step, Tell, Wait
from web import places, recordings, rehearsal
from web.api.body import Body, read_body
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio import bar
from web.studio.door import routes
from web.studio.words import roles_named
from web.words import language

MOST_DAYS = 3660


class Answered(Body):
    """What the form of a task was answered with."""

    element: str
    nth: int = Field(ge=0)
    answer: dict[str, Any]


@routes.post("/drafts/<int:key>/scenarios")
@requires("drawing.deploy")
def begin_recording(key: int) -> Any:
    """A new scenario that begins like `like` and does its first `keep` steps; with `process`, that procedure with what `like` gives."""
    name = request.form.get("name", "").strip()
    keep = request.form.get("keep", 0, type=int)
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        known = {each.name: each for each in every(session, draft)}
        like = known.get(request.form.get("like", ""))
        if not isinstance(like, CaseScenario):
            raise NotFound(_("场景"), request.form.get("like", ""))
        if not 0 < len(name) <= 100:
            raise InvalidInput("name", detail=_("请给场景起个名字（100字以内）"))
        if name in known:
            raise InvalidInput("name", detail=_("已有叫“%(name)s”的场景", name=name))
        made = like.model_copy(update={"name": name, "steps": list(like.steps[: max(keep, 0)])})
        if (other := request.form.get("process")) and other != like.start:
            made = made.model_copy(update={"start": other, "element": None, "clause": None, "steps": []})
        file = _file_name(name, recordings.of_draft(session, draft))
    _keep(key, file, made, 0)
    return redirect(url_for("studio.recording", key=key, file=file))


@routes.get("/drafts/<int:key>/scenarios/<file>")
@requires("drawing.deploy")
def recording(key: int, file: str) -> str:
    """Where the scenario is: its way on the diagram, what was done, and what may come next; `?task=` opens a form."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        scenario = _scenario(session, draft, file)
        with recordings.play(session, draft, runtime().evaluator, scenario) as played:
            scene = played.scene()
        chosen = request.args.get("task", 0, type=int)
        task = scene.tasks[chosen] if 0 <= chosen < len(scene.tasks) else None
        return render_template(
            "studio/recording.html",
            draft=draft,
            steps=bar.steps(session, draft),
            file=file,
            scenario=scenario,
            told=[_in_words(step, scene) for step in scenario.steps],
            scene=scene,
            task=task,
            chosen=chosen,
            sent={
                "schema": task.schema,
                "data": {**task.known, "areas": places.villages(session, viewer(), departments=True)},
                "element": task.element,
                "nth": task.nth,
            }
            if task
            else None,
            people=roles_named,
            language=language(),
        )


@routes.post("/drafts/<int:key>/scenarios/<file>/answer")
@requires("drawing.deploy")
def answer_recorded(key: int, file: str) -> Response:
    """Answer a task of the scenario as one of those whose it is; it becomes the scenario's next step."""
    sent = read_body(Answered)
    with runtime().database.read() as session:  # to play takes a while and shall keep nobody from writing
        draft = drafts.get(session, key)
        scenario, revision = _scenario(session, draft, file), _revision(session, draft, file)
        with recordings.play(session, draft, runtime().evaluator, scenario) as played:
            step = played.answer(sent.element, sent.nth, sent.answer)
    _keep(key, file, _with(scenario, step), revision)
    return jsonify({"next": url_for("studio.recording", key=key, file=file)})


@routes.post("/drafts/<int:key>/scenarios/<file>/steps")
@requires("drawing.deploy")
def step_recorded(key: int, file: str) -> Any:
    """Let days pass, let a message come, expect what is so now, or take the last step back."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        scenario, revision = _scenario(session, draft, file), _revision(session, draft, file)
        if request.form.get("do") == "undo":
            changed = scenario.model_copy(update={"steps": scenario.steps[:-1]})
        else:
            with recordings.play(session, draft, runtime().evaluator, scenario) as played:
                changed = _with(scenario, _asked(played))
    _keep(key, file, changed, revision)
    if request.form.get("do") == "expect":
        flash(_("已存进草稿，试办全部场景时一起办。"))
    return redirect(url_for("studio.recording", key=key, file=file))


def every(session: Session, draft: DrawingDraft) -> list[scenarios.Scenario]:
    """All scenarios that the draft is tried by: those that come with the program and those among its files."""
    own = [
        each for name, data in recordings.of_draft(session, draft).items() for each in _readable(name, data)
    ]
    return scenarios.read(rehearsal.SCENARIOS) + own


def _readable(name: str, data: bytes) -> list[scenarios.Scenario]:
    try:
        return scenarios.parse(name, data)
    except scenarios.Unreadable:  # the check tells of it
        return []


def _asked(played: recordings.Play) -> Step:
    form, scene = request.form, played.scene()
    if form.get("do") == "expect":
        return Expect.model_validate({"expect": played.expected()})
    if form.get("do") == "message":
        name, _space, number = form.get("message", "").partition(" ")
        found = [each for each in scene.messages if each.name == name]
        if not number.isdigit() or int(number) >= len(found):
            raise NotFound(_("在等的消息"), name)
        return Tell.model_validate({"message": name, "key": played.lasting(found[int(number)].key)})
    if form.get("do") == "due" and scene.due is not None:
        seconds = max(int((scene.due - scene.now).total_seconds()) + 1, 1)
        return Wait(wait=f"PT{seconds}S")
    days = form.get("days", 0, type=int)
    if not 0 < days <= MOST_DAYS:
        raise InvalidInput("days", detail=_("请填 1 到 %(most)s 天", most=MOST_DAYS))
    return Wait(wait=f"P{days}D")


def _scenario(session: Session, draft: DrawingDraft, file: str) -> CaseScenario:
    data = recordings.of_draft(session, draft).get(file)
    found = [] if data is None else scenarios.parse(file, data)
    if len(found) != 1 or not isinstance(found[0], CaseScenario):
        raise NotFound(_("能接着录的场景"), file)
    return found[0]


def _with(scenario: CaseScenario, step: Step) -> CaseScenario:
    return scenario.model_copy(update={"steps": [*scenario.steps, step]})


def _revision(session: Session, draft: DrawingDraft, file: str) -> int:
    kept = drafts.files(session, draft).get(file)
    return kept.revision if kept else 0


def _keep(key: int, file: str, scenario: CaseScenario, revision: int) -> None:
    """Put the scenario into the draft, going on from that revision. Overtaken."""
    data, now = scenarios.write(scenario), runtime().clock.now()
    with runtime().database.begin() as session:
        drafts.save(session, drafts.get(session, key), file, data, revision, viewer().name, now)


def _file_name(name: str, taken: Mapping[str, bytes]) -> str:
    stem = re.sub(r"[^\w.-]+", "_", name)[:100].strip("._") or "scenario"
    number, found = 1, f"{stem}{scenarios.ENDING}"
    while found in taken:
        number += 1
        found = f"{stem}_{number}{scenarios.ENDING}"
    return found


def _in_words(step: Step, scene: recordings.Scene) -> str:
    """A step as people read it."""
    if isinstance(step, Wait):
        return _("过 %(time)s", time=step.wait)
    if isinstance(step, Tell):
        return _("收到消息 %(name)s", name=step.message)
    if isinstance(step, Expect):
        return _("应当如此：%(what)s", what=_expected(step, scene))
    if hasattr(step, "do"):
        name = next((p.named(step.do) for p in scene.processes.values() if step.do in p.elements), step.do)
        outcome = step.answer.get("outcome") if isinstance(step.answer, dict) else None
        who = roles_named([step.as_.partition(" ")[0]])
        return f"{who}：{name}" + (f"（{outcome}）" if isinstance(outcome, str) else "")
    return _("改设置或登记")


def _expected(step: Expect, scene: recordings.Scene) -> str:
    def named(element: str) -> str:
        return next((p.named(element) for p in scene.processes.values() if element in p.elements), element)

    wanted = step.expect
    told = [_("结束于%(end)s", end=named(wanted.ended))] if wanted.ended else []
    if wanted.tasks is not None:
        told.append(_("待办 %(tasks)s", tasks="、".join(map(named, wanted.tasks)) or _("无")))
    return "，".join([*told, *wanted.holds])
