"""A scenario passes only when all comes out as written; whatever does not is told with its step."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.database import Database
from engine.feel import Evaluator
from engine.scenarios import Outcome, Stage, Unreadable, play, read
from engine.vault import Vault
from tests.engine.drawing import Drawing, extension

FORM = b"""{"type": "default", "id": "opinion", "schemaVersion": 18, "components": [{"id": "outcome", "type": "radio",
"key": "outcome", "label": "outcome", "values": [{"label": "grant", "value": "grant"}, {"label": "deny", "value": "deny"}],
"validate": {"required": true}}]}"""
AREA = "2202/220281/220281101/220281101201/"
ELSEWHERE = "2202/220282/220282101/220282101201/"


def drawing() -> Drawing:
    drawn = Drawing(
        extra=extension(
            '<zeebe:properties><zeebe:property name="attribute.area" value="=area"/></zeebe:properties>'
        )
    )
    drawn.start("s")
    inner = (
        '<zeebe:userTask/><zeebe:formDefinition formId="opinion"/>'
        '<zeebe:assignmentDefinition candidateGroups="village_committee"/>'
    )
    drawn.add("userTask", "judge", extension(inner))
    drawn.xor("judged")
    drawn.catch("rest", drawn.timer("P10D"))
    drawn.service("save", job="save")
    drawn.end("grant")
    drawn.end("deny")
    drawn.flow("s", "judge", "judged")
    drawn.flow("judged", "rest", "save", "grant", condition='outcome = "grant"')
    drawn.flow("judged", "deny", condition='outcome = "deny"')
    return drawn


def save(session: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    raise RuntimeError("broken")


@pytest.fixture(scope="module")
def stage(evaluator: Evaluator) -> Iterator[Stage]:
    def open_database(url: str) -> Database:
        return Database(url, vault=Vault(bytes(32)))

    operations = {"save": save, "number": lambda session, inputs: {"number": inputs["of"] * 2}}
    stage = Stage(open_database, evaluator, operations, {"p.bpmn": drawing().xml(), "opinion.form": FORM})
    yield stage
    stage.close()


@pytest.fixture
def played(stage: Stage, tmp_path: Path) -> Callable[[str], Outcome]:
    def run(steps: str) -> Outcome:
        file = tmp_path / "one.yaml"
        head = f"scenarios:\n- scenario: one\n  start: p\n  with: {{area: {AREA}}}\n  steps:\n"
        file.write_text(head + "".join(f"  - {step}\n" for step in steps.strip().splitlines()), "utf-8")
        (scenario,) = read(file)
        return play(stage, scenario)

    return run


JUDGE = "{do: judge, as: village_committee, answer: {outcome: %s}}\n"


def test_what_comes_out_as_written_passes_and_tells_what_was_entered(played: Any) -> None:
    outcome = played("{expect: {tasks: [judge]}}\n" + JUDGE % "deny" + "{expect: {ended: deny, tasks: []}}")
    assert outcome.passed, outcome.problem
    assert {("p", "s"), ("p", "judge"), ("p", "judged"), ("p", "deny")} <= outcome.entered
    assert ("p", "grant") not in outcome.entered


@pytest.mark.parametrize(
    ("step", "steps"),
    [
        (1, "{expect: {tasks: [other]}}"),
        (1, "{expect: {ended: deny}}"),
        (1, "{expect: {holds: ['area = \"elsewhere\"']}}"),
        (1, "{expect: {holds: ['nosuch = 1']}}"),
        (1, "{expect: {incident: judge}}"),
        (1, "{do: other, as: village_committee, answer: {outcome: deny}}"),
        (1, "{do: judge, as: village_committee, answer: {outcome: maybe}}"),
        (1, "{do: judge, as: village_committee, answer: {}, refused: [area]}"),
        (1, "{do: judge, as: village_committee, answer: {outcome: deny}, refused: [outcome]}"),
        (1, "{do: judge, as: county_office, answer: {outcome: deny}}"),
        (1, f"{{do: judge, as: village_committee, within: {ELSEWHERE}, answer: {{outcome: deny}}}}"),
        (1, "{message: nobody, key: '1'}"),
        (1, "{operation: nosuch}"),
        (1, "{setting: nosuch, value: 1}"),
        (2, JUDGE % "deny" + "{expect: {tasks: []}}"),
        (2, JUDGE % "grant" + "{wait: P11D}"),
    ],
)
def test_what_does_not_is_told_with_its_step(played: Any, step: int, steps: str) -> None:
    outcome = played(steps)
    assert not outcome.passed
    assert (outcome.step, bool(outcome.problem)) == (step, True)


def test_refusals_that_are_written_are_no_fault(played: Any) -> None:
    outcome = played(
        "{do: judge, as: village_committee, answer: {outcome: maybe}, refused: [outcome]}\n"
        f"{{do: judge, as: village_committee, within: {ELSEWHERE}, answer: {{outcome: deny}}, refused: not_allowed}}\n"
        "{expect: {tasks: [judge]}}"
    )
    assert outcome.passed, outcome.problem


def test_the_clock_moves_and_what_becomes_due_happens(played: Any) -> None:
    outcome = played(
        JUDGE % "grant"
        + "{wait: P9D}\n{expect: {tasks: []}}\n{wait: P1D}\n{expect: {tasks: [], incident: save}}"
    )
    assert outcome.passed, outcome.problem


def test_what_operations_return_can_be_used(played: Any) -> None:
    outcome = played("{operation: number, with: {of: 21}}\n{expect: {holds: [number = 42]}}")
    assert outcome.passed, outcome.problem


def test_none_sees_what_another_did(played: Any) -> None:
    ended = JUDGE % "deny" + "{expect: {ended: deny}}"
    assert played(ended).passed
    assert played("{expect: {tasks: [judge]}}").passed


@pytest.mark.parametrize(
    "text",
    [
        "scenarios: [",
        "scenarios: [{scenario: a, start: p, steps: [{fly: away}]}]",
        "scenarios: [{scenario: a, start: p, steps: [{wait: P1D, speed: 3}]}]",
        "scenarios: [{scenario: a, start: p, steps: [{do: judge, as: x, answer: nosuch}]}]",
        "scenarios: [{scenario: a, start: p, steps: []}, {scenario: a, start: p, steps: []}]",
        "scenarios: [{scenario: a, start: p, steps: [!!python/object/apply:os.getcwd []]}]",
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(Unreadable) as refused:
        read(file)
    assert "bad.yaml" in str(refused.value)


def test_answers_are_shared_in_a_folder_and_changed_in_a_step(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text("answers: {agreed: {outcome: grant, opinion: fine}}", "utf-8")
    (tmp_path / "one.yaml").write_text(
        "scenarios: [{scenario: a, start: p, steps: [{do: judge, as: x, answer: agreed, but: {opinion: better}}]}]",
        "utf-8",
    )
    (scenario,) = read(tmp_path)
    assert scenario.steps[0].answer == {"outcome": "grant", "opinion": "better"}
