"""A draft is replayed: what the cases of the past year would have come to by it, where they part, and which level changes."""

import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import authority, background, drafts
from engine.background import Progress
from engine.errors import NotFound
from engine.models.drafts import DrawingDraft
from engine.models.instances import Instance
from web import replays
from web.api.problem import BadRequest
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio import bar, partings
from web.studio.door import routes

SHOWN = 50
"""Cases on one page."""


@dataclass(frozen=True)
class Place:
    """Cases that part at one element in one way."""

    number: int
    name: str
    sentence: str
    cases: int
    levels: list[tuple[str, str, int]]


@routes.get("/drafts/<int:key>/replay")
@requires("drawing.deploy")
def replay(key: int) -> str:
    """How the replay went; with `?place=` the cases that part there, else all; `?from=` goes on in the list."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        job = _job(session, draft)
        cases = job.result.get("cases", []) if job else []
        groups = _groups(cases)
        chosen = request.args.get("place", type=int)
        listed = groups[chosen] if chosen is not None and 0 <= chosen < len(groups) else cases
        start = max(request.args.get("from", 0, type=int), 0)
        shown = [_with_case(session, case) for case in listed[start : start + SHOWN]]
        return render_template(
            "studio/replay.html",
            draft=draft,
            steps=bar.steps(session, draft),
            job=job,
            states=background.STATES,
            stale=bool(job and job.is_over) and not bar.is_current(session, draft, draft.replayed),
            found=[_place(number, group) for number, group in enumerate(groups)],
            levels=_levels(cases),
            chosen=chosen,
            cases=shown,
            count=len(listed),
            start=start,
            size=SHOWN,
            minutes=replays.MINUTES,
            most_minutes=replays.MOST_MINUTES,
            sentence=partings.sentence,
            outcomes=partings.OUTCOMES,
        )


@routes.post("/drafts/<int:key>/replay")
@requires("drawing.deploy")
def start_replay(key: int) -> Any:
    """Have the cases replayed in the background."""
    minutes = request.form.get("minutes", replays.MINUTES, type=int)
    if not 0 < minutes <= replays.MOST_MINUTES:
        raise BadRequest("minutes", _("请填 1 到 %(most)s 分钟。", most=replays.MOST_MINUTES))
    with runtime().database.begin() as session:
        draft = drafts.get(session, key)
        given = {"draft": str(key), "minutes": minutes}
        job = background.start(session, replays.KIND, given, viewer().name)
        draft.replayed = {"job": str(job)}
    return redirect(url_for("studio.replay", key=key))


@routes.get("/drafts/<int:key>/replay.xlsx")
@requires("drawing.deploy")
def replay_sheet(key: int) -> Response:
    """The report as a workbook: a row for each case that would have gone otherwise or needs answers."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        job = _job(session, draft)
        if job is None or job.state != "done":
            raise NotFound(_("重演结果"), key)
        cases = [_with_case(session, case) for case in job.result["cases"]]
        data = partings.as_xlsx(cases, partings.summary(job.result))
    return send_file(
        io.BytesIO(data),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"replay-{key}.xlsx",
    )


def _job(session: Session, draft: DrawingDraft) -> Progress | None:
    return background.get(session, int(draft.replayed["job"])) if draft.replayed else None


def _groups(cases: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The cases by where and how they part, the most first."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for case in cases:
        found.setdefault((*case["where"], case["outcome"], partings.manner(case)), []).append(case)
    return sorted(found.values(), key=len, reverse=True)


def _place(number: int, group: list[dict[str, Any]]) -> Place:
    first = group[0]
    return Place(number, first["where_name"], partings.manner(first), len(group), _levels(group))


def _levels(cases: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """How many cases go from which level to which, those that have none or keep theirs left out."""
    changes = Counter(
        (before or "", after or "")
        for before, after in (case["levels"] for case in cases)
        if (before or "") != (after or "")
    )
    return [(before, after, count) for (before, after), count in changes.most_common()]


def _with_case(session: Session, case: dict[str, Any]) -> dict[str, Any]:
    """With the case's title, where the viewer may see it."""
    row = session.scalars(sa.select(Instance).where(Instance.key == int(case["case"]))).one_or_none()
    seen = row is not None and authority.may(
        session, viewer(), "case.see", area=row.area, subject=row.subject, case_key=row.key
    )
    return {**case, "title": row.title if seen and row is not None else None, "seen": seen}
