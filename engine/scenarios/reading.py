"""Reading scenario files: YAML into plain records, every mistake told with its file and place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from engine.errors import Refusal
from engine.settings import Plain

SHARED = "answers.yaml"
"""Answers that all scenario files of a folder may use."""
ENDING = ".scenario.yaml"
"""Files of scenarios among drawings, rules and forms are called so."""


class Unreadable(Refusal):
    """A scenario file that is not one."""

    status, code = 422, "unreadable_scenario"
    message = "场景文件“{file}”有误：{detail}"
    mend = "请按 docs/scenarios.md 改正。"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Operate(_Record):
    """Run an operation; its outputs become names."""

    operation: str
    inputs: dict[str, Any] = Field(default={}, alias="with")


class Do(_Record):
    """Answer a task. `where`: FEEL over what the task sees, to choose among several at one element."""

    do: str
    as_: str = Field(alias="as")
    within: str | None = None
    where: str | None = None
    answer: str | dict[str, Any] = {}
    but: dict[str, Any] = {}
    refused: str | list[str] | None = None


class Wait(_Record):
    """Move the clock by an ISO 8601 duration and let the worker do what becomes due."""

    wait: str


class Tell(_Record):
    """Send a message to whoever waits for it."""

    message: str
    key: str
    variables: dict[str, Any] = Field(default={}, alias="with")


class Put(_Record):
    """Let a dated setting have another value from the day of the step on."""

    setting: str
    value: Any


class Expected(_Record):
    """What must be so: the elements of the open tasks, the end event, the element of the incident, FEEL conditions."""

    tasks: list[str] | None = None
    ended: str | None = None
    incident: str | None = None
    holds: list[str] = []


class Expect(_Record):
    """Look at the case."""

    expect: Expected


_STEPS = {"operation": Operate, "do": Do, "wait": Wait, "message": Tell, "setting": Put, "expect": Expect}


def _kind(step: Any) -> str | None:
    return next((kind for kind in _STEPS if isinstance(step, dict) and kind in step), None)


Step = Annotated[
    Annotated[Operate, Tag("operation")]
    | Annotated[Do, Tag("do")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[Tell, Tag("message")]
    | Annotated[Put, Tag("setting")]
    | Annotated[Expect, Tag("expect")],
    Discriminator(_kind),
]


class CaseScenario(_Record):
    """A case from its start on."""

    name: str = Field(alias="scenario")
    clause: str | None = None
    at: datetime = datetime(2020, 6, 1, 9, 0)  # noqa: DTZ001  (read as Shanghai's)
    given: list[Operate] = []
    start: str
    element: str | None = None
    """Where the case begins, if not at its plain start event."""
    variables: dict[str, Any] = Field(default={}, alias="with")
    steps: list[Step]


class DecisionCase(_Record):
    """One row: inputs over the scenario's own, and what the decision must say, or the name that it refuses."""

    inputs: dict[str, Any] = Field(default={}, alias="with")
    expect: Any = None
    refused: str | None = None


class DecisionScenario(_Record):
    """A decision asked with several inputs."""

    name: str = Field(alias="scenario")
    clause: str | None = None
    at: datetime = datetime(2020, 6, 1, 9, 0)  # noqa: DTZ001  (read as Shanghai's)
    decision: str
    given: dict[str, Any] = {}
    cases: list[DecisionCase]


Scenario = CaseScenario | DecisionScenario


class _File(_Record):
    answers: dict[str, dict[str, Any]] = {}
    scenarios: list[
        Annotated[
            Annotated[CaseScenario, Tag("case")] | Annotated[DecisionScenario, Tag("decision")],
            Discriminator(lambda found: "decision" if "decision" in found else "case"),
        ]
    ] = []


def read(path: Path) -> list[Scenario]:
    """The scenarios of a file, or of all `*.yaml` files of a folder, answers given by name put in. Unreadable."""
    files = [path] if path.is_file() else sorted(path.glob("*.yaml"))
    found = [scenario for file in files if file.name != SHARED for scenario in _read(file)]
    names = [scenario.name for scenario in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Unreadable(file=path.name, detail=f"场景重名：{'、'.join(sorted(twice))}")
    return found


def parse(name: str, content: bytes) -> list[Scenario]:
    """The scenarios of one file by itself. Unreadable."""
    return list(_in_file(name, _parse(name, content, Plain), {}))


def write(scenario: CaseScenario) -> bytes:
    """A file that holds this scenario alone."""
    plainly: dict[str, Any] = {"mode": "json", "by_alias": True, "exclude_defaults": True}
    told = scenario.model_dump(**plainly, exclude={"steps"})
    told["at"] = f"{scenario.at:%Y-%m-%dT%H:%M}"
    told["steps"] = [step.model_dump(**plainly) for step in scenario.steps]
    text: str = yaml.safe_dump({"scenarios": [told]}, allow_unicode=True, sort_keys=False, width=110)
    return text.encode()


def _read(path: Path) -> Iterator[Scenario]:
    shared = path.with_name(SHARED)
    common = _parse(SHARED, shared.read_bytes()).answers if shared.exists() else {}
    return _in_file(path.name, _parse(path.name, path.read_bytes()), common)


def _in_file(name: str, file: _File, common: dict[str, dict[str, Any]]) -> Iterator[Scenario]:
    answers = {**common, **file.answers}
    for scenario in file.scenarios:
        if isinstance(scenario, DecisionScenario):
            yield scenario
        else:
            steps = [
                _in_full(step, answers, name) if isinstance(step, Do) else step for step in scenario.steps
            ]
            yield scenario.model_copy(update={"steps": steps})


def _parse(name: str, content: bytes, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> _File:
    try:
        return _File.model_validate(yaml.load(content.decode(), loader) or {})  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(file=name, detail=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unreadable(file=name, detail=f"{where}：{first['msg']}") from error


def _in_full(step: Do, answers: dict[str, dict[str, Any]], file: str) -> Do:
    named = step.answer
    if isinstance(named, str):
        if named not in answers:
            raise Unreadable(file=file, detail=f"没有名为“{named}”的答案")
        named = answers[named]
    return step.model_copy(update={"answer": {**named, **step.but}, "but": {}})
