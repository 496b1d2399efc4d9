"""Scenarios recorded by clicking through: a draft's procedure is played up to where the recording is, on a database of its own.

A recording is nothing but the scenario so far, kept in the draft after each click; what the page shows is what comes of playing
it. So it is never lost, can be taken back step by step, and plays afterwards exactly as it was made.
"""

from __future__ import annotations

import atexit
import hashlib
import re
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments, drafts, instances, roles, scenarios
from engine.clock import SHANGHAI, MovableClock
from engine.dialect.model import Process
from engine.errors import InvalidAnswer, Refusal
from engine.feel import Evaluator
from engine.models.drafts import DrawingDraft
from engine.models.instances import Instance, Subscription, Timer
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.scenarios import CaseScenario, Stage
from engine.scenarios.player import Player, Unexpected
from engine.scenarios.reading import Do
from web import reading, rehearsal

_KEY = re.compile(r"\d{15,}")
"""What a key looks like: another one in each play."""
MOST_STAGES = 2
"""Drafts whose stage is kept ready: to set one takes seconds."""


@dataclass(frozen=True)
class Waiting:
    """A task that waits: the `nth` at its element; `groups` may do it; `known` prefills its form."""

    element: str
    nth: int
    name: str
    title: str
    groups: list[str]
    schema: dict[str, Any] | None
    known: dict[str, Any]
    submit: str


@dataclass(frozen=True)
class Awaited:
    """A message that something waits for; `at` names what."""

    name: str
    key: str
    at: str


@dataclass(frozen=True)
class Scene:
    """Where a recording is. `problem` tells why step `step` does not come out any more; `been` and `here` by process."""

    now: datetime
    tasks: list[Waiting] = field(default_factory=list)
    due: datetime | None = None
    messages: list[Awaited] = field(default_factory=list)
    ended: str | None = None
    level: str | None = None
    processes: dict[str, Process] = field(default_factory=dict)
    been: dict[str, list[str]] = field(default_factory=dict)
    here: dict[str, list[str]] = field(default_factory=dict)
    step: int | None = None
    problem: str | None = None


def of_draft(session: Session, draft: DrawingDraft) -> dict[str, bytes]:
    """The files of scenarios in force with the draft."""
    content, _ = drafts.overlaid(session, draft)
    return {name: data for name, data in content.items() if name.endswith(scenarios.ENDING)}


@contextmanager
def play(
    session: Session, draft: DrawingDraft, evaluator: Evaluator, scenario: CaseScenario
) -> Iterator[Play]:
    """The scenario played so far, to be looked at and gone on with; gone afterwards. NotDeployable."""
    moment = scenario.at if scenario.at.tzinfo else scenario.at.replace(tzinfo=SHANGHAI)
    clock = MovableClock(moment)
    with _stage(session, draft, evaluator) as stage, stage.runtime(clock) as runtime:
        player = Player(runtime, clock)
        step, problem = scenarios.perform(player, scenario)
        yield Play(runtime, clock, player, step, problem)


class Play:
    """A scenario that was played up to its last step."""

    def __init__(
        self, runtime: Runtime, clock: MovableClock, player: Player, step: int | None, problem: str | None
    ) -> None:
        self._runtime, self._clock, self._player = runtime, clock, player
        self._step, self._problem = step, problem

    def scene(self) -> Scene:
        """What one sees of it."""
        if not self._player.case:
            return Scene(self._clock.now(), step=self._step, problem=self._problem)
        with self._runtime.database.read() as session:
            root = instances.get(session, self._player.case)
            parts = instances.of_case(session, root.key)
            processes = {part.process_id: deployments.process(session, part.definition_key) for part in parts}
            named = {part.key: part.process_id for part in parts}
            been, here = _way(session, parts)
            return Scene(
                self._clock.now(),
                [self._waiting(session, task, nth) for task, nth in _counted(self._player.open())],
                session.scalar(sa.select(sa.func.min(Timer.due))),
                [
                    Awaited(
                        row.name, row.correlation_key, processes[named[row.instance_key]].named(row.element)
                    )
                    for row in session.scalars(sa.select(Subscription).order_by(Subscription.key))
                ],
                root.end_event and processes[root.process_id].named(root.end_event),
                root.level,
                processes,
                been,
                here,
                self._step,
                self._problem,
            )

    def answer(self, element: str, nth: int, answer: Mapping[str, Any]) -> Do:
        """Answer a task, and the step that says so. InvalidAnswer, or another Refusal."""
        task, others = self._task(element, nth)
        seen = self._player.seen(task)
        where = _telling(seen, [self._player.seen(other) for other in others])
        told = _lasting(answer, {**seen, **self._player.names})
        group = task.groups[0] if task.groups else next(iter(roles.ROLES))
        names = (
            [task.assignee] if task.assignee else ["", "另一人"]
        )  # separation of duties wants another person
        for name in names:
            step = Do.model_validate(
                {"do": element, "as": f"{group} {name}".strip(), "where": where, "answer": told}
            )
            try:
                self._player.step(step)
            except Unexpected as problem:
                cause = problem.__cause__
                if name != names[-1] and isinstance(cause, Refusal) and cause.code == "separated":
                    continue
                if isinstance(cause, Refusal):
                    raise cause from problem
                raise InvalidAnswer({"": str(problem)}) from problem
            return step
        raise AssertionError(element)

    def lasting(self, value: Any) -> Any:
        """A value of the case as it is good for another play."""
        return _lasting(value, self._player.names)

    def expected(self) -> dict[str, Any]:
        """What is so now, as a step expects it."""
        with self._runtime.database.read() as session:
            root = instances.get(session, self._player.case)
            if root.state != "active":
                return {"ended": root.end_event}
            holds = (
                {"holds": [f'level = "{root.level}"']}
                if root.level and self._says_level(session, root)
                else {}
            )
        return {"tasks": sorted(task.element for task in self._player.open()), **holds}

    @staticmethod
    def _says_level(session: Session, root: Instance) -> bool:
        return instances.variables(session, root).get("level") == root.level

    def _task(self, element: str, nth: int) -> tuple[UserTask, list[UserTask]]:
        there = [task for task in self._player.open() if task.element == element]
        if not 0 <= nth < len(there):
            raise InvalidAnswer({"": f"“{element}”没有在等的任务"})
        return there[nth], [task for task in there if task is not there[nth]]

    def _waiting(self, session: Session, task: UserTask, nth: int) -> Waiting:
        schema = reading.schema_of(self._runtime, session, task)
        known = reading.known(session, task, schema) if schema else {}
        properties = task.properties or {}
        return Waiting(
            task.element,
            nth,
            task.name,
            task.title or "",
            list(task.groups),
            schema,
            known,
            properties.get("submit") or task.name,
        )


def _counted(tasks: list[UserTask]) -> Iterator[tuple[UserTask, int]]:
    so_far: dict[str, int] = {}
    for task in tasks:
        yield task, so_far.get(task.element, 0)
        so_far[task.element] = so_far.get(task.element, 0) + 1


def _way(session: Session, parts: list[Instance]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What was entered and where it waits, by process: elements, and the flows taken to them."""
    been: dict[str, set[str]] = {}
    here: dict[str, set[str]] = {}
    for part in parts:
        for passed in instances.history(session, part):
            been.setdefault(part.process_id, set()).update(
                each for each in (passed.element, passed.via) if each
            )
            if passed.state == "active":
                here.setdefault(part.process_id, set()).add(passed.element)
    return {key: sorted(found) for key, found in been.items()}, {
        key: sorted(found) for key, found in here.items()
    }


def _telling(seen: Mapping[str, Any], others: list[dict[str, Any]]) -> str | None:
    """FEEL that tells a task from the others at its element, by a value that is the same in each play."""
    if not others:
        return None
    for path, value in _scalars(seen):
        if _KEY.fullmatch(str(value)) or any((path, value) in set(_scalars(other)) for other in others):
            continue
        return f"{path} = {_feel(value)}"
    raise InvalidAnswer({"": "这几项任务没有可区分的内容，场景不能指明办的是哪一项。"})


def _scalars(names: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in names.items():
        if isinstance(value, Mapping):
            yield from _scalars(value, f"{before}{name}.")
        elif isinstance(value, str | int | float) and name.isidentifier():
            yield f"{before}{name}", value


def _feel(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def _lasting(value: Any, names: Mapping[str, Any]) -> Any:
    """An answer as it is good for another play: a key is told by where the task sees it."""
    if isinstance(value, Mapping):
        return {name: _lasting(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [_lasting(each, names) for each in value]
    if isinstance(value, str) and _KEY.fullmatch(value):
        path = _place(value, names)
        return value if path is None else f"={path}"
    if isinstance(value, str) and value.startswith("="):
        return f"={_feel(value)}"
    return value


def _place(value: str, names: Any, at: str = "") -> str | None:
    """Where a value lies among names, as FEEL."""
    if names == value:
        return at
    inside: list[tuple[str, Any]] = []
    if isinstance(names, Mapping):
        inside = [
            (f"{at}.{name}" if at else name, each) for name, each in names.items() if name.isidentifier()
        ]
    elif isinstance(names, list):
        inside = [(f"{at}[{number}]", each) for number, each in enumerate(names, 1)]
    return next((found for path, each in inside if (found := _place(value, each, path))), None)


# -- stages

_stages: dict[str, tuple[Stage, ExitStack]] = {}
_lock = threading.Lock()


@atexit.register
def _strike() -> None:
    """Leave no stage behind on the disk."""
    for _, kept in _stages.values():
        kept.close()


@contextmanager
def _stage(session: Session, draft: DrawingDraft, evaluator: Evaluator) -> Iterator[Stage]:
    """The draft in force on a stage, kept for the next click; one at a time, so that none is taken away in use."""
    content, figures = drafts.overlaid(session, draft)
    files = {name: data for name, data in content.items() if not name.endswith(scenarios.ENDING)}
    digest = hashlib.sha256(figures)
    for name in sorted(files):
        digest.update(f"\n{name} ".encode() + hashlib.sha256(files[name]).digest())
    key = digest.hexdigest()
    with _lock:
        if key not in _stages:
            while len(_stages) >= MOST_STAGES:
                _stages.pop(next(iter(_stages)))[1].close()
            _stages[key] = _set(evaluator, files, figures)
        yield _stages[key][0]


def _set(evaluator: Evaluator, files: Mapping[str, bytes], figures: bytes) -> tuple[Stage, ExitStack]:
    with ExitStack() as kept:
        folder = kept.enter_context(tempfile.TemporaryDirectory(prefix="fangfan-recording-"))
        settings = Path(folder) / drafts.SETTINGS
        settings.write_bytes(figures)
        stage = kept.enter_context(rehearsal.stage(evaluator, files, settings))
        return stage, kept.pop_all()
