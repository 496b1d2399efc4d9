"""A draft is tried: tokens walk its diagrams in the browser, and the scenarios are played against it."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from engine import background, drafts, scenarios
from engine.bundles import read_bundle
from engine.dialect import Process
from engine.models.drafts import DrawingDraft
from engine.scenarios import CaseScenario
from web import recordings, trials
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio import bar, files, recording
from web.studio.door import routes


@dataclass(frozen=True)
class Way:
    """What a scenario went through in one process of the draft: `been` are ids of elements and of the flows between them, `here`
    of those at which it stands at its end.
    """

    file: str
    name: str
    been: list[str]
    here: list[str]


@routes.get("/drafts/<int:key>/trial")
@requires("drawing.deploy")
def trial(key: int) -> str:
    """How the scenarios went; with `?scenario=` the way that one took; with `?file=` a diagram to walk by oneself."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        job = background.get(session, int(draft.tried["job"])) if draft.tried else None
        outcomes = job.result.get("outcomes", []) if job else []
        processes = _processes(session, draft)
        chosen = next((each for each in outcomes if each["name"] == request.args.get("scenario")), None)
        drawn = [file for file in files.of_draft(session, draft) if file.kind == ".bpmn"]
        walked = request.args.get("file") or next((f.file for f in drawn if f.changed), drawn[0].file)
        return render_template(
            "studio/trial.html",
            draft=draft,
            steps=bar.steps(session, draft),
            job=job,
            states=background.STATES,
            outcomes=sorted(outcomes, key=lambda each: each["problem"] is None),
            stale=bool(draft.tried) and not bar.is_current(session, draft, draft.tried),
            chosen=chosen,
            ways=_ways(chosen, processes) if chosen else [],
            missed=_missed(outcomes, processes) if job and job.state == "done" else [],
            drawn=drawn,
            walked=walked,
            own=_own(session, draft),
            beginnings=_beginnings(session, draft, processes),
            drawn_processes=sorted((key, each.name or key) for key, each in processes.items()),
        )


@routes.post("/drafts/<int:key>/trial")
@requires("drawing.deploy")
def start_trial(key: int) -> Any:
    """Have the scenarios played in the background."""
    with runtime().database.begin() as session:
        draft = drafts.get(session, key)
        job = background.start(session, trials.KIND, {"draft": str(key)}, viewer().name)
        draft.tried = {"job": str(job)}
    return redirect(url_for("studio.trial", key=key))


def _own(session: Session, draft: DrawingDraft) -> list[tuple[str, str]]:
    """The scenarios recorded among the draft's files, those in force too: file and name."""
    return [
        (file, file.removesuffix(scenarios.ENDING)) for file in sorted(recordings.of_draft(session, draft))
    ]


def _beginnings(
    session: Session, draft: DrawingDraft, processes: dict[str, Process]
) -> list[tuple[str, list[str]]]:
    """The scenarios that another can begin like, by the procedure that they play."""
    found: dict[str, list[str]] = {}
    for each in recording.every(session, draft):
        if isinstance(each, CaseScenario) and each.start in processes:
            found.setdefault(processes[each.start].name or each.start, []).append(each.name)
    return sorted(found.items())


def _processes(session: Session, draft: DrawingDraft) -> dict[str, Process]:
    content, _figures = drafts.overlaid(session, draft)
    drawings = {name: data for name, data in content.items() if name.endswith(".bpmn")}
    return read_bundle(
        runtime().evaluator, runtime().operations, drawings, lambda _kind, _key: True
    ).processes


def _ways(outcome: dict[str, Any], processes: dict[str, Process]) -> list[Way]:
    entered: dict[str, set[str]] = {}
    standing: dict[str, set[str]] = {}
    for found, told in ((entered, outcome["entered"]), (standing, outcome.get("standing", ()))):
        for process, element in told:
            found.setdefault(process, set()).add(element)
    return [
        Way(
            processes[key].file,
            processes[key].name,
            sorted(been | _between(processes[key], been)),
            sorted(standing.get(key, ())),
        )
        for key, been in entered.items()
        if key in processes
    ]


def _between(process: Process, been: set[str]) -> set[str]:
    return {key for key, flow in process.flows.items() if flow.source in been and flow.target in been}


def _missed(outcomes: list[dict[str, Any]], processes: dict[str, Process]) -> list[tuple[Process, list[str]]]:
    """What no scenario has entered, by process, named as people read it."""
    entered = {tuple(each) for outcome in outcomes for each in outcome["entered"]}
    found = []
    for key, process in processes.items():
        left = [e for e in process.elements.values() if (key, e.id) not in entered and "." not in e.id]
        if left:
            found.append((process, [process.named(each.id) for each in left]))
    return found
