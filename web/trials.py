"""The trial of a draft: every scenario played against its files as a background job, on databases of its own."""

import tempfile
from pathlib import Path
from typing import Any

from engine import background, drafts, scenarios
from engine.feel import Evaluator
from engine.runtime import Runtime
from engine.scenarios import Outcome
from web import rehearsal

KIND = "trial"


@background.kind(KIND, "试办草稿")
def play(runtime: Runtime, job: background.Job) -> dict[str, Any]:
    """Play all scenarios against the draft that the job names; what came of each is the cursor, so that none is played twice."""
    key = int(job.arguments["draft"])
    with runtime.database.read() as session:
        draft = drafts.get(session, key)
        digest = drafts.digest(session, draft)
        files, figures = drafts.overlaid(session, draft)
    evaluator = Evaluator()  # its own: pages shall not wait for it
    try:
        with tempfile.TemporaryDirectory(prefix="fangfan-trial-") as folder:
            settings = Path(folder) / drafts.SETTINGS
            settings.write_bytes(figures)
            _play_all(job, evaluator, files, settings)
    finally:
        evaluator.close()
    outcomes = job.cursor or []
    failed = sum(outcome["problem"] is not None for outcome in outcomes)
    tried = {"job": str(job.key), "digest": digest, "passed": len(outcomes) - failed, "failed": failed}
    with job.unit() as session:
        drafts.get(session, key).tried = tried
    return {"next": f"/studio/drafts/{key}/trial", "outcomes": outcomes}


def _play_all(job: background.Job, evaluator: Evaluator, files: dict[str, bytes], settings: Path) -> None:
    found = scenarios.read(rehearsal.SCENARIOS) + [
        scenario
        for name, data in files.items()
        if name.endswith(scenarios.ENDING)
        for scenario in scenarios.parse(name, data)
    ]
    with rehearsal.stage(evaluator, files, settings) as stage:
        for scenario in found[len(job.cursor or []) :]:
            outcome = scenarios.play(stage, scenario)
            with job.unit() as session:
                job.cursor = [*(job.cursor or []), _told(outcome)]
                job.report(len(job.cursor), len(found), session)


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.scenario.name,
        "clause": outcome.scenario.clause,
        "problem": outcome.problem,
        "step": outcome.step,
        "entered": sorted(outcome.entered),
        "standing": sorted(outcome.standing),
    }
